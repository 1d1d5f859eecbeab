// A log's leaves and what they commit to: docs/protocol/entry.md.
import { sha256 } from "@noble/hashes/sha2.js";
import { Reader } from "./cbor.ts";
import { concat, equal, FormError, hex, unbase64, unhex, utf8, type Hex } from "./bytes.ts";
import type { Action, FieldVersion, Opening, Withheld } from "./wire.ts";

const leafClass = 256;
const maxLeaf = 512 * 1024;
const maxPart = 128 * 1024;
const locatorSize = 44;

export type Part = 1 | 3;
/** For the institution. */
export const shared: Part = 1;
/** For the person. */
export const personal: Part = 3;

// Any name, not a closed list: a page that was kept for months must not call a vault's newer
// kinds a fault. What it does not know it shows as something else.
const kindName = /^[a-z][a-z_]{0,39}$/;

/** What the institution may know of an entry. Authorised is never to be read as received. */
export interface SharedPart {
  kind: string;
  institution: Hex | undefined;
  grant: Hex | undefined;
  actions: Action[];
  fields: FieldVersion[];
  withheld: Withheld[];
  reasons: string[];
  policyDigest: Hex;
  block: number;
  viewAgeMilli: number;
  timeMilli: number;
}

/** What ties an entry to the person, numbered from 1 without a gap. */
export interface PersonalPart {
  kind: string;
  identity: Hex;
  grant: Hex | undefined;
  sequence: number;
  previous: Hex;
  timeMilli: number;
}

/** The three commitments of a leaf. FormError for every spelling but the canonical one. */
export function readLeaf(leaf: Uint8Array): Uint8Array[] {
  if (leaf.length === 0 || leaf.length > maxLeaf || leaf.length % leafClass !== 0) throw new FormError("not a leaf");
  const r = new Reader(leaf);
  r.array(7);
  version(r);
  const commitments = r.list(() => r.bytes(32));
  for (let part = 0; part < 3; part++) r.bytes();
  r.bytes(locatorSize);
  const before = r.at;
  const padding = r.bytes();
  r.end();
  if (commitments.length !== 3 || padding.some((b) => b !== 0) || padding.length !== paddingAfter(before)) throw new FormError("not a leaf in its one spelling");
  return commitments;
}

// The least padding by which the leaf is a multiple of its class; its head grows with it.
function paddingAfter(size: number): number {
  for (let n = 0; ; n++) if ((size + (n > 255 ? 3 : n > 23 ? 2 : 1) + n) % leafClass === 0) return n;
}

function version(r: Reader): void {
  if (r.uint() !== 1) throw new FormError("of another version");
}

/** RFC 6962: SHA-256 of 0x00 and the leaf. */
export const leafHash = (leaf: Uint8Array): Uint8Array => sha256(concat(Uint8Array.of(0), leaf));

/** The plaintext of a part, if it is what the leaf commits to. FormError. */
export function open(leaf: Uint8Array, part: Part, opening: Opening): Uint8Array {
  const plaintext = unbase64(opening.plaintext);
  if (plaintext.length === 0 || plaintext.length > maxPart) throw new FormError("not a part of an entry");
  const commitment = sha256(concat(utf8("wrappy entry part v1\0"), Uint8Array.of(part), unhex(opening.salt), plaintext));
  if (!equal(commitment, readLeaf(leaf)[part - 1]!)) throw new FormError("not what the leaf commits to");
  return plaintext;
}

const none = /^0x0{64}$/;
const unlessZero = (id: Hex): Hex | undefined => (none.test(id) ? undefined : id);

function kindOf(r: Reader): string {
  const kind = r.text();
  if (!kindName.test(kind)) throw new FormError("kind of an entry");
  return kind;
}

export function readShared(plaintext: Uint8Array): SharedPart {
  const r = new Reader(plaintext);
  r.array(12);
  version(r);
  const kind = kindOf(r);
  const institution = unlessZero(r.hash());
  const grant = unlessZero(r.hash());
  const bits = r.uint(255);
  const part: SharedPart = {
    kind, institution, grant, actions: [...(bits & 1 ? ["read" as const] : []), ...(bits & 2 ? ["write" as const] : [])],
    fields: r.list(() => {
      r.array(2);
      return { field: r.text(), version: r.uint() };
    }),
    withheld: r.list(() => {
      r.array(2);
      return { field: r.text(), reason: r.text() };
    }),
    reasons: r.list(() => r.text()), policyDigest: r.hash(), block: r.uint(), viewAgeMilli: r.uint(), timeMilli: r.uint(),
  };
  r.end();
  return part;
}

export function readPersonal(plaintext: Uint8Array): PersonalPart {
  const r = new Reader(plaintext);
  r.array(7);
  version(r);
  const part = { kind: kindOf(r), identity: r.hash(), grant: unlessZero(r.hash()), sequence: r.uint(), previous: r.hash(), timeMilli: r.uint() };
  r.end();
  return part;
}

export const plaintextDigest = (plaintext: Uint8Array): Hex => hex(sha256(plaintext));
