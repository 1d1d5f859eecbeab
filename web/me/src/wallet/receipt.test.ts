import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { unbase64, unhex, type Hex } from "./bytes.ts";
import { answer, noticeDigest, receiptHolds, requestId } from "./grant.ts";
import { consentReceipt, fhirConsent, type Ended, type Words } from "./receipt.ts";
import { Identity } from "./seed.ts";
import { vectors } from "./testing.ts";
import type { RequestDocument } from "./wire.ts";

const v = vectors("wallet/testdata/vectors.json").derived;
const me = new Identity(unhex(v.seed), v.identitySalt, v.recoveryHash);
const now = 1_760_000_000;
const notice = { language: "sw", text: "Kliniki itasoma mizio yako." };
const request: RequestDocument = {
  version: 1, institution: v.grant.message.institution, purpose: "sector-health:ServiceProvision", legal_basis: "consent", jurisdiction: "KE",
  fields: ["contact.phone", "health.allergy", "identity.name"], actions: ["read", "write"], not_before: now - 100, expires: 20_400 * 86400, max_releases: 12, retention_days: 90,
  notices: [notice], answer_by: now + 86400, salt: `0x66${"00".repeat(31)}`,
};
const ledger = { chainId: BigInt(v.domains.ConsentLedger.chainId), contract: v.domains.ConsentLedger.verifyingContract as Hex };
const { receipt } = answer(me, ledger, "vault.example/log", requestId(request), request, { fields: ["health.allergy", "identity.name"], language: "sw" }, now, v.documents.find((d: any) => d.name === "binding").message.opening);
const words: Words = {
  language: "sw", base: "https://vault.example", institution: { id: request.institution, name: "Zahanati ya Mto", kind: "clinic", jurisdiction: "KE" }, purpose: "Matibabu",
  fields: { "health.allergy": { label: "Mizio", sensitive: true, resource: "AllergyIntolerance" }, "identity.name": { label: "Jina", sensitive: false } }, notice,
};
const withdrawn: Ended = { time: now + 3600, how: "withdrawn" };

test("receipts are the golden ones", () => {
  for (const [name, made] of Object.entries({ "receipt-27560": consentReceipt(receipt, words, withdrawn), "receipt-fhir": fhirConsent(receipt, words) })) {
    const path = `src/wallet/testdata/${name}.json`;
    const text = `${JSON.stringify(made, null, 1)}\n`;
    if (process.env["UPDATE"]) writeFileSync(path, text);
    assert.equal(text, readFileSync(path, "utf8"), `${name}: UPDATE=1 npm test writes it anew`);
  }
});

// What dpv-27560:record-2 says that a record MUST have (specification of the W3C DPVCG for ISO/IEC TS 27560).
function record27560(record: any): string[] {
  const bad: string[] = [];
  const want = (holds: unknown, what: string): void => void (holds || bad.push(what));
  const text = (x: unknown): boolean => typeof x === "string" && x.length > 0;
  const time = (x: unknown): boolean => text(x) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/.test(x as string);
  const list = (x: unknown): any[] => (Array.isArray(x) ? x : []);
  const typed = (x: any, ...types: string[]): boolean => types.some((t) => list(x?.["@type"]).includes(t));
  const entity = (key: unknown): boolean => text(key) && typeof record["dpv:hasEntity"]?.[key as string] === "object";
  const durations = ["dpv:TemporalDuration", "dpv:UntilTimeDuration", "dpv:FixedOccurencesDuration", "dpv:UntilEventDuration", "dpv:EndlessDuration"];
  const duration = (d: any): boolean => text(d?.["rdf:value"]) && durations.some((t) => d["@type"] === t || list(d["@type"]).includes(t));
  want(record["dct:conformsTo"] === "dpv-27560:record-2", "schema version");
  want(text(record["dpv:hasIdentifier"]), "record id");
  want(text(record["dpv:hasDataSubject"]?.["dpv:hasIdentifier"]), "pii principal id");
  want(time(record["dct:created"]), "creation date");
  want(entity(record["dct:creator"]), "creator");
  want(/^[a-z]{2}$/.test(record["dct:language"]), "language");
  want(list(record["dpv:hasNotice"]).length > 0 && list(record["dpv:hasNotice"]).every((n) => text(n["dpv:hasIdentifier"])), "privacy notice");
  want(list(record["dpv:hasConsentControl"]).some((c) => typed(c, "dpv:WithdrawConsent") && text(c["dpv:isExercisedAt"])), "withdrawal method");
  for (const e of Object.values<any>(record["dpv:hasEntity"] ?? {})) if (typed(e, "dpv:DataController")) want(text(e["dpv:hasName"]) && text(e["dpv:hasContact"]), "party name and contact");
  want(list(record["dpv:hasProcess"]).length > 0, "process");
  for (const p of list(record["dpv:hasProcess"])) {
    const conditions = list(p["dpv:hasStorageCondition"]);
    const states = list(p["dpv:hasConsentStatus"]);
    want(list(p["dpv:hasPurpose"]).length > 0 && list(p["dpv:hasPurpose"]).every((x) => text(x["skos:broader"]) && text(x["skos:prefLabel"])), "purpose");
    want(list(p["dpv:hasPersonalData"]).length > 0 && list(p["dpv:hasPersonalData"]).every((x) => typed(x, "dpv:PersonalData", "dpv:SensitivePersonalData", "dpv:SpecialCategoryPersonalData") && list(x["skos:broader"]).every((b) => /^pd:[A-Z]/.test(b)) && list(x["skos:broader"]).length), "pii information");
    want(list(p["dpv:hasProcessing"]).length > 0, "processing");
    want(list(p["dpv:hasDataController"]).length > 0 && list(p["dpv:hasDataController"]).every(entity), "pii controllers");
    want(Array.isArray(p["dpv:hasRecipient"]) && p["dpv:hasRecipient"].every(entity), "recipients");
    want(list(p["dpv:hasDataSource"]).length > 0 && list(p["dpv:hasDataSource"]).every((x) => typed(x, "dpv:DataSubjectDataSource", "dpv:DataControllerDataSource", "dpv:ThirdPartySource")), "data source");
    want(conditions.some((c) => typed(c, "dpv:StorageLocation") && /^loc:[A-Z]{2}$/.test(c["dpv:hasLocation"])), "storage locations");
    want(conditions.some((c) => typed(c, "dpv:StorageDuration") && duration(c["dpv:hasDuration"])), "retention period");
    want(list(p["dpv:hasLegalBasis"]).length > 0, "lawful basis");
    want(list(p["dpv:hasJurisdiction"]).length > 0, "jurisdiction");
    want(states.length > 0 && states.every((s) => list(s["@type"]).some((t) => /^dpv:Consent(Given|Withdrawn|Revoked|Expired|Refused)$/.test(t)) && time(s["dpv:isIndicatedAtTime"]) && text(s["dpv:isExercisedAt"]) && entity(s["dpv:isIndicatedBy"])), "consent status");
    want(states.some((s) => duration(s["dpv:hasDuration"])), "validity duration");
  }
  return bad;
}

test("the consent receipt has what ISO/IEC TS 27560 asks of a record", () => {
  for (const ended of [undefined, withdrawn, { time: now + 9, how: "revoked" }, { time: now + 9, how: "expired" }] as const) {
    const made: any = consentReceipt(receipt, words, ended);
    assert.deepEqual(record27560(made["dpv:hasRecordOfActivity"]), []);
    assert.equal(made["@type"], "dpv:ConsentReceipt");
    for (const [, prefix] of JSON.stringify(made).matchAll(/"([a-z][a-z0-9-]*):[A-Za-z0-9-]+"/g)) assert.ok(prefix! in made["@context"] || ["urn", "https"].includes(prefix!), `no context for ${prefix}`);
  }
  const whole = (): any => structuredClone((consentReceipt(receipt, words) as any)["dpv:hasRecordOfActivity"]);
  let refused = 0;
  for (const member of Object.keys(whole()).filter((k) => !["@id", "@type", "dpv:hasRight"].includes(k))) {
    const record = whole();
    delete record[member];
    assert.notDeepEqual(record27560(record), [], member);
    refused++;
  }
  for (const member of Object.keys(whole()["dpv:hasProcess"][0]).filter((k) => !["@type", "dpv:hasProcessingCondition"].includes(k))) {
    const record = whole();
    delete record["dpv:hasProcess"][0][member];
    assert.notDeepEqual(record27560(record), [], member);
    refused++;
  }
  assert.ok(refused > 15);
});

test("the receipt ends the permission, and names nobody", () => {
  const made: any = consentReceipt(receipt, words);
  const stop = made["dpv:hasRecordOfActivity"]["dpv:hasConsentControl"][0]["wrappy:withdrawal"];
  assert.ok(receiptHolds({ ...receipt, withdrawal: stop["wrappy:signature"], domain: { chainId: stop["wrappy:chainId"], contract: stop["wrappy:contract"] } }));
  for (const text of [JSON.stringify(made), JSON.stringify(fhirConsent(receipt, words))]) for (const secret of [me.id, me.root.address, me.session.address, v.seed]) assert.ok(!text.includes(secret.slice(2)));
  assert.ok(!JSON.stringify(fhirConsent(receipt, words)).includes(receipt.withdrawal.slice(2)), "what can be shown to anybody could end it");
  assert.equal(made["dpv:hasRecordOfActivity"]["dpv:hasNotice"][0]["dpv:hasIdentifier"], noticeDigest(notice));
});

// Consent of FHIR R4 (hl7.org/fhir/R4/consent.html): elements, those that are required, required and extensible bindings, invariants ppc-1 to ppc-5.
const scopes = ["adr", "research", "patient-privacy", "treatment"];
const actions = ["collect", "access", "use", "disclose", "correct"];
const meanings = ["instance", "related", "dependents", "authoredby"];
const elements = {
  Consent: ["resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension", "identifier", "status", "scope", "category", "patient", "dateTime", "performer", "organization", "sourceAttachment", "sourceReference", "policy", "policyRule", "verification", "provision"],
  provision: ["id", "extension", "type", "period", "actor", "action", "securityLabel", "purpose", "class", "code", "dataPeriod", "data", "provision"],
};
function consentR4(c: any): string[] {
  const bad: string[] = [];
  const want = (holds: unknown, what: string): void => void (holds || bad.push(what));
  const concept = (x: any): boolean => !!x && ((Array.isArray(x.coding) && x.coding.length > 0 && x.coding.every((k: any) => k.system && k.code)) || typeof x.text === "string");
  const code = (x: any, system: string): string | undefined => x?.coding?.find((k: any) => k.system === `http://terminology.hl7.org/CodeSystem/${system}`)?.code;
  const reference = (x: any): boolean => !!x && (typeof x.reference === "string" || (!!x.identifier?.system && !!x.identifier?.value) || typeof x.display === "string");
  const dateTime = (x: unknown): boolean => typeof x === "string" && /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?$/.test(x);
  want(c.resourceType === "Consent", "resourceType");
  for (const name of Object.keys(c)) want(elements.Consent.includes(name), `no element ${name}`);
  want(["draft", "proposed", "active", "rejected", "inactive", "entered-in-error"].includes(c.status), "status");
  want(concept(c.scope) && scopes.includes(code(c.scope, "consentscope") ?? scopes[0]!), "scope");
  want(Array.isArray(c.category) && c.category.length > 0 && c.category.every(concept), "category");
  want(c.policy || c.policyRule, "ppc-1: policy or policyRule");
  want(code(c.scope, "consentscope") !== "patient-privacy" || reference(c.patient), "ppc-2: patient");
  want(!c.policyRule || concept(c.policyRule), "policyRule");
  want(c.dateTime === undefined || dateTime(c.dateTime), "dateTime");
  want((c.performer ?? []).every(reference) && (c.organization ?? []).every(reference), "performer, organization");
  want(!(c.sourceAttachment && c.sourceReference), "source[x]");
  const provision = (p: any): void => {
    for (const name of Object.keys(p)) want(elements.provision.includes(name), `provision: no element ${name}`);
    want(p.type === undefined || ["deny", "permit"].includes(p.type), "provision.type");
    want(!p.period || ((!p.period.start || dateTime(p.period.start)) && (!p.period.end || dateTime(p.period.end)) && (!p.period.end || !p.period.start || p.period.start <= p.period.end)), "provision.period");
    for (const a of p.actor ?? []) want(concept(a.role) && reference(a.reference), "provision.actor");
    for (const a of p.action ?? []) want(concept(a) && actions.includes(code(a, "consentaction") ?? actions[0]!), "provision.action");
    for (const k of [...(p.purpose ?? []), ...(p.class ?? []), ...(p.securityLabel ?? [])]) want(k.system && k.code, "provision: coding");
    want((p.code ?? []).every(concept), "provision.code");
    for (const d of p.data ?? []) want(meanings.includes(d.meaning) && reference(d.reference), "provision.data");
    for (const inner of p.provision ?? []) provision(inner);
  };
  if (c.provision) provision(c.provision);
  return bad;
}

test("the FHIR Consent has the elements and codes of R4, as HL7's own examples do", () => {
  const folder = "src/wallet/testdata/fhir-r4";
  const examples = readdirSync(folder).filter((name) => name.endsWith(".json"));
  assert.ok(examples.length >= 10);
  for (const name of examples) assert.deepEqual(consentR4(JSON.parse(readFileSync(`${folder}/${name}`, "utf8"))), [], name);
  for (const ended of [undefined, withdrawn]) assert.deepEqual(consentR4(fhirConsent(receipt, words, ended)), []);
  const made: any = fhirConsent(receipt, words);
  assert.equal(made.status, "active");
  assert.equal((fhirConsent(receipt, words, withdrawn) as any).status, "inactive");
  assert.equal(new TextDecoder().decode(unbase64(made.sourceAttachment.data)), notice.text);
  const broken: Record<string, (c: any) => void> = {
    "no status": (c) => delete c.status, "a status of ours": (c) => (c.status = "given"), "no scope": (c) => delete c.scope, "a scope of ours": (c) => (c.scope.coding[0].code = "aid"), "no category": (c) => delete c.category,
    "an empty category": (c) => (c.category = []), "no policy": (c) => delete c.policyRule, "no patient": (c) => delete c.patient, "an element of R5": (c) => (c.grantor = []), "a provision of R5": (c) => (c.provision.documentType = []),
    "no role": (c) => delete c.provision.actor[0].role, "no reference": (c) => delete c.provision.actor[0].reference, "an action of ours": (c) => (c.provision.action[0].coding[0].code = "read"), "a period backwards": (c) => (c.provision.period.end = "2020-01-01T00:00:00Z"),
    "a coding without system": (c) => delete c.provision.purpose[0].system, "a date of ours": (c) => (c.dateTime = "yesterday"),
  };
  for (const [name, change] of Object.entries(broken)) {
    const c = structuredClone(made);
    change(c);
    assert.notDeepEqual(consentR4(c), [], name);
  }
});
