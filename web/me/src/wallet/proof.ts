// What a vault signs in its answers.
import { sha256 } from "@noble/hashes/sha2.js";
import { Reader } from "./cbor.ts";
import { concat, equal, hex, uint, unbase64, unhex, utf8, type Hex } from "./bytes.ts";
import { leafHash, open, readShared, shared, type SharedPart } from "./entry.ts";
import { labelled, ProofError, signedByLog, type Log } from "./log.ts";
import type { Erased, Promised, Proof } from "./wire.ts";

/** Checks that the log promised to keep an entry. ProofError. */
export function checkPromise(log: Log, p: Promised): void {
  const message = concat(labelled("wrappy promise v1", p.origin), uint(p.index, 8), unhex(p.leaf_hash), uint(p.max_delay_ms, 4));
  if (p.origin !== log.origin || !signedByLog(log, message, unbase64(p.signature))) throw new ProofError("promise: not signed by the log's key");
}

/** Checks an answer's proof, all of it: the promise's signature, its leaf, and that the leaf
 *  commits to what is said. ProofError, FormError. history.ts' keepPromise keeps it for the next look. */
export function checkProof(log: Log, proof: Proof): SharedPart {
  checkPromise(log, proof.promise);
  const leaf = unbase64(proof.leaf);
  if (!equal(leafHash(leaf), unhex(proof.promise.leaf_hash))) throw new ProofError("leaf: another than was promised");
  return readShared(open(leaf, shared, proof.opening));
}

/** What an erasure leaves, as the vault has signed it. */
export interface ErasureReceipt {
  identity: Hex;
  timeMilli: number;
  index: number;
  leafHash: Hex;
  /** Permissions that had not ended before. */
  ended: number;
  /** docs/protocol/erasure.md. */
  remains: string[];
  /** Who has received something, between when (milliseconds), and for how many days it agreed to keep it; 0: not known. */
  copies: { institution: Hex; first: number; last: number; retentionDays: number }[];
  more: number;
  /** Unix seconds. */
  backupsUntil: number;
  cachedSeconds: number;
}

/** Checks the receipt of an erasure. Without it nothing is known to be erased. ProofError, FormError. */
export function checkErasure(log: Log, identity: Hex, erased: Erased): ErasureReceipt {
  const receipt = unbase64(erased.receipt);
  const message = concat(utf8("wrappy erasure receipt v1\0"), receipt);
  const r = new Reader(receipt);
  r.array(12);
  if (r.uint() !== 1 || r.text() !== log.origin || !signedByLog(log, message, unbase64(erased.signature))) throw new ProofError("erasure: not signed by the log's key");
  const read: ErasureReceipt = {
    identity: r.hash(), timeMilli: r.uint(), index: r.uint(), leafHash: r.hash(), ended: r.uint(), remains: r.list(() => r.text()),
    copies: r.list(() => {
      r.array(4);
      return { institution: r.hash(), first: r.uint(), last: r.uint(), retentionDays: r.uint() };
    }),
    more: r.uint(), backupsUntil: r.uint(), cachedSeconds: r.uint(),
  };
  r.end();
  const entry = checkProof(log, erased.proof);
  if (read.identity !== identity || entry.kind !== "erased" || erased.proof.promise.index !== read.index || erased.proof.promise.leaf_hash !== read.leafHash)
    throw new ProofError("erasure: of something else");
  return read;
}

/** Checks that a vault's answer to a withdrawal is the end of this grant, written down. ProofError, FormError. */
export function checkWithdrawn(log: Log, grant: Hex, proof: Proof): SharedPart {
  const entry = checkProof(log, proof);
  if (entry.kind !== "withdrawn" || entry.grant !== grant) throw new ProofError("withdrawal: of something else");
  return entry;
}

/** SHA-256 of what is hosted or downloaded, to be compared with a digest that is published. */
export const fileDigest = (bytes: Uint8Array): Hex => hex(sha256(bytes));
