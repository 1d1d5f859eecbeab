// A permission in the words of standards, for the person to keep and to show: a consent receipt of ISO/IEC TS 27560 in
// the terms of the W3C Data Privacy Vocabulary (JSON-LD), and a FHIR R4 Consent. Neither names the person.
import { base64, utf8, type Hex } from "./bytes.ts";
import type { Receipt } from "./grant.ts";
import type { Institution, LegalBasis, Notice } from "./wire.ts";

/** What a receipt is told with, in the person's language. */
export interface Words {
  language: string; // BCP 47
  /** Base URL of the vault. */
  base: string;
  institution: Pick<Institution, "id" | "name" | "kind" | "jurisdiction">;
  /** The purpose in words. */
  purpose: string;
  /** By field name: its label, whether it is sensitive, and the FHIR resource that holds it, where there is one. */
  fields: Record<string, { label: string; sensitive: boolean; resource?: string }>;
  /** As it was shown. */
  notice: Notice;
}

/** When it ended, Unix seconds, and how; absent while it stands. */
export interface Ended {
  time: number;
  how: "withdrawn" | "revoked" | "expired";
}

const at = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
const language = (tag: string): string => tag.split("-")[0]!.toLowerCase();
const urn = (kind: string, id: Hex): string => `urn:wrappy:${kind}:${id}`;

// docs/decisions/0051-receipts-in-the-words-of-standards.md
const bases: Record<LegalBasis, [string, string]> = {
  consent: ["dpv:Consent", "eu-gdpr:A6-1-a"], contract: ["dpv:Contract", "eu-gdpr:A6-1-b"], legal_obligation: ["dpv:LegalObligation", "eu-gdpr:A6-1-c"],
  vital_interests: ["dpv:VitalInterest", "eu-gdpr:A6-1-d"], public_task: ["dpv:PublicInterest", "eu-gdpr:A6-1-e"], legitimate_interests: ["dpv:LegitimateInterest", "eu-gdpr:A6-1-f"],
};

const categories: Record<string, string> = {
  identity: "pd:Identifying", contact: "pd:Contact", health: "pd:MedicalHealth", education: "pd:Education", aid: "pd:Social", work: "pd:Professional", civil: "pd:LifeHistory",
};

const context = {
  dpv: "https://w3id.org/dpv#", pd: "https://w3id.org/dpv/pd#", loc: "https://w3id.org/dpv/loc#", "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#", "dpv-27560": "https://w3id.org/dpv/schema/dpv-27560#",
  "sector-health": "https://w3id.org/dpv/sector/health#", "sector-education": "https://w3id.org/dpv/sector/education#", dct: "http://purl.org/dc/terms/", rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  skos: "http://www.w3.org/2004/02/skos/core#", schema: "https://schema.org/", xsd: "http://www.w3.org/2001/XMLSchema#", wrappy: "urn:wrappy:",
};

/** The ISO/IEC TS 27560 receipt. It holds the signature that ends the permission: whoever has the file can end it. */
export function consentReceipt(r: Receipt, words: Words, ended?: Ended): Record<string, unknown> {
  const g = r.grant;
  const organisation = urn("institution", g.institution);
  const giver = g.representation === "representative" ? "wrappy:representative" : "wrappy:person";
  const where = `${words.base}/me/`;
  const notice = { "@type": ["dpv:ConsentNotice"], "dpv:hasIdentifier": g.notice_digest, "dct:language": language(g.notice_language) };
  const status = (type: string, time: number, by: string, more: object = {}): object => ({
    "@type": [type, "dpv:ExpressedConsent"], "dpv:isIndicatedAtTime": at(time), "dpv:isExercisedAt": where, "dpv:isIndicatedBy": by, ...more,
  });
  const end = ended && { withdrawn: "dpv:ConsentWithdrawn", revoked: "dpv:ConsentRevoked", expired: "dpv:ConsentExpired" }[ended.how];
  const record = {
    "@id": urn("grant", r.id), "@type": "dpv:ConsentRecord", "dct:conformsTo": "dpv-27560:record-2", "dpv:hasIdentifier": r.id, "dct:created": at(r.given), "dct:creator": giver, "dct:language": language(words.language),
    // the grant's own one-time key: of the person it says nothing
    "dpv:hasDataSubject": { "@type": ["dpv:DataSubject"], "dpv:hasIdentifier": g.grant_key },
    "dpv:hasProcess": [{
      "@type": "dpv:Process",
      "dpv:hasPurpose": [{ "@type": ["dpv:Purpose"], "skos:broader": g.purpose, "skos:prefLabel": words.purpose }],
      "dpv:hasPersonalData": g.fields.map((f) => {
        const category = f.split(".")[0]!;
        const known = words.fields[f];
        const type = category === "health" ? "dpv:SpecialCategoryPersonalData" : known?.sensitive ? "dpv:SensitivePersonalData" : "dpv:PersonalData";
        return { "@type": [type], "skos:broader": [categories[category]!], "skos:prefLabel": known?.label ?? f, "dct:identifier": f };
      }),
      "dpv:hasProcessing": [...(g.actions.includes("read") ? ["dpv:Collect", "dpv:Use", "dpv:Store"] : []), ...(g.actions.includes("write") ? ["dpv:Record"] : [])],
      "dpv:hasDataController": [organisation], "dpv:hasRecipient": [organisation],
      "dpv:hasDataSource": [{ "@type": ["dpv:DataSubjectDataSource", "dpv:NonPublicDataSource"] }],
      "dpv:hasStorageCondition": [
        { "@type": ["dpv:StorageLocation"], "dpv:hasLocation": `loc:${g.jurisdiction}` },
        { "@type": ["dpv:StorageDuration"], "dpv:hasDuration": { "@type": "dpv:TemporalDuration", "rdf:value": `P${g.retention_days}D` } },
      ],
      "dpv:hasProcessingCondition": [
        { "@type": ["dpv:ProcessingLocation"], "dpv:hasLocation": `loc:${g.jurisdiction}` },
        ...(g.max_releases ? [{ "@type": ["dpv:ProcessingDuration"], "dpv:hasDuration": { "@type": "dpv:FixedOccurencesDuration", "rdf:value": String(g.max_releases) } }] : []),
      ],
      "dpv:hasLegalBasis": bases[g.legal_basis], "dpv:hasJurisdiction": [`loc:${g.jurisdiction}`],
      "dpv:hasConsentStatus": [
        status("dpv:ConsentGiven", r.given, giver, { "dpv:hasDuration": { "@type": ["dpv:UntilTimeDuration"], "rdf:value": at(g.expires) }, "dpv:hasNotice": notice }),
        ...(ended && end ? [status(end, ended.time, ended.how === "revoked" ? "wrappy:vault" : giver)] : []),
      ],
    }],
    "dpv:hasConsentControl": [{
      "@type": ["dpv:WithdrawConsent"], "dpv:isExercisedAt": where,
      "wrappy:withdrawal": { "wrappy:address": `${words.base}/v1/person/withdrawals`, "wrappy:grant": r.id, "wrappy:signature": r.withdrawal, "wrappy:chainId": r.domain.chainId, "wrappy:contract": r.domain.contract },
    }],
    "dpv:hasRight": [{ "@type": ["dpv:DataSubjectRight", "eu-gdpr:A7-3"], "dpv:isExercisedAt": where }],
    "dpv:hasNotice": [{ ...notice, "dct:date": at(r.given), "dct:description": { "@value": words.notice.text, "@language": words.notice.language } }],
    "dpv:hasEntity": {
      [organisation]: { "@type": ["dpv:Organisation", "dpv:DataController", "dpv:Recipient"], "dpv:hasName": words.institution.name, "dpv:hasIdentifier": g.institution, "dpv:hasLocation": `loc:${words.institution.jurisdiction}`, "dpv:hasContact": `${words.base}/v1/institutions/${g.institution}` },
      [giver]: { "@type": [g.representation === "representative" ? "dpv:GuardianOfDataSubject" : "dpv:DataSubject"] },
      "wrappy:vault": { "@type": ["dpv:DataProcessor"], "dpv:hasName": r.vault, "dpv:hasIdentifier": r.vault, "dpv:hasContact": words.base },
    },
  };
  return {
    "@context": context, "@id": urn("receipt", r.id), "@type": "dpv:ConsentReceipt", "dct:conformsTo": "dpv-27560:receipt", "dct:identifier": r.id, "dct:created": at(r.given), "dct:language": language(words.language), "dct:publisher": "wrappy:vault",
    "schema:recipient": "dpv:DataSubject", "dpv:hasRecordOfActivity": record,
  };
}

const coding = (system: string, code: string, display?: string): object => ({ coding: [{ system, code, ...(display ? { display } : {}) }] });
const prefixes: Record<string, string> = context;

/** The FHIR R4 Consent. It holds no signature: it can be shown to anybody. */
export function fhirConsent(r: Receipt, words: Words, ended?: Ended): Record<string, unknown> {
  const g = r.grant;
  const patient = { type: "Patient", identifier: { system: "urn:wrappy:grant-key", value: g.grant_key } };
  const organisation = { type: "Organization", identifier: { system: "urn:wrappy:institution", value: g.institution }, display: words.institution.name };
  const [prefix, term] = g.purpose.split(":") as [string, string];
  const resources = [...new Set(g.fields.flatMap((f) => words.fields[f]?.resource ?? []))];
  const terminology = "http://terminology.hl7.org/CodeSystem";
  return {
    resourceType: "Consent", language: words.language, identifier: [{ system: "urn:ietf:rfc:3986", value: urn("grant", r.id) }], status: ended ? "inactive" : "active",
    scope: coding(`${terminology}/consentscope`, "patient-privacy"), category: [coding("http://loinc.org", "59284-0", "Consent Document")], patient, dateTime: at(r.given),
    performer: [g.representation === "representative" ? { type: "RelatedPerson", display: "representative" } : patient], organization: [organisation],
    sourceAttachment: { contentType: "text/plain; charset=utf-8", language: words.notice.language, data: base64(utf8(words.notice.text)) },
    policyRule: coding(`${terminology}/v3-ActCode`, "OPTIN"),
    provision: {
      type: "permit", period: { start: at(g.not_before), end: at(ended ? Math.min(ended.time, g.expires) : g.expires) },
      actor: [{ role: coding(`${terminology}/v3-ParticipationType`, "PRCP"), reference: organisation }],
      action: [...(g.actions.includes("read") ? [coding(`${terminology}/consentaction`, "access")] : []), ...(g.actions.includes("write") ? [coding(`${terminology}/consentaction`, "collect")] : [])],
      purpose: [{ system: prefixes[prefix] ?? `urn:wrappy:purpose:${prefix}`, code: term, display: words.purpose }],
      ...(resources.length ? { class: resources.map((code) => ({ system: "http://hl7.org/fhir/resource-types", code })) } : {}),
      code: g.fields.map((f) => ({ ...coding("urn:wrappy:field", f), text: words.fields[f]?.label ?? f })),
    },
  };
}
