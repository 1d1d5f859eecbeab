// What is kept of the person: read, corrected beside what others wrote, taken along, erased.
import { button, h, picture, type Child } from "./dom";
import { arrive, confirmed, gone, me, type Next } from "../inside";
import { lost } from "./children";
import { save } from "./code";
import { coded, fieldIn, photo, plain, type Field } from "./fields";
import { back, go, instead, onLeave, only, words, type Screen, type View } from "./frame";
import { stopEverything } from "./given";
import { home } from "./home";
import { move } from "./leaving";
import { PinError } from "./pin";
import { date, moment, t } from "../lang/words";
import { catalog, vault, type Giver, type Me } from "../me";
import { answered, forget, keep } from "../store/queue";
import { correct, erase, exportOrder } from "../wallet/acts";
import { exportFile, readExport, type Exported, type Value } from "../wallet/export";
import { checkErasure } from "../wallet/proof";
import type { Catalog, CatalogField, Erased } from "../wallet/wire";

/** Everything, by the vault, and whole. It is written down before anything is opened. */
export async function everything(who: Me, of: Giver = who): Promise<Exported> {
  const d = await who.check();
  const file = await vault.sendRaw(exportOrder(of.identity, d, [], vault.now()), of.identity, d);
  return readExport({ origin: d.origin, key: d.logKey }, of.identity.id, file);
}

export async function mine(): Promise<View> {
  const who = me();
  const [all, fields] = await Promise.all([everything(who), catalog()]);
  const names = new Map<string, string>();
  for (const v of all.values) if (!v.own && !names.has(v.writer)) names.set(v.writer, (await who.institution(v.writer))?.name ?? t("common.unknown"));
  const by = new Map<string, Value[]>();
  for (const v of all.values) by.set(v.field, [...(by.get(v.field) ?? []), v]);
  return { title: "mine.title", body: [
    by.size ? null : words("mine.none"),
    ...[...by].map(([name, values]) => field(fieldIn(fields, name), values, names)),
    button(t("mine.more"), () => go(adding(fields, by)), { class: "wide", picture: "✏️" }),
    button(t("mine.download"), () => go(download(all)), { class: "wide", picture: "📦" }),
    button(t("mine.move"), () => go(move), { class: "wide", picture: "🚚" }),
    button(t("mine.erase"), () => go(erasing), { class: "wide no", picture: "🗑️" }),
  ] };
}

function field(f: Field, values: Value[], names: Map<string, string>): HTMLElement {
  const own = values.find((v) => v.own);
  return h("article", { class: "card" },
    h("h2", { "data-say": f.name }, picture(f.picture), " ", f.label),
    ...values.flatMap((v): Child[] => {
      const image = photo(v.value);
      return [
        image ? h("img", { class: "photo", src: image, alt: f.label }) : h("p", { class: "value", dir: "auto", "data-say": "" }, f.codes.includes(String(v.value)) ? coded(f, String(v.value)) : plain(v.value)),
        h("p", { class: "quiet", "data-say": "" }, h("span", null, v.own ? t("mine.self") : t("mine.by", { name: names.get(v.writer)! }), " · ", h("bdi", null, date(v.writtenMilli / 1000)))),
      ];
    }),
    f.type === "fhir" ? words("mine.add.else", {}, "p", { class: "quiet" }) : null,
    h("div", { class: "actions" },
      f.type !== "fhir" && !values.some((v) => photo(v.value)) && button(t("mine.add"), () => go(add(f)), { picture: "✏️" }),
      own && button(t("mine.remove"), () => go(confirmed((who) => say(who, f.name, undefined))), { picture: "↩️" })));
}

/** Fields of which nothing is kept, and of which a person can say something in words. */
const adding = (fields: Catalog, kept: Map<string, Value[]>): Screen => () => ({ title: "mine.more", body: [
  words("mine.add.why"),
  h("div", { class: "tiles" }, ...fields.fields.filter((f) => sayable(f) && !kept.has(f.name)).map((one) => fieldIn(fields, one.name)).map((f) =>
    button(h("span", { "data-say": f.name }, f.label), () => go(add(f)), { class: "tile", picture: f.picture }))),
] });

/** Neither what is computed, nor pictures, nor forms that words alone do not fill. */
const sayable = (f: CatalogField): boolean => !f.derived && f.type !== "fhir" && !["identity.photo", "identity.deceased", "identity.extension", "identity.other"].includes(f.name);

/** The person's words in the form that the field has. */
function formed(f: Field, text: string): unknown {
  switch (f.type) {
    case "list": return [{ text }];
    case "object": return { text };
    case "boolean": return text === "yes";
    case "number": return Number(text);
    default: return text;
  }
}

const add = (f: Field): Screen => () => {
  const given = f.codes.length ? h("select", { "aria-label": f.label }, ...f.codes.map((c) => h("option", { value: c }, coded(f, c)))) : f.type === "boolean"
    ? h("select", { "aria-label": f.label }, h("option", { value: "yes" }, t("common.yes")), h("option", { value: "no" }, t("common.no")))
    : h("input", { type: f.type === "date" ? "date" : f.type === "number" ? "number" : "text", "aria-label": f.label, dir: "auto", autocomplete: "off", class: "wide", maxlength: 500 });
  const note = h("div");
  return { title: "mine.add", body: [
    h("h2", null, picture(f.picture), " ", f.label), words("mine.add.why"), given, note,
    button(t("mine.save"), () => (given.value.trim() ? go(confirmed((who) => say(who, f.name, formed(f, given.value.trim())))) : given.focus()), { class: "wide main", picture: "💾" }),
  ] };
};

const patience = 4_000; // milliseconds; a line that is dead may say that it is there

async function say(who: Me, name: string, value: unknown): Promise<Next> {
  const key = await keep(who.id, correct(who.identity, await who.deployment(), name, value, vault.now()));
  const enough = new AbortController();
  setTimeout(() => enough.abort(), navigator.onLine ? patience : 0);
  const w = await answered(key, enough.signal);
  if (w?.state === "waiting") return () => only(home); // which says that it waits
  if (w && w.state !== "done") throw new PinError("waiting.failed");
  if (w) await forget(key);
  return async () => {
    await only(home);
    await go(mine);
  };
}

const download = (all: Exported): Screen => () => ({ title: "mine.download", body: [
  h("div", { class: "warning" }, picture("⚠️"), words("mine.download.warn")),
  button(t("mine.download"), () => save(new Blob([exportFile(all.vaultPart, me().state.receipts)], { type: "application/x-ndjson" }), "jsonl"), { class: "wide main", picture: "📦" }),
] });

const erasing = (): View => ({ title: "mine.erase", body: [
  h("div", { class: "hero" }, picture("🗑️", "huge")), words("mine.erase.ask", {}, "p", { class: "warning plain" }),
  ...lost(me()), me().givers(vault.now()).length > 1 && words("children.stopped", {}, "p", { class: "warning plain" }),
  button(t("mine.erase"), () => go(() => ({ title: "mine.erase", body: [
    words("mine.erase.again", {}, "p", { class: "warning plain" }),
    button(t("common.yes"), () => go(confirmed(end)), { class: "wide no", picture: "🗑️" }), button(t("common.cancel"), () => only(home), { class: "wide" }),
  ] })), { class: "wide no", picture: "🗑️" }),
  button(t("common.cancel"), back, { class: "wide" }),
] });

async function end(who: Me): Promise<Next> {
  const d = await who.deployment();
  if (who.state.unasked) await who.find();
  if (who.state.unasked) throw new PinError("waiting.failed");
  const [, ...children] = who.givers(vault.now()); // whose keys go with this person's
  const stops = await Promise.all(children.map((c) => stopEverything(who, c)));
  const key = await keep(who.id, erase(who.identity, d), stops.flat());
  return async () => {
    await instead(going("mine.erasing"));
    const left = new AbortController();
    onLeave(() => left.abort());
    const w = await answered(key, left.signal);
    if (left.signal.aborted) return; // it goes on all the same
    if (w && w.state !== "done") return instead(going("waiting.failed"));
    await who.collect();
    if (!left.signal.aborted) await arrive();
  };
}

const going = (key: string): Screen => () => ({ title: "mine.erase", body: [
  h("div", { class: "hero" }, picture("🗑️", "huge")), words(key, {}, "p", { role: "status" }),
  button(t("common.ok"), () => only(home), { class: "wide", picture: "✅" }),
] });

export const erasure = (who: Me): Screen => async () => {
  const d = await who.deployment();
  const erased = who.state.erased as Erased;
  checkErasure({ origin: d.origin, key: d.logKey }, who.identity.id, erased);
  const line: Record<string, [string, string]> = { backups: ["🗄️", "mine.remains.backups"], chain: ["⛓️", "mine.remains.chain"], institution_copies: ["🏥", "mine.remains.institution_copies"] };
  const others = erased.remains.some((r) => !(r in line));
  return { title: "mine.erased", first: true, body: [
    h("div", { class: "hero" }, picture("✔️", "huge")), words("mine.remains", {}, "h2"),
    h("ul", { class: "fields" },
      ...erased.remains.filter((r) => r in line).map((r) => h("li", null, picture(line[r]![0]), h("p", { "data-say": "" }, t(line[r]![1], { date: date(erased.backups_until) })))),
      others && h("li", null, picture("📌"), h("p", { "data-say": "" }, t("mine.remains.other")))),
    h("p", { class: "quiet" }, moment(erased.time)),
    button(t("given.receipt"), () => save(new Blob([JSON.stringify(erased)], { type: "application/json" }), "json"), { class: "wide", picture: "🧾" }),
    button(t("common.ok"), () => gone(who), { class: "wide main", picture: "✅" }),
  ] };
};
