// A person goes to another vault with one file and one code: docs/protocol/moving.md.
import { asciiDigits, concat, equal, FormError, fromUtf8, random, uint, utf8 } from "./bytes.ts";
import { readExport, type Exported } from "./export.ts";
import { readVerifierKey } from "./log.ts";
import { decodeIdentity, derive, encodeIdentity, type Identity } from "./seed.ts";

const label = utf8("wrappy moving file v1\n");
const checkInfo = utf8("wrappy moving code check v1");
const keyInfo = utf8("wrappy moving file key v1");
const spoken = "wrappy moving code v1 "; // what a picture of the code begins with
const checkSize = 8;
const nonceSize = 12;
const tagSize = 16;
const identitySize = 97;

/** Of the code: groups, digits of each. */
export const groups = 8;
export const digits = 6;

/** What a moving file weighs at most, in bytes: an export, padded. */
export const maxMoving = 256 << 20;

/** Why a file or a code is not taken. `key`: the file holds data and no key; `file`: it is none of these files, or of
 *  a version that is not known; `code`: it is another file's code; `damaged`: it was changed or cut short. */
export type Why = "key" | "file" | "code" | "damaged";

export class MovingError extends Error {
  override name = "MovingError";
  readonly why: Why;
  constructor(why: Why) {
    super(`moving file: ${why}`);
    this.why = why;
  }
}

/** A code that was not written or typed right. place: the group that is wrong, from 0; undefined: it is no code at all. */
export class CodeError extends Error {
  override name = "CodeError";
  readonly place: number | undefined;
  constructor(place?: number) {
    super("not a moving code");
    this.place = place;
  }
}

/** 128 random bits, made for one file and kept nowhere. A group holds 16 of them, times 11, plus its place: a wrong
 *  digit, two that were exchanged, and a group in another's place are told, and in which group. */
export class MovingCode {
  readonly #secret: Uint8Array;

  private constructor(secret: Uint8Array) {
    this.#secret = secret.slice();
  }

  static make(): MovingCode {
    return new MovingCode(random(2 * groups));
  }

  /** Reads the groups as they were typed, or the text of a picture. CodeError. */
  static read(text: string): MovingCode {
    const all = bare(text).replace(/[\s-]+/g, "");
    if (!/^[0-9]*$/.test(all) || all.length !== groups * digits) throw new CodeError();
    const secret = new Uint8Array(2 * groups);
    for (let place = 0; place < groups; place++) {
      const value = readGroup(all.slice(place * digits, (place + 1) * digits), place);
      if (value === undefined) throw new CodeError(place);
      secret.set(uint(value, 2), 2 * place);
    }
    return new MovingCode(secret);
  }

  /** To be written down. */
  get groups(): string[] {
    return Array.from({ length: groups }, (_, place) => String(((this.#secret[2 * place]! << 8) | this.#secret[2 * place + 1]!) * 11 + place + 1).padStart(digits, "0"));
  }

  /** What a picture of it holds: no address, so that nothing opens it. */
  get text(): string {
    return spoken + this.groups.join(" ");
  }

  /** Tells the code of another file from a file that was damaged. */
  check(): Uint8Array<ArrayBuffer> {
    return derive(this.#secret, checkInfo, checkSize);
  }

  /** Of AES-256-GCM. */
  key(): Promise<CryptoKey> {
    return crypto.subtle.importKey("raw", derive(this.#secret, keyInfo, 32), "AES-GCM", false, ["encrypt", "decrypt"]);
  }
}

/** A code's groups in ASCII, without what a picture of it begins with. */
export const bare = (text: string): string => asciiDigits(text.startsWith(spoken) ? text.slice(spoken.length) : text);

function readGroup(text: string, place: number): number | undefined {
  const n = /^[0-9]{6}$/.test(text) ? Number(text) - place - 1 : -1;
  return n >= 0 && n % 11 === 0 && n / 11 <= 0xffff ? n / 11 : undefined;
}

/** Whether a group is one that stands in this place: shown while it is typed. */
export const isGroup = (text: string, place: number): boolean => readGroup(asciiDigits(text), place) !== undefined;

/** A child as it moves with who gives for it. */
export interface MovingChild {
  index: number;
  /** Year of birth. */
  born: number;
  /** What export.ts' exportFile gives; "" for one that no vault knows yet. */
  file: string;
}

/** Seals the identity, what export.ts' exportFile gives, and the children, by their indexes. Whoever has the file and its code is the person. */
export async function sealMoving(me: Identity, file: string, code: MovingCode, children: readonly MovingChild[] = []): Promise<Uint8Array<ArrayBuffer>> {
  const counted = (text: string): Uint8Array[] => {
    const bytes = utf8(text);
    return [uint(bytes.length, 4), bytes];
  };
  const inner = concat(encodeIdentity(me), ...counted(file), ...children.flatMap((c) => [uint(c.index, 4), uint(c.born, 2), ...counted(c.file)]));
  let size = 4096; // its size tells the class alone
  while (size < inner.length + 4) size *= 2;
  const plaintext = new Uint8Array(size);
  plaintext.set(uint(inner.length, 4));
  plaintext.set(inner, 4);
  inner.fill(0);
  const head = concat(label, code.check());
  const iv = random(nonceSize);
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: head }, await code.key(), plaintext));
  plaintext.fill(0);
  return concat(head, iv, sealed);
}

export interface Moved {
  identity: Identity;
  exported: Exported;
  /** exported is undefined of one that no vault knew. */
  children: { index: number; born: number; exported?: Exported }[];
}

/** Whether these are the first bytes of such a file. */
export const isMoving = (file: Uint8Array): boolean => equal(file.subarray(0, label.length), label);

/** Tells a file that cannot be one before a code is asked for. MovingError. */
export function checkMoving(file: Uint8Array): void {
  if (isMoving(file)) {
    if (file.length < label.length + checkSize + nonceSize + tagSize) throw new MovingError("damaged");
    return;
  }
  const begins = new TextDecoder().decode(file.subarray(0, 32));
  throw new MovingError(begins.startsWith('{"export":') ? "key" : "file");
}

/** Opens the file: whose it is, and what the other vault wrote of them, whole and of this identity. MovingError. */
export async function openMoving(file: Uint8Array, code: MovingCode): Promise<Moved> {
  checkMoving(file);
  const at = label.length + checkSize;
  const head = file.slice(0, at);
  if (!equal(head.subarray(label.length), code.check())) throw new MovingError("code");
  let plaintext: Uint8Array<ArrayBuffer>;
  try {
    plaintext = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: file.slice(at, at + nonceSize), additionalData: head }, await code.key(), file.slice(at + nonceSize)));
  } catch {
    throw new MovingError("damaged");
  }
  try {
    return readPlain(plaintext);
  } catch {
    throw new MovingError("damaged");
  } finally {
    plaintext.fill(0);
  }
}

function readPlain(plaintext: Uint8Array<ArrayBuffer>): Moved {
  const view = new DataView(plaintext.buffer);
  const end = 4 + view.getUint32(0);
  if (end > plaintext.length || plaintext.subarray(end).some((b) => b !== 0)) throw new FormError("padding");
  let at = 4;
  const take = (length: number): Uint8Array<ArrayBuffer> => {
    if (at + length > end) throw new FormError("cut short");
    return plaintext.slice(at, (at += length));
  };
  const number = (length: 2 | 4): number => take(length).reduce((n, b) => n * 256 + b, 0);
  const identity = decodeIdentity(take(identitySize));
  const exported = exportOf(take(number(4)), identity);
  const children: Moved["children"] = [];
  while (at < end) {
    const [index, born, file] = [number(4), number(2), take(number(4))];
    if (index <= (children.at(-1)?.index ?? -1) || !born) throw new FormError("children not in order");
    const theirs = file.length ? exportOf(file, identity.child(index)) : undefined;
    if (theirs && theirs.ledger.join() !== exported.ledger.join()) throw new FormError("of two ledgers");
    children.push({ index, born, ...(theirs ? { exported: theirs } : {}) });
  }
  return { identity, exported, children };
}

/** Reads an export of whatever vault, for this identity. Its own log's key signs that nothing is missing; what it is
 *  worth the vault that takes it finds out. ProofError, FormError. */
export function exportOf(file: Uint8Array, identity: Identity): Exported {
  let head: { export?: { log?: unknown } };
  try {
    head = JSON.parse(fromUtf8(file.subarray(0, file.indexOf(10)))) as typeof head;
  } catch {
    throw new FormError("export: a line that is not JSON");
  }
  if (typeof head.export?.log !== "string") throw new FormError("export: not in order");
  return readExport(readVerifierKey(head.export.log), identity.id, file);
}
