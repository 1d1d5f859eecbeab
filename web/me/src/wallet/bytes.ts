/** Bytes as lower-case hex with 0x: the one spelling of identifiers on the wire. */
export type Hex = `0x${string}`;

/** What a vault, a file or a person gave is not what it must be. */
export class FormError extends Error {
  override name = "FormError";
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);

/** FormError for what is not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new FormError("not UTF-8");
  }
}

export function hex(bytes: Uint8Array): Hex {
  let out = "0x";
  for (const b of bytes) out += b.toString(16).padStart(2, "0");
  return out as Hex;
}

/** Reads exactly so many bytes; FormError for every other spelling. */
export function unhex(text: string, length = 32): Uint8Array<ArrayBuffer> {
  if (typeof text !== "string" || text.length !== 2 + 2 * length || !/^0x[0-9a-f]*$/.test(text)) throw new FormError(`want 0x and ${2 * length} lower-case hex digits`);
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) out[i] = parseInt(text.slice(2 + 2 * i, 4 + 2 * i), 16);
  return out;
}

export const isHash = (text: unknown): text is Hex => typeof text === "string" && /^0x[0-9a-f]{64}$/.test(text);

export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/** Reads padded base64 in its one spelling; FormError. */
export function unbase64(text: string): Uint8Array<ArrayBuffer> {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new FormError("not base64");
  }
  const out = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) out[i] = binary.charCodeAt(i);
  if (base64(out) !== text) throw new FormError("not base64 in its one spelling");
  return out;
}

export const base64url = (bytes: Uint8Array): string => base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** Reads base64url without padding in its one spelling; FormError. */
export function unbase64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new FormError("not base64url");
  return unbase64(text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4));
}

export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** Takes no longer where the two differ late; lengths are not secret. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let different = 0;
  for (let i = 0; i < a.length; i++) different |= a[i]! ^ b[i]!;
  return different === 0;
}

/** Big-endian, of so many bytes. */
export function uint(value: number | bigint, length: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(length);
  let rest = BigInt(value);
  for (let i = length - 1; i >= 0; i--) {
    out[i] = Number(rest & 255n);
    rest >>= 8n;
  }
  if (rest !== 0n) throw new FormError(`number of more than ${length} bytes`);
  return out;
}

export const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));

/** By their bytes, as Go sorts. For the ASCII of field names that is JavaScript's own order. */
export const sorted = <T extends string>(list: readonly T[]): T[] => [...list].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** Digits of whatever script as ASCII; the rest of the text stays as it is. */
export const asciiDigits = (text: string): string =>
  text.replace(/\p{Nd}/gu, (digit) => {
    const at = digit.codePointAt(0)!;
    let zero = at; // digits of a script stand together, from zero on
    while (at - zero < 60 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
    return String((at - zero) % 10);
  });
