import assert from "node:assert/strict";
import { test } from "node:test";
import * as acts from "./acts.ts";
import type { Deployment } from "./api.ts";
import { unhex, type Hex } from "./bytes.ts";
import { actDeadline, answer, checkAsked, covers, day, grantId, noticeReads, receiptHolds, requestId, type Choice } from "./grant.ts";
import { Identity } from "./seed.ts";
import { openSession } from "./session.ts";
import { vectors } from "./testing.ts";
import type { GrantDocument, RequestDocument } from "./wire.ts";

const v = vectors("wallet/testdata/vectors.json").derived;
const me = new Identity(unhex(v.seed), v.identitySalt, v.recoveryHash);
const now = 1_760_000_000;
const document = (name: string): any => v.documents.find((d: any) => d.name === name);
const chainId = BigInt(v.domains.ConsentLedger.chainId);
const vault: Deployment = {
  ledger: { chainId, contract: v.domains.ConsentLedger.verifyingContract }, registry: { chainId, contract: v.domains.KeyRegistry.verifyingContract },
  institutions: { chainId, contract: v.domains.KeyRegistry.verifyingContract }, origin: "vault.example/log", logKey: new Uint8Array(32),
};
const opening: Hex = document("binding").message.opening;

// wallet/vectors_test.go has the same.
const request = (): RequestDocument => ({
  version: 1, institution: v.grant.message.institution, purpose: "dpv:ServiceProvision", legal_basis: "consent", jurisdiction: "KE",
  fields: ["contact.phone", "health.allergy", "identity.name"], actions: ["read", "write"], not_before: now - 100, expires: 20_400 * day, max_releases: 12, retention_days: 90,
  notices: [{ language: "en", text: "The clinic reads your allergies." }, { language: "sw", text: "Kliniki itasoma mizio yako." }],
  answer_by: now + day, salt: `0x66${"00".repeat(31)}`,
});
const id: Hex = v.grant.message.request;
const choice: Choice = { fields: ["identity.name", "health.allergy"], actions: ["read"], expires: now + 10 * day, maxReleases: 3, retentionDays: 30, language: "sw" };
const give = (c: Partial<Choice> = {}, r = request(), at = now) => answer(me, vault.ledger, vault.origin, requestId(r), r, { ...choice, ...c }, at, opening);

test("a request is answered as the Go wallet does", () => {
  assert.equal(requestId(request()), id);
  const { signed, receipt } = give();
  assert.equal(grantId(signed.grant), v.grant.id);
  assert.equal(signed.grant.salt, v.grantSalt);
  assert.equal(signed.signature, document("grant act").signature);
  assert.equal(String(signed.deadline), document("grant act").message.deadline);
  assert.equal(signed.binding.signature, document("binding").signature);
  assert.equal(receipt.withdrawal, document("withdraw").signature);
  assert.ok(receiptHolds(receipt));
  assert.ok(!JSON.stringify(acts.give(signed, receipt)).includes(receipt.withdrawal.slice(2)), "the withdrawal is sent along");
  assert.notEqual(answer(me, vault.ledger, vault.origin, id, request(), choice, now).receipt.id, receipt.id, "two grants share a salt");
});

test("every other act is signed as the Go wallet does", () => {
  const signature = (a: acts.Act): Hex => JSON.parse(a.body).signature;
  const receipt = give().receipt;
  const salt: Hex = v.grantSalt;
  for (const [name, made] of Object.entries<[Hex, string]>({
    enrol: [signature(acts.enrol(me, vault, "KE", now)), "enrol"],
    withdraw: [signature(acts.withdraw(receipt)), "withdraw"],
    "withdraw as identity": [signature(acts.withdrawAsIdentity(me, vault.ledger, v.grant.id)), "withdraw as identity"],
    refuse: [signature(acts.refuse(me, vault, id, now)), "refuse"],
    facts: [signature(acts.stateFacts(me, vault, { minor: true, representative: false, never_countries: ["SD", "ER", "SD"] }, now)), "policy facts"],
    all: [signature(acts.withdrawAll(me, vault, [receipt], now)), "withdraw all"],
    dispute: [signature(acts.dispute(me, vault, now - day, now)), "dispute"],
    correct: [signature(acts.correct(me, vault, "identity.name", [{ family: "Achieng" }], now, salt)), "correct"],
    export: [signature(acts.exportOrder(me, vault, ["identity.name", "health.allergy", "identity.name"], now)), "export"],
    erase: [signature(acts.erase(me, vault)), "erase"],
    session: [openSession(me, vault.ledger, vault.origin, "https://vault.example", `0x77${"00".repeat(31)}`, `0x88${"00".repeat(31)}`, now + 900), "session"],
  })) assert.equal(made[0], document(made[1]).signature, name);
  const correction = acts.correct(me, vault, "identity.name", [{ family: "Achieng" }], now, salt);
  assert.ok(correction.body.endsWith(`,"value":${document("correct").message.plain}}`));
  assert.equal(actDeadline(now), Number(document("grant act").message.deadline));
});

test("the same act twice is one act", () => {
  const { signed, receipt } = give();
  assert.deepEqual(acts.give(signed, receipt), acts.give(signed, receipt));
  assert.deepEqual(acts.withdraw(receipt), acts.withdraw(receipt));
  assert.equal(acts.withdraw(receipt).id, acts.withdrawAsIdentity(me, vault.ledger, receipt.id).id);
  assert.notEqual(acts.stateFacts(me, vault, { minor: true, representative: false, never_countries: [] }, now).id, acts.stateFacts(me, vault, { minor: false, representative: false, never_countries: [] }, now).id);
});

test("no more is given than was asked", () => {
  const refused: Record<string, [Partial<Choice>, RegExp]> = {
    "a field that was not asked for": [{ fields: ["identity.name", "identity.photo"] }, /^TermError: fields/],
    "no field": [{ fields: [] }, /^FormError: fields/],
    "a field twice": [{ fields: ["identity.name", "identity.name"] }, /^FormError: fields/],
    "a later end": [{ expires: 20_401 * day }, /^TermError: period/],
    "an end in the past": [{ expires: now - day }, /LateError|FormError/],
    "more releases": [{ maxReleases: 13 }, /^TermError: maxReleases/],
    "without limit": [{ maxReleases: 0 }, /^TermError: maxReleases/],
    "kept for longer": [{ retentionDays: 91 }, /^TermError: retentionDays/],
    "a notice that was not there": [{ language: "fr" }, /^TermError: notice/],
    "no action": [{ actions: [] }, /^FormError: actions/],
  };
  for (const [name, [change, want]] of Object.entries(refused)) assert.throws(() => give(change), want, name);
  const readOnly = { ...request(), actions: ["read" as const] };
  assert.throws(() => give({ actions: ["write"] }, readOnly), /^TermError: actions/);
  assert.throws(() => give({}, request(), now + day + 1), /^LateError/, "after the answer was due");
  assert.throws(() => answer(me, vault.ledger, vault.origin, `0x${"11".repeat(32)}`, request(), choice, now), /^TermError: request/, "another id");
  assert.equal(give({ expires: undefined }).signed.grant.expires, 20_400 * day, "as asked");
  assert.equal(give({ expires: 20_400 * day - 1 }).signed.grant.expires, 20_400 * day, "rounded up to the request's end");
  assert.deepEqual(give({ fields: ["identity.name"] }).signed.grant.fields, ["identity.name"], "less is a choice");
});

test("each term of a grant is held against the request", () => {
  const grant = give().signed.grant;
  assert.equal(covers(request(), id, grant), undefined);
  for (const [term, change] of Object.entries<Partial<GrantDocument>>({
    audience: { audience: "bearer" }, request: { request: `0x${"12".repeat(32)}` }, institution: { institution: `0x${"12".repeat(32)}` }, purpose: { purpose: "dpv:Marketing" },
    legalBasis: { legal_basis: "contract" }, jurisdiction: { jurisdiction: "UG" }, period: { not_before: now - 101 }, notice: { notice_language: "en" },
  })) assert.equal(covers(request(), id, { ...grant, ...change }), term);
});

test("what is shown under an id is what the id says", () => {
  const asked = (r = request()) => ({ id, document: r, institution: { id: r.institution } });
  checkAsked(id, asked());
  for (const [name, r] of Object.entries<RequestDocument>({
    "another field": { ...request(), fields: ["contact.phone"] }, "another purpose": { ...request(), purpose: "dpv:Marketing" }, "a later end": { ...request(), expires: 20_401 * day },
    "another notice": { ...request(), notices: [{ language: "en", text: "Nothing." }] }, "another institution": { ...request(), institution: `0x${"13".repeat(32)}` },
  })) assert.throws(() => checkAsked(id, asked(r)), /^TermError/, name);
  assert.throws(() => checkAsked(id, { ...asked(), institution: { id: `0x${"13".repeat(32)}` } }), /^TermError: institution/);
  assert.throws(() => checkAsked(id, { ...asked(), id: `0x${"13".repeat(32)}` }), /^TermError/);
  for (const text of ["", "a\u0000", "a\u202eb", "\u2066", "\ud800", "x".repeat(4001), "a\rb"]) assert.equal(noticeReads({ language: "en", text }), false, JSON.stringify(text));
  for (const text of ["a\nb", "\u200fمرحبا", "😀"]) assert.equal(noticeReads({ language: "ar", text }), true);
});

test("a receipt from a file ends its grant, or is refused", () => {
  const { receipt } = give();
  for (const [name, bad] of Object.entries({
    "another grant's": { ...receipt, grant: { ...receipt.grant, max_releases: 2 } }, "another id": { ...receipt, id: `0x${"14".repeat(32)}` as Hex },
    "another chain": { ...receipt, domain: { ...receipt.domain, chainId: "1" } }, "another contract": { ...receipt, domain: { ...receipt.domain, contract: `0x${"15".repeat(20)}` as Hex } },
    "another signature": { ...receipt, withdrawal: give({ maxReleases: 2 }).receipt.withdrawal }, "no chain": { ...receipt, domain: { ...receipt.domain, chainId: "x" } },
  })) assert.equal(receiptHolds(bad), false, name);
});
