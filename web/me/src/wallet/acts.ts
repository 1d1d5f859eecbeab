// What a person does, as something that can be kept, sent, and sent again until it is answered.
import { sha256 } from "@noble/hashes/sha2.js";
import { base64url, concat, hex, random, sorted, unhex, utf8, type Hex } from "./bytes.ts";
import { actDeadline, type Receipt } from "./grant.ts";
import { zeroHash, type Identity } from "./seed.ts";
import { documents, sign, type Domain } from "./typed.ts";
import type { Deployment } from "./api.ts";
import type { Facts, SignedGrant } from "./wire.ts";

export type ActKind = "enrol" | "give" | "refuse" | "withdraw" | "withdrawAll" | "dispute" | "erase" | "facts" | "correct" | "export" | "import" | "card" | "resetCard" | "restore" | "cancelRestore" | "assistKey" | "represent";

/** An act that is signed and waits to be sent. A plain object: keep it as it is. Sending the
 *  same act twice does what sending it once does. */
export interface Act {
  /** Made on the phone. Of what ends or gives a grant it follows from the grant: the same tap twice is one act. */
  id: string;
  kind: ActKind;
  path: string;
  body: string;
  /** Whether it must come in a session. */
  session: boolean;
  /** Unix seconds until when a vault takes the signature; renew.ts signs it anew afterwards. Absent: for ever. */
  until?: number;
  /** What goes in its place once its time is over and nobody is there to sign it anew. */
  late?: Act[];
}

/** The request that an act answers, and the permissions that it ends. */
export function about({ kind, body, late }: Act): { request?: Hex; grants: Hex[] } {
  const read = <T>(): T => JSON.parse(body) as T;
  switch (kind) {
    case "give": return { request: read<SignedGrant>().grant.request, grants: [] };
    case "refuse": return { request: read<{ request: Hex }>().request, grants: [] };
    case "withdraw": return { grants: [read<Stop>().grant] };
    case "withdrawAll": return { grants: [...new Set([...read<{ stops: Stop[] }>().stops.map((s) => s.grant), ...(late ?? []).flatMap((one) => about(one).grants)])] };
    default: return { grants: [] };
  }
}

/** How far a signed time may be from the vault's clock, in seconds; a minute is left for the way. */
export const allowance = 540;

export const actId = (): string => base64url(random(16));

function act(kind: ActKind, path: string, body: unknown, more: Partial<Act> = {}): Act {
  return { id: actId(), kind, path, body: typeof body === "string" ? body : JSON.stringify(body), session: false, ...more };
}

/** Opens the person's place at a vault and registers the identity. */
export function enrol(me: Identity, d: Deployment, jurisdiction: string, now: number): Act {
  const deadline = actDeadline(now);
  const message = { identity: me.id, vault: d.origin, sessionKey: me.session.address, jurisdiction, time: now };
  return act("enrol", "/v1/identities", {
    identity: me.id, root_key: me.root.address, recovery_hash: me.recoveryHash, salt: me.salt, session_key: me.session.address, jurisdiction, time: now,
    signature: sign(me.root, d.ledger, documents.enrol, message),
    registration: { deadline, signature: sign(me.root, d.registry, documents.register, { id: me.id, deadline }) },
  }, { id: `enrol:${me.id}`, until: now + allowance });
}

/** Gives the permission that grant.ts' answer has signed. */
export const give = (signed: SignedGrant, receipt: Receipt): Act => act("give", "/v1/person/grants", signed, { id: `give:${receipt.id}`, until: signed.deadline });

export function refuse(me: Identity, d: Deployment, request: Hex, now: number): Act {
  return act("refuse", "/v1/person/refusals", { request, identity: me.id, time: now, signature: sign(me.root, d.ledger, documents.refuse, { request, identity: me.id, time: now }) }, { id: `refuse:${request}` });
}

/** Stops a permission by its receipt. It needs no seed. */
export const withdraw = (receipt: Receipt): Act => withdrawStop({ grant: receipt.id, signature: receipt.withdrawal });

/** Stops a permission whose receipt is lost. */
export function withdrawAsIdentity(me: Identity, ledger: Domain, grant: Hex): Act {
  return withdrawStop({ grant, signature: sign(me.root, ledger, documents.withdrawAsIdentity, { id: grant, identity: me.id }) });
}

/** A stop by its receipt's signature, as withdrawAll carries it. */
export interface Stop { grant: Hex; signature: Hex }

/** Stops by one signature, which has no end. */
export const withdrawStop = (stop: Stop): Act => act("withdraw", "/v1/person/withdrawals", stop, { id: `withdraw:${stop.grant}` });

/** Stops everything at one vault. The receipts let the chain learn of each; others are permissions that are known to stand without one. */
export function withdrawAll(me: Identity, d: Deployment, receipts: readonly Receipt[], now: number, others: readonly Hex[] = []): Act {
  const stops = receipts.map((r) => ({ grant: r.id, signature: r.withdrawal }));
  return { ...withdrawAllStops(me, d, stops, now), late: [...stops.map(withdrawStop), ...others.map((id) => withdrawAsIdentity(me, d.ledger, id))] };
}

export function withdrawAllStops(me: Identity, d: Deployment, stops: readonly Stop[], now: number): Act {
  return act("withdrawAll", "/v1/person/withdrawals/all", {
    identity: me.id, time: now, signature: sign(me.root, d.ledger, documents.withdrawAll, { identity: me.id, vault: d.origin, time: now }), stops,
  }, { until: now + allowance });
}

/** Says since when somebody else may have had the seed; 0 takes an earlier word back. */
export function dispute(me: Identity, d: Deployment, since: number, now: number): Act {
  return act("dispute", "/v1/person/disputes", { identity: me.id, since, time: now, signature: sign(me.root, d.ledger, documents.dispute, { identity: me.id, vault: d.origin, since, time: now }) }, { until: now + allowance });
}

/** Erases everything at one vault, for ever. Ask twice. The same each time: keep it to yourself until it is answered. */
export function erase(me: Identity, d: Deployment): Act {
  return act("erase", "/v1/person/erasure", { identity: me.id, signature: sign(me.root, d.ledger, documents.erase, { identity: me.id, vault: d.origin }) }, { id: `erase:${me.id}` });
}

/** States the coarse facts that rules may see. */
export function stateFacts(me: Identity, d: Deployment, facts: Facts, now: number, id: string = actId()): Act {
  const countries = sorted([...new Set(facts.never_countries)]);
  const message = { identity: me.id, vault: d.origin, minor: facts.minor, representative: facts.representative, neverCountries: countries, time: now };
  return act("facts", "/v1/person/facts", {
    identity: me.id, minor: facts.minor, representative: facts.representative, never_countries: countries, time: now, signature: sign(me.root, d.ledger, documents.policyFacts, message),
  }, { id, until: now + allowance });
}

/** Stands for a value in a correction: by the salt the act can be shown without the value being guessed. */
export const correctionDigest = (salt: Hex, field: string, value: string): Hex =>
  hex(sha256(concat(utf8("wrappy correction v1\0"), unhex(salt), utf8(field), utf8("\0"), utf8(value))));

/** Sets the person's own value of a field beside the others'; undefined takes it back. */
export function correct(me: Identity, d: Deployment, field: string, value: unknown, now: number, salt: Hex = hex(random(32))): Act {
  const text = value === undefined ? undefined : JSON.stringify(value); // without insignificant space: what is signed is what arrives
  const message = { identity: me.id, vault: d.origin, field, value: text === undefined ? zeroHash : correctionDigest(salt, field, text), time: now };
  const body = JSON.stringify({ identity: me.id, field, ...(text === undefined ? {} : { salt }), time: now, signature: sign(me.root, d.ledger, documents.correct, message) });
  return act("correct", "/v1/person/corrections", text === undefined ? body : `${body.slice(0, -1)},"value":${text}}`, { session: true, until: now + allowance });
}

/** Asks for the person's own values: of some fields, or everything. The answer is read by export.ts. */
export function exportOrder(me: Identity, d: Deployment, fields: readonly string[], now: number): Act {
  const list = sorted([...new Set(fields)]);
  return act("export", "/v1/person/exports", {
    identity: me.id, ...(list.length ? { fields: list } : {}), time: now, signature: sign(me.root, d.ledger, documents.exportOrder, { identity: me.id, vault: d.origin, fields: list, time: now }),
  }, { session: true, until: now + allowance });
}

/** An import that waits for a network, for however long: importOrder signs it when it is sent. */
export const bring = (file: string): Act => act("import", "/v1/person/imports", file, { id: `import:${hex(sha256(utf8(file)))}`, session: true });

/** Brings what another vault has exported; file is what that one wrote, its end included. */
export function importOrder(me: Identity, d: Deployment, file: string, partial: boolean, now: number): Act {
  const digest = hex(sha256(utf8(file)));
  const order = { identity: me.id, file: digest, partial, time: now, signature: sign(me.root, d.ledger, documents.importOrder, { identity: me.id, vault: d.origin, file: digest, partial, time: now }) };
  return act("import", "/v1/person/imports", `${JSON.stringify({ import: order })}\n${file}`, { session: true, until: now + allowance });
}
