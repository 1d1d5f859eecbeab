// What travels, as openapi/openapi.yaml has it. Times are Unix seconds unless a name says milliseconds; bytes are base64.
import type { Hex } from "./bytes.ts";

export type Action = "read" | "write";
export type LegalBasis = "consent" | "contract" | "legal_obligation" | "vital_interests" | "public_task" | "legitimate_interests";
export type Status = "unknown" | "requested" | "given" | "refused" | "expired" | "withdrawn" | "revoked" | "invalidated";

export interface Notice {
  language: string; // BCP 47
  text: string;
}

export interface RequestDocument {
  version: number;
  institution: Hex;
  purpose: string;
  legal_basis: LegalBasis;
  jurisdiction: string;
  fields: string[];
  actions: Action[];
  not_before: number;
  expires: number;
  max_releases: number; // 0: no limit
  retention_days: number;
  notices: Notice[];
  answer_by: number;
  salt: Hex;
}

export interface GrantDocument {
  version: number;
  audience: "institution" | "bearer";
  institution: Hex;
  request: Hex;
  purpose: string;
  legal_basis: LegalBasis;
  jurisdiction: string;
  fields: string[];
  actions: Action[];
  not_before: number;
  expires: number;
  max_releases: number;
  retention_days: number;
  notice_digest: Hex;
  notice_language: string;
  representation: "self" | "representative";
  assistance: "none" | "assisted";
  grant_key: Hex;
  salt: Hex;
}

export interface Institution {
  id: Hex;
  name: string;
  kind: "unknown" | "hospital" | "clinic" | "school" | "registrar" | "agency" | "border" | "bank" | "employer" | "accreditor";
  jurisdiction: string;
  suspended: boolean;
  attested: boolean;
  attested_to?: number;
  accreditor?: Hex;
}

export interface Asked {
  id: Hex;
  status: Status;
  document: RequestDocument;
  institution: Institution;
  /** Who vouches for the institution now. */
  accreditors?: { id: Hex; name: string }[];
  /** What policy in force would say now: which fields are more than usual, and why not at all. Absent: it cannot be said. */
  now?: { reasons: string[]; withheld: { field: string }[] };
}

export interface Binding {
  identity: Hex;
  opening: Hex;
  time: number;
  signature: Hex;
  /** Who gives for the identity, where somebody does. */
  representative?: Hex;
}

export interface SignedGrant {
  grant: GrantDocument;
  deadline: number;
  signature: Hex;
  binding: Binding;
}

export interface Opening {
  salt: Hex;
  plaintext: string;
}

export interface Promised {
  origin: string;
  index: number;
  leaf_hash: Hex;
  max_delay_ms: number;
  signature: string;
}

export interface Proof {
  promise: Promised;
  leaf: string;
  opening: Opening;
  checkpoint?: string;
}

export interface Given {
  grant: Hex;
  status: Status;
  expires: number;
  proof: Proof;
}

export interface Deletion {
  grant: Hex;
  received_ms: number;
  due?: number;
  overdue: boolean;
  attested?: { through_ms: number; public_key: string; signature: string };
}

export interface Representative {
  representative?: Hex;
  until?: number;
  stated_at?: number;
}

export interface OwnGrant {
  id: Hex;
  status: Status;
  document: GrantDocument;
  institution?: Institution;
  used: number;
  given_at: number;
  deletion?: Deletion;
}

export interface Withdrawn {
  grant: Hex;
  status: Status;
  time: number;
  relayed: boolean;
  proof?: Proof;
}

export interface FieldVersion {
  field: string;
  version: number;
}

export interface Withheld {
  field: string;
  reason: string;
}

export interface HistoryItem {
  index: number;
  kind: string;
  time: number;
  sequence: number;
  institution?: Hex;
  grant?: Hex;
  action?: Action;
  fields: FieldVersion[];
  withheld: Withheld[];
  reasons: string[];
  leaf: string;
  opening: Opening;
  shared_opening: Opening;
}

export interface CompletenessStatement {
  origin: string;
  size: number;
  identity: Hex;
  sequence: number;
  last: Hex;
  time_ms: number;
  signature: string;
}

export interface HistoryPage {
  entries: HistoryItem[];
  statement?: CompletenessStatement;
  next?: string;
}

export interface Ledger {
  chain_id: string;
  consent_ledger: Hex;
  institution_registry: Hex;
  key_registry: Hex;
  head: { block: number; hash: Hex; time: number; age_ms: number };
  log: { origin: string; public_key: string };
  policy: { digest: Hex; revision: number };
  jurisdiction?: string; // whose data the vault keeps
  majority?: number; // years, the age from which a person decides alone there
}

export interface CatalogField {
  name: string;
  type: "text" | "date" | "code" | "boolean" | "number" | "identifier" | "object" | "list" | "fhir";
  resource?: string;
  category?: string;
  matter?: string;
  codes?: string[];
  sensitive: string[];
  label: Record<string, string>; // by language
  picture?: string;
  derived?: { inputs: string[]; expression: string };
}

export interface Catalog {
  revision: number;
  fields: CatalogField[];
}

export interface Facts {
  minor: boolean;
  representative: boolean;
  never_countries: string[];
  stated_at?: number;
}

export interface Corrected {
  field: string;
  version?: number;
  proof?: Proof;
}

export interface Erased {
  identity: Hex;
  time: number;
  ended: number;
  remains: string[];
  copies: { institution: Hex; first: number; last: number; retention_days: number }[];
  more: number;
  backups_until: number;
  cached_seconds: number;
  receipt: string;
  signature: string;
  proof: Proof;
}

export interface ErasureWindow {
  backup_days: number;
  cached_seconds: number;
  ends: number;
}

export interface Imported {
  values: { field: string; writer: Hex; outcome: "taken" | "here" | "refused"; reason?: string }[];
  stored: FieldVersion[];
  proof?: Proof;
}

export interface OwnCard {
  made: number;
  /** Tries before the wait. */
  restore_left: number;
  assist_left?: number;
  restore?: { pickup: Hex; asked: number; ready: number; state: "pending" | "cancelled" | "given_out" | "past" };
}

export interface CardEvaluation {
  evaluated: string;
  left: number;
  /** Of kind assist. */
  blob?: string;
}

/** What stands, as a helper's device may see it. */
export interface Standing {
  id: Hex;
  institution: Hex;
  /** Empty where the ledger does not know it. */
  name: string;
  expires: number;
}
