// Card and PIN: docs/protocol/card.md.
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64, base64url, concat, equal, FormError, hex, random, uint, unbase64, unbase64url, unhex, utf8, type Hex } from "./bytes.ts";
import { readPin, stretchPin, WrongPinError } from "./pin.ts";
import { decodeIdentity, derive, deriveKey, encodeIdentity, type Identity, type Key } from "./seed.ts";
import { documents, sign } from "./typed.ts";
import { allowance, type Act } from "./acts.ts";
import type { Deployment } from "./api.ts";

const { oprf } = ristretto255_oprf;
const fragment = "/me/#c=";
const maxBlob = 4096;

export type CardKind = "restore" | "assist";

export { decodeIdentity, encodeIdentity, readPin, WrongPinError };

/** Not the text of a card. */
export class CardError extends Error {
  override name = "CardError";
}

/** The card is of another vault, or was misread: no try was spent. */
export class OtherVaultError extends Error {
  override name = "OtherVaultError";
}

/** The secret that is printed. With the PIN, and with the vault's answer, it opens what the vault keeps for it. */
export class Card {
  readonly #secret: Uint8Array;
  /** Names the card to the vault. */
  readonly id: Hex;

  constructor(secret: Uint8Array = random(32)) {
    this.#secret = secret.slice();
    this.id = hex(derive(this.#secret, utf8("wrappy card id v1"), 32));
  }

  /** What the card's code holds. base: of the vault, without a slash at its end; origin: of its log. */
  link(base: string, origin: string): string {
    return base + fragment + base64url(concat(Uint8Array.of(1), check(this.#secret, origin), this.#secret));
  }

  /** PIN and card as a key: some seconds on a cheap phone. */
  async stretch(pin: string): Promise<Uint8Array> {
    const salt = derive(this.#secret, utf8("wrappy card pin salt v1"), 16);
    return stretchPin(pin, salt);
  }

  /** The keys, from what the vault's answer gave. */
  keys(kind: CardKind, stretched: Uint8Array, output: Uint8Array): CardKeys {
    return new CardKeys(this.id, kind, concat(this.#secret, stretched, output));
  }
}

const check = (secret: Uint8Array, origin: string): Uint8Array => sha256(concat(utf8("wrappy card check v1\0"), Uint8Array.of(1), secret, utf8(origin))).subarray(0, 4);

/** Whether an address is a card's: its text, or what stands behind # in the page's own address. */
export const isCard = (text: string): boolean => /(^|#)c=/.test(text);

/** Reads a card's text. base is the vault's, "" where only the fragment was given. CardError, OtherVaultError. */
export function readCard(text: string, origin: string): Card {
  const at = text.indexOf("c=");
  let payload: Uint8Array;
  try {
    if (at < 0 || !/^(#?|https?:\/\/[^#\s]+\/me\/#)$/.test(text.slice(0, at))) throw new FormError("not a card");
    payload = unbase64url(text.slice(at + 2));
  } catch {
    throw new CardError("not a card");
  }
  if (payload.length !== 37 || payload[0] !== 1) throw new CardError("not a card");
  const secret = payload.slice(5);
  if (!equal(check(secret, origin), payload.subarray(1, 5))) throw new OtherVaultError("this card is of another vault, or was misread");
  return new Card(secret);
}

/** What card, PIN and vault give together. */
export class CardKeys {
  readonly #blobKey: Uint8Array<ArrayBuffer>;
  readonly #aad: Uint8Array<ArrayBuffer>;
  readonly card: Hex;
  /** Of kind restore. */
  readonly askKey: Key;

  constructor(card: Hex, kind: CardKind, ikm: Uint8Array) {
    this.card = card;
    this.askKey = deriveKey(ikm, utf8("wrappy card ask key v1"));
    this.#blobKey = derive(ikm, utf8(`wrappy card blob key v1\0${kind}`), 32);
    this.#aad = concat(utf8(`wrappy card blob v1\0${kind}\0`), unhex(card));
  }

  async seal(plaintext: Uint8Array): Promise<Uint8Array> {
    const nonce = random(12);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: this.#aad }, await this.#key(), pad(plaintext));
    const blob = concat(nonce, new Uint8Array(sealed));
    if (blob.length > maxBlob) throw new FormError("more than a card holds");
    return blob;
  }

  /** What a blob holds. WrongPinError. */
  async open(blob: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    try {
      if (blob.length > maxBlob) throw new FormError("more than a card holds");
      const padded = await crypto.subtle.decrypt({ name: "AES-GCM", iv: blob.slice(0, 12), additionalData: this.#aad }, await this.#key(), blob.slice(12));
      return unpad(new Uint8Array(padded));
    } catch {
      throw new WrongPinError("wrong PIN, or not what this card holds");
    }
  }

  #key(): Promise<CryptoKey> {
    return crypto.subtle.importKey("raw", this.#blobKey, "AES-GCM", false, ["encrypt", "decrypt"]);
  }
}

function pad(plaintext: Uint8Array): Uint8Array<ArrayBuffer> {
  let size = 256;
  while (size < plaintext.length + 4) size *= 2;
  const out = new Uint8Array(size);
  out.set(uint(plaintext.length, 4));
  out.set(plaintext, 4);
  return out;
}

function unpad(padded: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length + 4 > padded.length || padded.subarray(4 + length).some((b) => b !== 0)) throw new FormError("padding");
  return padded.slice(4, 4 + length);
}

interface Part {
  key: Uint8Array;
  blob: Uint8Array;
}

const none: Part = { key: new Uint8Array(), blob: new Uint8Array() };

/** Stands for what the vault is to keep, in the signed act. */
export function cardContent(restore: Part, assist: Part): Hex {
  const parts = [restore.key, restore.blob, assist.key, assist.blob].flatMap((p) => [uint(p.length, 4), p]);
  return hex(sha256(concat(utf8("wrappy card content v1\0"), ...parts)));
}

async function sealPart(card: Card, kind: CardKind, pin: string, stretched: Uint8Array, plaintext: Uint8Array): Promise<{ part: Part; keys: CardKeys }> {
  const input = utf8(pin);
  const key = oprf.generateKeyPair().secretKey;
  const blinded = oprf.blind(input);
  const keys = card.keys(kind, stretched, oprf.finalize(input, blinded.blind, oprf.blindEvaluate(key, blinded.blinded)));
  return { part: { key, blob: await keys.seal(plaintext) }, keys };
}

/** Seals the identity for a card and a PIN, and beside it an assist key. The keys by which the vault
 *  answers are made and forgotten here. It takes the place of the card before. */
export async function makeCard(me: Identity, d: Deployment, card: Card, pinText: string, assist: Key | undefined, now: number): Promise<Act> {
  const pin = readPin(pinText);
  const stretched = await card.stretch(pin);
  const restore = await sealPart(card, "restore", pin, stretched, encodeIdentity(me));
  const helped = assist ? (await sealPart(card, "assist", pin, stretched, encodeAssist(me.id, assist))).part : none;
  return signCard(me, d, card.id, restore.keys.askKey.address, restore.part, assist ? helped : undefined, now);
}

function signCard(me: Identity, d: Deployment, card: Hex, askKey: Hex, restore: Part, assist: Part | undefined, now: number): Act {
  const message = { identity: me.id, vault: d.origin, card, askKey, content: cardContent(restore, assist ?? none), time: now };
  const wire = (p: Part): WirePart => ({ oprf_key: base64(p.key), blob: base64(p.blob) });
  return {
    id: `card:${card}`, kind: "card", path: "/v1/person/cards", session: false, until: now + allowance,
    body: JSON.stringify({ identity: me.id, card, ask_key: askKey, time: now, restore: wire(restore), ...(assist ? { assist: wire(assist) } : {}), signature: sign(me.root, d.ledger, documents.card, message) }),
  };
}

interface WirePart { oprf_key: string; blob: string }

/** Signs the body of makeCard's act anew: the PIN is not needed. */
export function renewCard(me: Identity, d: Deployment, body: string, now: number): Act {
  const { card, ask_key, restore, assist } = JSON.parse(body) as { card: Hex; ask_key: Hex; restore: WirePart; assist?: WirePart };
  const part = (p: WirePart): Part => ({ key: unbase64(p.oprf_key), blob: unbase64(p.blob) });
  return signCard(me, d, card, ask_key, part(restore), assist && part(assist), now);
}

/** What a helper's device gets: identity, then the key, 32 bytes each. */
export const encodeAssist = (identity: Hex, key: Key): Uint8Array => concat(unhex(identity), key.bytes());

/** A try of a PIN, until the vault answers. */
export interface Try {
  /** Goes to the vault, which counts it. */
  blinded: string;
  /** Takes the vault's answer. Whether the PIN was right shows at the next step. */
  answer(evaluated: string): CardKeys;
}

/** Begins to try a PIN; it takes some seconds. FormError for what is no PIN. */
export async function tryPin(card: Card, kind: CardKind, pinText: string): Promise<Try> {
  const input = utf8(readPin(pinText));
  const stretched = await card.stretch(pinText);
  const { blind, blinded } = oprf.blind(input);
  return { blinded: base64(blinded), answer: (evaluated) => card.keys(kind, stretched, oprf.finalize(input, blind, unbase64(evaluated))) };
}

/** Stands for the secret by which a restored identity is fetched. */
export const pickupDigest = (secret: Uint8Array): Hex => hex(sha256(concat(utf8("wrappy card pickup v1\0"), secret)));

/** Asks for the restore, which is announced and can be cancelled. Keep the pickup secret until it is fetched. */
export function askRestore(keys: CardKeys, d: Deployment, pickup: Uint8Array, now: number): Act {
  const message = { card: keys.card, vault: d.origin, pickup: pickupDigest(pickup), time: now };
  return { id: `restore:${message.pickup}`, kind: "restore", path: "/v1/cards/restores", session: false, until: now + allowance, body: JSON.stringify({ card: keys.card, pickup: message.pickup, time: now, signature: sign(keys.askKey, d.ledger, documents.askRestore, message) }) };
}

/** Stops a restore for ever. */
export function cancelRestore(me: Identity, d: Deployment, pickup: Hex): Act {
  return { id: `cancel:${pickup}`, kind: "cancelRestore", path: "/v1/person/restores/cancellations", session: false, body: JSON.stringify({ identity: me.id, pickup, signature: sign(me.root, d.ledger, documents.cancelRestore, { identity: me.id, vault: d.origin, pickup }) }) };
}

/** Forgives the tries that were counted. A device that has restored sends it. */
export function resetCard(me: Identity, d: Deployment, card: Hex, now: number): Act {
  return { id: `reset:${card}:${now}`, kind: "resetCard", path: "/v1/person/cards/resets", session: false, until: now + allowance, body: JSON.stringify({ identity: me.id, card, time: now, signature: sign(me.root, d.ledger, documents.resetCard, { identity: me.id, vault: d.origin, card, time: now }) }) };
}

