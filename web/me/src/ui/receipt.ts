// A permission as a receipt in the words of the standards, with the signature that ends it.
import { button, h, picture } from "./dom";
import { me } from "../inside";
import { save } from "./code";
import { fieldIn, purposeIn } from "./fields";
import { words, type Screen } from "./frame";
import { current, t } from "../lang/words";
import { catalog, vault, type Giver } from "../me";
import { consentReceipt, fhirConsent, type Ended, type Words } from "../wallet/receipt";
import type { OwnGrant } from "../wallet/wire";

/** When and how it ended: as this phone was answered, or as the vault wrote it down. */
async function ended(of: Giver, g: OwnGrant): Promise<Ended | undefined> {
  const stopped = me().permissions(of).stopped[g.id];
  const how = g.status === "expired" ? g.status : stopped?.status === "revoked" || g.status === "revoked" ? "revoked" : stopped || g.status === "withdrawn" ? "withdrawn" : undefined;
  if (!how) return undefined;
  if (how === "expired") return { time: g.document.expires, how };
  if (stopped) return { time: stopped.time, how };
  const pages = await vault.history(of.identity, await me().check());
  const entry = pages.flatMap((p) => p.entries).find((e) => e.grant === g.id && e.kind === how);
  return { time: entry?.time ?? vault.now(), how };
}

export const receipt = (of: Giver, g: OwnGrant): Screen => async () => {
  const kept = me().permissions(of).receipts.find((r) => r.id === g.id)!;
  const [all, end] = await Promise.all([catalog(), ended(of, g)]);
  const said: Words = {
    language: current().code, base: location.origin, institution: g.institution ?? { id: g.document.institution, name: "", kind: "unknown", jurisdiction: g.document.jurisdiction },
    notice: me().state.notices[g.id] ?? { language: g.document.notice_language, text: "" },
    purpose: purposeIn(g.document.purpose),
    fields: Object.fromEntries(g.document.fields.map((name) => {
      const f = fieldIn(all, name);
      const resource = all.fields.find((one) => one.name === name)?.resource;
      return [name, { label: f.label, sensitive: f.sensitive, ...(resource ? { resource } : {}) }];
    })),
  };
  const file = (value: object, type: string, end: string) => () => save(new Blob([JSON.stringify(value, undefined, 1)], { type }), end);
  return { title: "given.receipt", body: [
    h("div", { class: "warning" }, picture("⚠️"), words("given.receipt.why")),
    button(t("given.receipt"), file(consentReceipt(kept, said, end), "application/ld+json", "jsonld"), { class: "wide main", picture: "🧾" }),
    button(`${t("given.receipt")} (FHIR)`, file(fhirConsent(kept, said, end), "application/fhir+json", "json"), { class: "wide", picture: "🏥" }),
  ] };
};
