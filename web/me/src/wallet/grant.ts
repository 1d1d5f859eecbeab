// A request is answered: docs/wallet.md, "Answer a request".
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, FormError, hex, random, sorted, unhex, utf8, type Hex } from "./bytes.ts";
import { grantSalt, signedBy, zeroHash, type Identity, type Key } from "./seed.ts";
import { digest, documents, idOf, sign, structHash, type Domain } from "./typed.ts";
import type { Action, GrantDocument, Notice, RequestDocument, SignedGrant } from "./wire.ts";

export const day = 86400;

/** Until when the chain may take an act that is signed now: a week, up to a whole day. */
export const actDeadline = (now: number): number => Math.ceil((now + 7 * day) / day) * day;

const bits = (actions: readonly Action[]): number => (actions.includes("read") ? 1 : 0) | (actions.includes("write") ? 2 : 0);

/** What identifies a notice as it was shown: its language and its text. */
export const noticeDigest = (n: Notice): Hex => hex(sha256(concat(utf8("wrappy notice v1\0"), utf8(n.language), utf8("\0"), utf8(n.text))));

/** The id that a request's content has. A vault that shows another content under an id lies. */
export function requestId(r: RequestDocument): Hex {
  return idOf(documents.request, {
    version: r.version, institution: r.institution, purpose: r.purpose, legalBasis: r.legal_basis, jurisdiction: r.jurisdiction, fields: r.fields,
    actions: bits(r.actions), notBefore: r.not_before, expires: r.expires, maxReleases: r.max_releases, retentionDays: r.retention_days,
    notices: sorted(r.notices.map(noticeDigest)), answerBy: r.answer_by, salt: r.salt,
  });
}

/** The id of a grant: its struct hash. */
export function grantId(g: GrantDocument): Hex {
  return idOf(documents.grant, {
    version: g.version, audience: g.audience === "bearer" ? 1 : 0, institution: g.institution, request: g.request, purpose: g.purpose,
    legalBasis: g.legal_basis, jurisdiction: g.jurisdiction, fields: g.fields, actions: bits(g.actions), notBefore: g.not_before, expires: g.expires,
    maxReleases: g.max_releases, retentionDays: g.retention_days, noticeDigest: g.notice_digest, noticeLanguage: g.notice_language,
    representation: g.representation === "representative" ? 1 : 0, assistance: g.assistance === "assisted" ? 1 : 0, grantKey: g.grant_key, salt: g.salt,
  });
}

/** The person's answer. What is left out is as asked; what goes beyond the request is refused. */
export interface Choice {
  /** Those that were switched on. */
  fields: readonly string[];
  /** Of the notice that was shown. */
  language: string;
  actions?: readonly Action[];
  /** Unix seconds, rounded up to a whole day. */
  expires?: number;
  maxReleases?: number;
  retentionDays?: number;
}

/** What the person keeps of a permission. Whoever has the withdrawal can end it. */
export interface Receipt {
  id: Hex;
  vault: string; // origin of its log
  domain: { chainId: string; contract: Hex };
  grant: GrantDocument;
  /** Unix seconds. */
  given: number;
  /** The grant key's Withdraw, pre-signed: it works after the seed is lost. */
  withdrawal: Hex;
}

/** The request takes no answer any more, or the chosen end has passed. */
export class LateError extends Error {
  override name = "LateError";
}

/** A choice or a document goes beyond what was asked; term is which. */
export class TermError extends Error {
  override name = "TermError";
  readonly term: string;
  constructor(term: string) {
    super(`${term}: not as the request has it`);
    this.term = term;
  }
}

/** Who gives: keys and the signature that binds. */
interface Giver {
  identity: Hex;
  grantKey(salt: Hex): Key;
  bind(domain: Domain, binding: { grant: Hex; identity: Hex; opening: Hex; time: number }): Hex;
  /** Where this one represents the identity. */
  representative?: Hex;
  assistance?: GrantDocument["assistance"];
}

export interface Answered {
  signed: SignedGrant;
  receipt: Receipt;
}

const self = (me: Identity): Giver => ({ identity: me.id, grantKey: (salt) => me.grantKey(salt), bind: (domain, binding) => sign(me.root, domain, documents.binding, binding) });

/** Answers a request with consent. **Keep the receipt before anything is sent**: a receipt
 *  without a grant does no harm, a grant without a receipt cannot be stopped once the seed is lost.
 *  The request must be what its id says: give the id that the person was handed.
 *  TermError, LateError, FormError. */
export const answer = (me: Identity, domain: Domain, vault: string, id: Hex, request: RequestDocument, choice: Choice, now: number, opening?: Hex): Answered =>
  give(self(me), domain, vault, id, request, choice, now, opening);

/** Answers for an identity that this one represents until a day. The grant ends by then. */
export function answerFor(me: Identity, represented: Hex, until: number, domain: Domain, vault: string, id: Hex, request: RequestDocument, choice: Choice, now: number, opening?: Hex): Answered {
  if (represented === me.id) throw new FormError("nobody represents themselves");
  const giver: Giver = {
    ...self(me), identity: represented, representative: me.id,
    bind: (d, b) => sign(me.root, d, documents.representedBinding, { ...b, representative: me.id }),
  };
  return give(giver, domain, vault, id, request, { ...choice, expires: Math.min(choice.expires ?? request.expires, until) }, now, opening);
}

/** All that a helper's device holds of a person: the seed is never there. */
export interface Assistant {
  identity: Hex;
  key: Key;
}

/** Answers with help. What is made counts once the helping institution has signed for it. */
export const answerAssisted = (a: Assistant, domain: Domain, vault: string, id: Hex, request: RequestDocument, choice: Choice, now: number, opening?: Hex): Answered =>
  give({ identity: a.identity, grantKey: (salt) => a.key.assistedGrantKey(salt), bind: (d, b) => sign(a.key, d, documents.assistedBinding, b), assistance: "assisted" }, domain, vault, id, request, choice, now, opening);

function give(who: Giver, domain: Domain, vault: string, id: Hex, request: RequestDocument, choice: Choice, now: number, opening: Hex = hex(random(32))): Answered {
  if (requestId(request) !== id) throw new TermError("request");
  const salt = grantSalt(who.identity, opening);
  const notice = request.notices.find((n) => n.language === choice.language);
  if (!notice) throw new TermError("notice");
  const grant: GrantDocument = {
    version: 1, audience: "institution", institution: request.institution, request: id, purpose: request.purpose, legal_basis: request.legal_basis,
    jurisdiction: request.jurisdiction, fields: sorted(choice.fields), actions: [...(choice.actions ?? request.actions)],
    // the request's, not now: a phone whose clock is ahead would give a consent that does not count yet
    not_before: request.not_before, expires: Math.ceil((choice.expires ?? request.expires) / day) * day,
    max_releases: choice.maxReleases ?? request.max_releases, retention_days: choice.retentionDays ?? request.retention_days,
    notice_digest: noticeDigest(notice), notice_language: notice.language,
    representation: who.representative ? "representative" : "self", assistance: who.assistance ?? "none", grant_key: who.grantKey(salt).address, salt,
  };
  const beyond = covers(request, id, grant);
  if (beyond) throw new TermError(beyond);
  checkGrant(grant);
  if (now > request.answer_by || now >= grant.expires) throw new LateError("too late for this request");
  return signGrant(who, domain, vault, grant, opening, now);
}

/** The three signatures of a grant that is made. */
function signGrant(who: Giver, domain: Domain, vault: string, grant: GrantDocument, opening: Hex, now: number): Answered {
  const id = grantId(grant);
  const key = who.grantKey(grant.salt);
  const expiry = Math.ceil(grant.expires / day) * day; // the chain learns whole days
  const deadline = Math.min(actDeadline(now), expiry);
  return {
    signed: {
      grant, deadline, signature: sign(key, domain, documents.grantAct, { id, expiry, deadline }),
      binding: { identity: who.identity, opening, time: now, signature: who.bind(domain, { grant: id, identity: who.identity, opening, time: now }), ...(who.representative ? { representative: who.representative } : {}) },
    },
    receipt: { id, vault, domain: { chainId: String(domain.chainId), contract: domain.contract }, grant, given: now, withdrawal: sign(key, domain, documents.withdraw, { id }) },
  };
}

/** The longest, in seconds, that a code on a screen lasts. */
export const showSeconds = 300;

/** What the person picks to be seen, once, by whoever has the code. */
export interface Shown {
  fields: readonly string[];
  /** Where the code is shown: ISO 3166-1 alpha-2. */
  jurisdiction: string;
  /** The words that the phone has shown. */
  notice: Notice;
}

/** Makes the grant of a code on the screen; show.ts makes the code. request stands for its secret. */
export function bearerGrant(me: Identity, domain: Domain, vault: string, request: Hex, shown: Shown, now: number, opening: Hex = hex(random(32))): Answered {
  const salt = grantSalt(me.id, opening);
  const grant: GrantDocument = {
    version: 1, audience: "bearer", institution: zeroHash, request, purpose: "dpv:IdentityVerification", legal_basis: "consent", jurisdiction: shown.jurisdiction,
    fields: sorted(shown.fields), actions: ["read"], not_before: now, expires: now + showSeconds, max_releases: 1, retention_days: 0,
    notice_digest: noticeDigest(shown.notice), notice_language: shown.notice.language, representation: "self", assistance: "none", grant_key: me.grantKey(salt).address, salt,
  };
  if (!shown.fields.every((f) => f.startsWith("identity."))) throw new FormError("fields: a code shows fields of identity only");
  checkGrant(grant);
  return signGrant(self(me), domain, vault, grant, opening, now);
}

/** In which term a grant goes beyond the request; undefined where it asks for no more. */
export function covers(r: RequestDocument, id: Hex, g: GrantDocument): string | undefined {
  const shown = r.notices.some((n) => n.language === g.notice_language && noticeDigest(n) === g.notice_digest);
  const tests: [string, boolean][] = [
    ["fields", g.fields.every((f) => r.fields.includes(f))],
    ["audience", g.audience === "institution"],
    ["request", g.request === id],
    ["institution", g.institution === r.institution],
    ["purpose", g.purpose === r.purpose],
    ["legalBasis", g.legal_basis === r.legal_basis],
    ["jurisdiction", g.jurisdiction === r.jurisdiction],
    ["actions", (bits(g.actions) & ~bits(r.actions)) === 0],
    ["period", g.not_before >= r.not_before && g.expires <= r.expires],
    ["maxReleases", r.max_releases === 0 || (g.max_releases !== 0 && g.max_releases <= r.max_releases)],
    ["retentionDays", g.retention_days <= r.retention_days],
    ["notice", shown],
  ];
  return tests.find(([, holds]) => !holds)?.[0];
}

const fieldName = /^(identity|contact|health|education|aid|work|civil)\.[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39})?$/;

/** Refuses a grant that no vault takes, before it is signed. FormError. */
function checkGrant(g: GrantDocument): void {
  const tests: [string, boolean][] = [
    ["version: want 1", g.version === 1],
    ["fields: want 1 to 200, each once", g.fields.length > 0 && g.fields.length <= 200 && new Set(g.fields).size === g.fields.length],
    ["fields: not field names", g.fields.every((f) => f.length <= 96 && fieldName.test(f))],
    ["actions: want read, write or both", bits(g.actions) > 0],
    ["expires: want a whole day", g.audience === "bearer" || g.expires % day === 0],
    ["period: want an end after its beginning, at most a year", g.expires > g.not_before && g.expires - g.not_before <= 366 * day],
  ];
  const failed = tests.find(([, holds]) => !holds);
  if (failed) throw new FormError(failed[0]);
}

/** Whether a receipt's withdrawal would end its grant: check one that comes from a file. */
export function receiptHolds(r: Receipt): boolean {
  try {
    const domain = { chainId: BigInt(r.domain.chainId), contract: r.domain.contract };
    return grantId(r.grant) === r.id && signedBy(digest(domain, structHash(documents.withdraw, { id: r.id })), r.withdrawal, r.grant.grant_key);
  } catch {
    return false;
  }
}

const steers = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** Whether a notice is text that is read, and nothing that steers a screen. */
export const noticeReads = (n: Notice): boolean => n.text.length > 0 && utf8(n.text).length <= 4000 && !steers.test(n.text) && unpaired(n.text);
const unpaired = (text: string): boolean => !/[\ud800-\udbff](?![\udc00-\udfff])|(?:^|[^\ud800-\udbff])[\udc00-\udfff]/.test(text);

/** Checks what a vault showed under a request's id, before a word of it is shown. TermError, FormError. */
export function checkAsked(id: Hex, asked: { id: Hex; document: RequestDocument; institution: { id: Hex } }): void {
  unhex(id);
  if (requestId(asked.document) !== id || asked.id !== id) throw new TermError("request");
  if (asked.institution.id !== asked.document.institution) throw new TermError("institution");
  if (!asked.document.notices.every(noticeReads)) throw new TermError("notice");
}
