// What stays on the phone. The seed is wrapped twice: by a key that only this browser has and that
// cannot be taken out of it, and by the PIN. Everything else is wrapped by a key that the seed gives.
// Where the pieces are kept is the page's business.
import { base64, concat, FormError, fromUtf8, random, uint, unbase64, utf8 } from "./bytes.ts";
import { stretchPin, WrongPinError } from "./pin.ts";
import { decodeIdentity, derive, encodeIdentity, type Identity } from "./seed.ts";

/** A wrapped seed: a plain object, of no use without the browser's key and the PIN. */
export interface Sealed {
  v: 1;
  /** Of the PIN. */
  salt: string;
  box: string;
  /** Whether a passkey's secret belongs to it too. */
  passkey: boolean;
}

const inner = utf8("wrappy phone seed v1\0");
const outer = utf8("wrappy phone box v1\0");

/** Makes this browser's key. It goes into IndexedDB as it is, and nowhere else. */
export const makeDeviceKey = (): Promise<CryptoKey> => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

async function encrypt(key: CryptoKey, plaintext: Uint8Array<ArrayBuffer>, aad: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const iv = random(12);
  return concat(iv, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: aad }, key, plaintext)));
}

async function decrypt(key: CryptoKey, sealed: Uint8Array<ArrayBuffer>, aad: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.slice(0, 12), additionalData: aad }, key, sealed.slice(12)));
}

const aesKey = (raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

async function pinKey(pin: string, salt: Uint8Array, passkey: Uint8Array | undefined): Promise<CryptoKey> {
  const stretched = await stretchPin(pin, salt);
  return aesKey(derive(concat(stretched, passkey ?? new Uint8Array()), utf8(`wrappy phone pin key v1\0${passkey ? "passkey" : ""}`), 32));
}

/** Wraps the seed. It takes some seconds on a cheap phone. passkey: the PRF output of one, where there is one. FormError for what is no PIN. */
export async function sealIdentity(me: Identity, pin: string, device: CryptoKey, passkey?: Uint8Array): Promise<Sealed> {
  const salt = random(16);
  const plaintext = encodeIdentity(me);
  const wrapped = await encrypt(await pinKey(pin, salt, passkey), plaintext, inner);
  plaintext.fill(0);
  return { v: 1, salt: base64(salt), box: base64(await encrypt(device, wrapped, outer)), passkey: passkey !== undefined };
}

/** Opens what sealIdentity made. WrongPinError; FormError for what was damaged or is another browser's. */
export async function openIdentity(sealed: Sealed, pin: string, device: CryptoKey, passkey?: Uint8Array): Promise<Identity> {
  let wrapped: Uint8Array<ArrayBuffer>;
  let salt: Uint8Array<ArrayBuffer>;
  try {
    salt = unbase64(sealed.salt);
    if (sealed.v !== 1 || salt.length !== 16) throw new FormError("of another version");
    wrapped = await decrypt(device, unbase64(sealed.box), outer);
  } catch {
    throw new FormError("damaged, or of another browser");
  }
  const key = await pinKey(pin, salt, passkey);
  try {
    const plaintext = await decrypt(key, wrapped, inner);
    const me = decodeIdentity(plaintext);
    plaintext.fill(0);
    return me;
  } catch {
    throw new WrongPinError("wrong PIN");
  }
}

/** The key of everything else that is kept for an identity. It cannot be taken out either. */
export const localKey = (me: Identity): Promise<CryptoKey> => aesKey(me.pageKey());

const recordAad = (name: string): Uint8Array<ArrayBuffer> => utf8(`wrappy phone record v1\0${name}`);

/** Wraps a value as JSON. Its size tells the class alone: 256 bytes, 512, 1024 … name is not secret, and bound. */
export async function sealRecord(key: CryptoKey, name: string, value: unknown): Promise<Uint8Array<ArrayBuffer>> {
  const text = utf8(JSON.stringify(value));
  let size = 256;
  while (size < text.length + 4) size *= 2;
  const padded = new Uint8Array(size);
  padded.set(uint(text.length, 4));
  padded.set(text, 4);
  return encrypt(key, padded, recordAad(name));
}

/** Opens what sealRecord made under this name. FormError for what was damaged, of another name or another identity's. */
export async function openRecord<T>(key: CryptoKey, name: string, sealed: Uint8Array<ArrayBuffer>): Promise<T> {
  try {
    const padded = await decrypt(key, sealed, recordAad(name));
    return JSON.parse(fromUtf8(padded.subarray(4, 4 + new DataView(padded.buffer).getUint32(0)))) as T;
  } catch {
    throw new FormError("damaged, or another's");
  }
}
