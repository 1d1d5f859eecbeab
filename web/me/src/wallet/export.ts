// Everything of a person as one file: docs/protocol/export.md.
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, FormError, fromUtf8, hex, uint, unbase64, unhex, type Hex } from "./bytes.ts";
import { grantId, type Receipt } from "./grant.ts";
import { labelled, ProofError, signedByLog, verifierKey, type Log } from "./log.ts";
import { identityId, zeroHash } from "./seed.ts";
import type { Facts, GrantDocument, Status } from "./wire.ts";

/** One writer's value of a field. */
export interface Value {
  field: string;
  /** Zero: the person. */
  writer: Hex;
  /** Whether the person wrote it: a correction, beside what institutions wrote. */
  own: boolean;
  writtenMilli: number;
  /** Under which it was written; undefined of the person's own. */
  grant: Hex | undefined;
  value: unknown;
  /** How many items of it the writer has signed. */
  signatures: number;
}

export interface ExportedGrant {
  id: Hex;
  document: GrantDocument;
  given: number;
  status: Status | undefined;
}

export interface Exported {
  identity: Hex;
  jurisdiction: string;
  /** The key of the log of the vault that wrote it. */
  log: string;
  /** Chain id, as text because JavaScript's numbers end at 2⁵³, and ConsentLedger. */
  ledger: [chain: string, contract: Hex];
  timeMilli: number;
  /** Those that were ordered; undefined: everything. */
  fields: string[] | undefined;
  /** What rules may know of the person, where it was stated. */
  facts: Facts | undefined;
  grants: ExportedGrant[];
  values: Value[];
  /** Fields that are kept, and that neither the catalog nor a permission names any more. */
  unnamed: number;
  /** What the vault wrote, its end included: what another vault is given. */
  vaultPart: string;
}

type Line = Record<string, any>;

const members = ["export", "facts", "grant", "value", "end"];

/** Reads an export and checks that this vault wrote it, all of it, for this identity. Nothing of it counts
 *  before that. ProofError, FormError. */
export function readExport(log: Log, identity: Hex, file: Uint8Array): Exported {
  const out: Exported = { identity, jurisdiction: "", log: verifierKey(log), ledger: ["", "0x"], timeMilli: 0, fields: undefined, facts: undefined, grants: [], values: [], unnamed: 0, vaultPart: "" };
  const digest = sha256.create();
  let stage = -1;
  let last = "";
  for (let from = 0; ; ) {
    const to = file.indexOf(10, from) + 1;
    if (to === 0) throw new FormError("export: cut short");
    const bytes = file.subarray(from, to);
    const line = parse(fromUtf8(bytes.subarray(0, -1)));
    const [name, ...more] = Object.keys(line);
    const at = members.indexOf(name!);
    if (more.length > 0 || at < 0 || at < stage || (stage < 0) !== (at === 0)) throw new FormError("export: not in order");
    const key = name === "grant" ? line["grant"].id : name === "value" ? `${line["value"].field}\0${line["value"].writer}` : "";
    if (at === stage && key <= last) throw new FormError("export: not in order");
    [stage, last] = [at, key];
    if (name === "export") readHead(log, identity, line["export"], bytes, out);
    else if (name === "facts") out.facts = readFacts(line["facts"]);
    else if (name === "grant") out.grants.push(readGrant(line["grant"]));
    else if (name === "value") out.values.push(readValue(line["value"]));
    else if (name === "end") {
      checkEnd(log, line["end"], digest.digest(), out);
      out.vaultPart = fromUtf8(file.subarray(0, to));
      return out;
    }
    digest.update(bytes);
    from = to;
  }
}

function parse(text: string): Line {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new FormError("export: a line that is not JSON");
  }
  if (typeof read !== "object" || read === null || Array.isArray(read)) throw new FormError("export: a line that is no object");
  return read as Line;
}

function readHead(log: Log, identity: Hex, head: Line, bytes: Uint8Array, out: Exported): void {
  if (head["format"] !== "wrappy export v1" || identityId(head["root_key"], head["recovery_hash"], head["salt"]) !== head["identity"]) throw new FormError("export: of another version");
  if (head["log"] !== verifierKey(log)) throw new ProofError("export: of another vault");
  if (head["identity"] !== identity) throw new ProofError("export: of another person");
  const chain = /^\{"format":"wrappy export v1","log":"[^"\\]*","chain_id":([1-9][0-9]*),/.exec(fromUtf8(bytes).slice('{"export":'.length))?.[1];
  if (!chain) throw new FormError("export: not in order");
  unhex(head["consent_ledger"], 20);
  out.ledger = [chain, head["consent_ledger"]];
  out.jurisdiction = head["jurisdiction"];
  out.timeMilli = head["time_ms"];
  out.fields = head["fields"];
}

function readFacts(f: Line): Facts {
  const never = f["never_countries"] as unknown;
  if (typeof f["minor"] !== "boolean" || typeof f["representative"] !== "boolean" || !Array.isArray(never) || !never.every((c) => typeof c === "string")) throw new FormError("export: not what rules may know");
  return { minor: f["minor"], representative: f["representative"], never_countries: never, ...(f["time"] ? { stated_at: f["time"] } : {}) };
}

function readGrant(g: Line): ExportedGrant {
  const d = g["document"];
  const document: GrantDocument = {
    ...d, audience: d.audience === 1 ? "bearer" : "institution", actions: [...(d.actions & 1 ? ["read" as const] : []), ...(d.actions & 2 ? ["write" as const] : [])],
    representation: d.representation === 1 ? "representative" : "self", assistance: d.assistance === 1 ? "assisted" : "none",
  };
  if (grantId(document) !== g["id"]) throw new FormError("export: a permission under another's id");
  return { id: g["id"], document, given: g["binding_time"], status: g["status"] };
}

function readValue(v: Line): Value {
  unhex(v["writer"]);
  const own = v["writer"] === zeroHash;
  return { field: v["field"], writer: v["writer"], own, writtenMilli: v["written_ms"], grant: v["grant"] === zeroHash ? undefined : v["grant"], value: v["value"], signatures: v["signatures"]?.length ?? 0 };
}

function checkEnd(log: Log, end: Line, digest: Uint8Array, out: Exported): void {
  if (end["digest"] !== hex(digest) || end["grants"] !== out.grants.length || end["values"] !== out.values.length) throw new ProofError("export: changed, or lines are missing");
  const message = concat(labelled("wrappy export v1", log.origin), unhex(out.identity), uint(out.timeMilli, 8), digest);
  if (!signedByLog(log, message, unbase64(end["signature"]))) throw new ProofError("export: not signed by the vault");
  out.unnamed = end["unnamed"] ?? 0;
}

/** The file for the person to keep: what the vault wrote, and every receipt with the signature that ends it. */
export function exportFile(vaultPart: string, receipts: readonly Receipt[]): string {
  return vaultPart + receipts.map((r) => {
    const g = r.grant;
    const grant = {
      version: g.version, audience: g.audience === "bearer" ? 1 : 0, institution: g.institution, request: g.request, purpose: g.purpose, legal_basis: g.legal_basis, jurisdiction: g.jurisdiction, fields: g.fields,
      actions: (g.actions.includes("read") ? 1 : 0) | (g.actions.includes("write") ? 2 : 0), not_before: g.not_before, expires: g.expires, max_releases: g.max_releases, retention_days: g.retention_days,
      notice_digest: g.notice_digest, notice_language: g.notice_language, representation: g.representation === "representative" ? 1 : 0, assistance: g.assistance === "assisted" ? 1 : 0, grant_key: g.grant_key, salt: g.salt,
    };
    // the chain's id by its text: JavaScript's numbers end at 2⁵³
    return `{"receipt":{"format":"wrappy receipt v1","chain_id":${BigInt(r.domain.chainId)},"contract":"${r.domain.contract}","grant":${JSON.stringify(grant)},"withdrawal":"${r.withdrawal}"}}\n`;
  }).join("");
}

