import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { base64, hex, unbase64, unhex, utf8, type Hex } from "./bytes.ts";
import { answerAssisted, answerFor, bearerGrant, grantId, receiptHolds } from "./grant.ts";
import { assistWithdraw, assistWithdrawAll, helpMessage, assistKey, openAssistSession, represent } from "./assist.ts";
import type { Deployment } from "./api.ts";
import type { Log } from "./log.ts";
import { Identity } from "./seed.ts";
import { checkShown, makeCode, readCode } from "./show.ts";
import { vectors } from "./testing.ts";
import type { GrantDocument, Proof, RequestDocument } from "./wire.ts";

const s = vectors("consent/testdata/show.json");
const v = vectors("wallet/testdata/vectors.json").derived;
const me = new Identity(unhex(v.seed), v.identitySalt, v.recoveryHash);
const now = 1_760_000_000;
const chainId = BigInt(v.domains.ConsentLedger.chainId);
const vault: Deployment = {
  ledger: { chainId, contract: v.domains.ConsentLedger.verifyingContract }, registry: { chainId, contract: v.domains.KeyRegistry.verifyingContract },
  institutions: { chainId, contract: v.domains.KeyRegistry.verifyingContract }, origin: "vault.example/log", logKey: new Uint8Array(32),
};
const document = (name: string): any => v.documents.find((d: any) => d.name === name);
const raw = (text: string): Uint8Array<ArrayBuffer> => unhex(`0x${text}`, text.length / 2);

test("a code's secret, request and grant are the Go code's", () => {
  const shown = { fields: ["identity.photo", "identity.name", "identity.over_18"], jurisdiction: "KE", notice: { language: "sw", text: "Kliniki itasoma mizio yako." } };
  const code = makeCode(me, vault.ledger, vault.origin, "https://vault.example", shown, now, unhex(s.secretHex));
  assert.equal(code.link, `https://vault.example/show/${s.fragment}`);
  assert.equal(hex(readCode(code.link)), s.secretHex);
  const grant = code.signed.grant;
  assert.equal(grant.request, s.request);
  const same: GrantDocument = { ...grant, grant_key: s.grant.grantKey, salt: s.grant.salt };
  assert.equal(grantId(same), s.grantId, "the document is another than the vector's");
  assert.ok(receiptHolds(code.receipt));
  assert.equal(String(Math.ceil(grant.expires / 86400) * 86400), s.actExpiry);
  assert.equal(code.signed.deadline, Number(s.actExpiry), "the chain would learn the minute");
  assert.ok(!JSON.stringify([code.signed, code.receipt]).includes(s.secret), "the vault would have the secret");
  for (const fields of [["health.allergy"], ["identity.name", "contact.phone"], []]) assert.throws(() => bearerGrant(me, vault.ledger, vault.origin, s.request, { ...shown, fields }, now));
  for (const bad of s.refusedSecrets) assert.throws(() => readCode(bad), JSON.stringify(bad));
});

test("what was shown is the vault's word, of one entry", () => {
  assert.equal(hex(utf8(`wrappy shown v1\0${s.statement}`)), `0x${s.message}`);
  const log: Log = { origin: "vault.example/log", key: raw(s.logKey) };
  const signature = base64(raw(s.signature));
  const phone = vectors("vault/journal/testdata/phone.json");
  const seed = unbase64(phone.seed);
  const own: Log = { origin: phone.origin, key: unbase64(phone.public_key) };
  const proof: Proof = phone.proof; // an entry of a release to an institution: no code was shown
  const sign = (statement: object | string): [string, string] => {
    const text = typeof statement === "string" ? statement : JSON.stringify(statement);
    return [text, base64(ed25519.sign(utf8(`wrappy shown v1\0${text}`), seed))];
  };
  const statement = { format: "wrappy shown v1", vault: phone.origin, entry: proof.promise.leaf_hash, at: 1_790_000_000, salt: s.request, shown: { "health.allergy": [], "identity.name": [] } };
  assert.throws(() => checkShown(own, ...sign(statement), proof), /the entry is of something else/);
  assert.throws(() => checkShown(own, ...sign({ ...statement, vault: "another" }), proof), /of something else/);
  assert.throws(() => checkShown(own, ...sign({ ...statement, format: "x" }), proof), /of something else/);
  assert.throws(() => checkShown(own, ...sign("not JSON"), proof));
  assert.throws(() => checkShown(own, sign(statement)[0], signature, proof), /not signed/);
  assert.throws(() => checkShown(log, s.statement.replace("true", "false"), signature, proof), /not signed/);
  assert.throws(() => checkShown(log, s.statement, signature, proof), /promise/, "signed, of another log's entry");
});

const request: RequestDocument = {
  version: 1, institution: v.assistedGrant.message.institution, purpose: "dpv:ServiceProvision", legal_basis: "consent", jurisdiction: "KE",
  fields: ["contact.phone", "health.allergy", "identity.name"], actions: ["read", "write"], not_before: now - 100, expires: 20_400 * 86400, max_releases: 12, retention_days: 90,
  notices: [{ language: "en", text: "The clinic reads your allergies." }, { language: "sw", text: "Kliniki itasoma mizio yako." }], answer_by: now + 86400, salt: `0x66${"00".repeat(31)}`,
};
const id: Hex = v.assistedGrant.message.request;
const opening: Hex = document("binding").message.opening;

test("with help: another key, other types, the seed never there", () => {
  const stated = Number(document("assist key").message.time);
  const assistant = { identity: me.id, key: me.assistKey(stated) };
  assert.equal(assistant.key.address, v.keys.assist.address);
  assert.equal(JSON.parse(assistKey(me, vault, stated).body).signature, document("assist key").signature);
  const { signed, receipt } = answerAssisted(assistant, vault.ledger, vault.origin, id, request, { fields: request.fields, language: "sw" }, now, opening);
  assert.equal(receipt.id, v.assistedGrant.id);
  assert.equal(signed.grant.grant_key, v.keys["assisted grant"].address);
  assert.equal(signed.signature, document("assisted grant act").signature);
  assert.equal(signed.binding.signature, document("assisted binding").signature);
  assert.ok(receiptHolds(receipt));
  const session = document("assist session").message;
  assert.equal(openAssistSession(assistant, vault.ledger, vault.origin, session.origin, session.request, session.nonce, session.proofKey, Number(session.expires)), document("assist session").signature);
  assert.equal(JSON.parse(assistWithdraw(assistant, vault, document("assist withdraw").message.id, now).body).signature, document("assist withdraw").signature);
  assert.equal(JSON.parse(assistWithdrawAll(assistant, vault, now).body).signature, document("assist withdraw all").signature);
  const ended = JSON.parse(assistKey(me, vault, now, true).body);
  assert.equal(ended.key, `0x${"00".repeat(20)}`);
  assert.notEqual(me.assistKey(stated).address, me.assistKey(stated + 1).address);
  assert.throws(() => answerAssisted(assistant, vault.ledger, vault.origin, id, request, { fields: ["identity.photo"], language: "sw" }, now));
});

test("what the helping institution signs is the Go code's", () => {
  const h = vectors("consent/testdata/help.json");
  const message = helpMessage({ chainId: BigInt(h.chainId), contract: h.registry }, h.institution, h.grant, h.request, Number(h.notBefore), Number(h.until), h.vault);
  assert.equal(hex(message), `0x${h.message}`);
});

test("for somebody else, until the day on which they decide alone", () => {
  const m = document("represent").message;
  assert.equal(JSON.parse(represent(me, vault, m.representative, Number(m.until), now).body).signature, document("represent").signature);
  const b = document("represented binding").message;
  const whole = answerFor(me, b.identity, Number(m.until), vault.ledger, vault.origin, id, request, { fields: request.fields, language: "sw" }, now, b.opening);
  assert.equal(whole.receipt.id, b.grant);
  assert.equal(whole.signed.binding.signature, document("represented binding").signature);
  assert.equal(whole.signed.binding.representative, me.id);
  const made = answerFor(me, b.identity, now + 5 * 86400, vault.ledger, vault.origin, id, request, { fields: ["identity.name"], language: "en" }, now, b.opening);
  assert.equal(made.signed.grant.representation, "representative");
  assert.equal(made.signed.binding.identity, b.identity);
  assert.ok(made.signed.grant.expires <= Math.ceil((now + 5 * 86400) / 86400) * 86400);
  assert.throws(() => answerFor(me, me.id, now + 86400, vault.ledger, vault.origin, id, request, { fields: ["identity.name"], language: "en" }, now), /themselves/);
});
