// With help, and for somebody else: docs/protocol/assist.md. The person's phone makes the assist key; a
// helper's device has that key alone.
import { concat, FormError, hex, uint, unhex, utf8, type Hex } from "./bytes.ts";
import { actId, allowance, type Act } from "./acts.ts";
import type { Deployment } from "./api.ts";
import { day, type Assistant, type Receipt } from "./grant.ts";
import { Key, zeroHash, type Identity } from "./seed.ts";
import { documents, sign, type Domain } from "./typed.ts";
import type { SignedGrant } from "./wire.ts";

const noKey: Hex = `0x${"00".repeat(20)}`;

/** States the key that helpers' devices may act by: the one that the seed has for this time. It takes the place of the one before. */
export const assistKey = (me: Identity, d: Deployment, now: number, ended = false): Act => stateAssistKey(me, d, ended ? noKey : me.assistKey(now).address, now);

export function stateAssistKey(me: Identity, d: Deployment, key: Hex, now: number): Act {
  return { id: actId(), kind: "assistKey", path: "/v1/person/assist-key", session: false, until: now + allowance, body: JSON.stringify({ identity: me.id, key, time: now, signature: sign(me.root, d.ledger, documents.assistKey, { identity: me.id, vault: d.origin, key, time: now }) }) };
}

/** Reads what a card's assist blob holds. FormError. */
export function decodeAssist(plaintext: Uint8Array): Assistant {
  if (plaintext.length !== 64) throw new FormError("not what a card holds for a helper");
  return { identity: hex(plaintext.subarray(0, 32)), key: new Key(plaintext.slice(32)) };
}

/** Signs for a session that can answer one request, zeroHash for none, until expires, at most ten minutes ahead. */
export function openAssistSession(a: Assistant, domain: Domain, vault: string, origin: string, request: Hex, nonce: Hex, proofKey: Hex, expires: number): Hex {
  return sign(a.key, domain, documents.assistSession, { identity: a.identity, vault, origin, request, nonce, proofKey, expires });
}

/** Ends one permission, by the assist key. */
export function assistWithdraw(a: Assistant, d: Deployment, id: Hex, now: number): Act {
  const signature = sign(a.key, d.ledger, documents.assistWithdraw, { id, identity: a.identity, vault: d.origin, time: now });
  return { id: `withdraw:${id}`, kind: "withdraw", path: "/v1/assist/withdrawals", session: false, until: now + allowance, body: JSON.stringify({ grant: id, identity: a.identity, time: now, signature }) };
}

/** Ends everything, by the assist key. */
export function assistWithdrawAll(a: Assistant, d: Deployment, now: number): Act {
  const signature = sign(a.key, d.ledger, documents.assistWithdrawAll, { identity: a.identity, vault: d.origin, time: now });
  return { id: actId(), kind: "withdrawAll", path: "/v1/assist/withdrawals/all", session: false, until: now + allowance, body: JSON.stringify({ identity: a.identity, time: now, signature }) };
}

/** The helping institution's signature beside a grant. */
export interface Help {
  institution: Hex;
  /** x ‖ y, base64. */
  key: string;
  not_before: number;
  until: number;
  signature: string;
}

/** Gives the permission that grant.ts' answerAssisted has signed, with the helping institution's word; in the helper's session. */
export function giveAssisted(signed: SignedGrant, receipt: Receipt, help: Help): Act {
  return { id: `give:${receipt.id}`, kind: "give", path: "/v1/assist/grants", session: true, until: help.until, body: JSON.stringify({ ...signed, help }) };
}

/** What the helping institution signs, by its TLS key, beside a grant given with help. */
export function helpMessage(institutions: Domain, institution: Hex, grant: Hex, request: Hex, notBefore: number, until: number, vault: string): Uint8Array {
  return concat(utf8("wrappy help v1\0"), uint(institutions.chainId, 8), unhex(institutions.contract, 20), unhex(institution), unhex(grant), unhex(request), uint(notBefore, 8), uint(until, 8), utf8(vault));
}

/** Says who may give for this identity until a day, the one on which the person decides alone; zeroHash: nobody any more. */
export function represent(me: Identity, d: Deployment, representative: Hex, until: number, now: number): Act {
  const end = representative === zeroHash ? 0 : Math.floor(until / day) * day;
  return { id: actId(), kind: "represent", path: "/v1/person/representative", session: false, until: now + allowance, body: JSON.stringify({ identity: me.id, representative, until: end, time: now, signature: sign(me.root, d.ledger, documents.represent, { identity: me.id, representative, vault: d.origin, until: end, time: now }) }) };
}

