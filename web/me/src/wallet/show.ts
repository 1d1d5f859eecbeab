// A code on the screen: docs/protocol/show.md.
import { keccak_256 } from "@noble/hashes/sha3.js";
import { base64url, concat, hex, random, unbase64, unbase64url, unhex, utf8, FormError, type Hex } from "./bytes.ts";
import { bearerGrant, type Answered, type Shown } from "./grant.ts";
import { ProofError, signedByLog, type Log } from "./log.ts";
import { checkProof } from "./proof.ts";
import type { Identity } from "./seed.ts";
import type { Domain } from "./typed.ts";
import type { Proof } from "./wire.ts";

export interface Code extends Answered {
  /** What the code holds. Whoever has it sees, once, what was picked: never keep it. */
  link: string;
}

const requestOf = (secret: Uint8Array): Hex => hex(keccak_256(concat(utf8("wrappy shown request v1\0"), secret)));

/** Makes a code and the grant behind it. Keep the receipt and send the grant as any other; the code counts
 *  once its status is given, for five minutes from now. now: by the ledger's clock. base: of the vault. */
export function makeCode(me: Identity, domain: Domain, vault: string, base: string, shown: Shown, now: number, secret: Uint8Array = random(32), opening?: Hex): Code {
  return { ...bearerGrant(me, domain, vault, requestOf(secret), shown, now, opening), link: `${base}/show/#${base64url(secret)}` };
}

/** Reads the secret of a shown link, or of what stands behind #. FormError. */
export function readCode(text: string): Uint8Array {
  const code = text.slice(text.indexOf("#") + 1);
  const secret = unbase64url(code);
  if (code.length !== 43 || secret.length !== 32) throw new FormError("not a shown code");
  return secret;
}

export interface ShownValue {
  value: unknown;
  /** Zero: the person. */
  writer: Hex;
  written_at: number;
  as_of?: number;
}

export interface ShownStatement {
  vault: string;
  entry: Hex;
  at: number;
  shown: Record<string, ShownValue[]>;
}

/** Checks what a vault says it has shown: signed by its log's key, and written down. ProofError, FormError. */
export function checkShown(log: Log, statement: string, signature: string, proof: Proof): ShownStatement {
  if (!signedByLog(log, utf8(`wrappy shown v1\0${statement}`), unbase64(signature))) throw new ProofError("shown: not signed by the log's key");
  const read = JSON.parse(statement) as ShownStatement & { format: string };
  if (read.format !== "wrappy shown v1" || read.vault !== log.origin) throw new ProofError("shown: of something else");
  const entry = checkProof(log, proof);
  const fields = Object.keys(read.shown).sort().join();
  if (!["authorised", "redelivery"].includes(entry.kind) || entry.institution || proof.promise.leaf_hash !== read.entry || Math.floor(entry.timeMilli / 1000) !== read.at || entry.fields.map((f) => f.field).sort().join() !== fields)
    throw new ProofError("shown: the entry is of something else");
  unhex(read.entry);
  return read;
}
