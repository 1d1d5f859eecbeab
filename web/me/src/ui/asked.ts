// Somebody asks. Nothing is switched on before the person does it, and no is as large as yes.
import { button, h, picture, type Child } from "./dom";
import { confirmed, me, onward, type Next } from "../inside";
import { choice, forWhom, looking } from "./children";
import { fieldIn, list, purposeIn } from "./fields";
import { go, onLeave, only, refresh, words, type Screen, type View } from "./frame";
import { home } from "./home";
import { PinError } from "./pin";
import { who as whoIs } from "./organisation";
import { current, date, t } from "../lang/words";
import { consentable } from "../lang/reviews";
import { catalog, Me, vault, type Giver, type State } from "../me";
import { answered, remember } from "../opened";
import { onChange, sealed } from "../store/queue";
import { give, refuse } from "../wallet/acts";
import { answer, answerFor } from "../wallet/grant";
import type { Hex } from "../wallet/bytes";
import type { Asked, Catalog, Notice } from "../wallet/wire";
import { language } from "./more";

export const asked = (id: string): Screen => async () => {
  const who = me();
  await who.collect();
  const [ask, fields] = await Promise.all([vault.asked(id as Hex), catalog()]);
  const before = who.state.answered[id];
  if (before || ask.status !== "requested") return over(before ? "asked.answered" : ask.status === "expired" ? "asked.late" : "asked.answered");
  const d = ask.document;
  if (vault.now() > d.answer_by) return over("asked.late");
  remember(id, who.id);
  const may = await consentable();
  const of = (g: Giver): View => question(ask, fields, may, (on, notice) => go(confirmed(() => say(who, g, ask, on, notice), () => forWhom(g))), async () => onward(who, await say(who, g, ask)), g);
  const [all, strangers] = [who.givers(vault.now()), who.strangers(vault.now())];
  if (all.length + strangers.length === 1 && !who.state.unasked) return of(who);
  if (strangers.length) onLeave(onChange(() => void refresh()));
  return { title: "asked.whom", body: [whoIs(ask.institution, { full: true }), ...choice(all, strangers, (g) => go(() => of(g))), ...looking(who)] };
};

/** What is asked, with a switch for each field: may says whether a yes can be said in this language, of for whom it is. */
export function question(ask: Asked, fields: Catalog, may: boolean, agree: (fields: string[], notice: Notice) => unknown, decline: () => unknown, of?: Giver): View {
  const d = ask.document;
  const on = new Set<string>();
  const rows = d.fields.map((name) => {
    const f = fieldIn(fields, name);
    const toggle = h("input", { type: "checkbox", role: "switch", change: () => {
      if (toggle.checked) on.add(name);
      else on.delete(name);
      counted();
    } });
    return h("label", { class: "row" }, picture(f.picture), h("span", null, h("span", { "data-say": name }, f.label), f.sensitive && h("span", { class: "mark", "data-say": "asked.sensitive" }, picture("🔒"), t("asked.sensitive"))), toggle, h("span", { class: "switch", "aria-hidden": "true" }));
  });
  const notice = d.notices.find((n) => n.language === current().code) ?? d.notices.find((n) => n.language.startsWith(`${current().code}-`));
  const block = !may ? "asked.unreviewed" : !notice ? "asked.nonotice" : undefined;
  const shown = notice ?? d.notices[0]!;
  const number = h("span", null, "");
  const yes = button(h("span", null, t("common.yes"), number), () => agree([...on], shown), { class: "yes", picture: "👍" });
  const note = h("p", { class: "quiet", role: "status" });
  const counted = (): void => {
    number.textContent = on.size ? ` ${on.size.toLocaleString(current().code)}` : "";
    yes.toggleAttribute("disabled", !on.size || !!block);
    note.textContent = on.size || block ? "" : t("asked.nothing");
  };
  counted();
  const fact = (of: string, key: string, text: string): HTMLElement => h("div", { class: "fact" }, picture(of), h("dt", { "data-say": key }, t(key)), h("dd", { "data-say": "" }, text));
  return { title: "asked.title", body: [
    ...(of ? forWhom(of) : []),
    whoIs(ask.institution, { full: true }),
    ...warning(ask, fields),
    words(d.actions.includes("write") ? "asked.writes" : "asked.wants"),
    h("fieldset", null, h("legend", { "data-say": "asked.choose" }, t("asked.choose")), ...rows,
      d.fields.length > 3 && button(t("asked.all"), () => {
        for (const r of rows) {
          const toggle = r.querySelector("input")!;
          toggle.checked = true;
          toggle.dispatchEvent(new Event("change"));
        }
      }, { class: "wide" })),
    h("dl", { class: "facts" },
      fact("🎯", "asked.why", purposeIn(d.purpose)),
      fact("📅", "asked.until", date(Math.min(d.expires, of?.until ?? d.expires))),
      fact("🔁", "asked.often", d.max_releases ? t("asked.often.limit", { count: d.max_releases }) : t("asked.often.any")),
      fact("🗄️", "asked.keep", t("asked.keep.days", { count: d.retention_days }))),
    words(`asked.basis.${d.legal_basis}`),
    said(shown),
    block && h("div", { class: "warning" }, words(block), button(t("more.language"), () => go(language), { picture: "🗣️" })),
    note,
    h("div", { class: "answer" }, button(t("common.no"), decline, { class: "no", picture: "✋" }), yes),
  ] };
}

/** The longest text, in characters, that is shown at once: a notice may have thousands, and must not push the answer out of sight. */
const atOnce = 240;

/** The notice, all of it: of a long one the beginning, and the rest by a tap. */
function said(n: Notice): HTMLElement {
  const text = h("p", { lang: n.language, dir: "auto", "data-say": "" }, n.text);
  const long = n.text.length > atOnce || n.text.split("\n").length > 6;
  text.classList.toggle("folded", long);
  const all: HTMLElement | false = long && button(t("asked.notice.all"), (): unknown => all && all.setAttribute("aria-expanded", String(!text.classList.toggle("folded"))), { class: "wide", picture: "📄", "aria-expanded": "false" });
  return h("div", { class: "notice" }, words("asked.notice", {}, "h2"), text, all);
}

function warning(ask: Asked, fields: Catalog): Child[] {
  const i = ask.institution;
  if (i.suspended) return [h("div", { class: "warning" }, picture("⛔"), words("asked.suspended"))];
  if (!i.attested) return [h("div", { class: "warning" }, picture("⚠️"), words("asked.unattested"))];
  const names = ask.accreditors?.map((a) => a.name).filter(Boolean) ?? [];
  const { now } = ask;
  const beyond = now?.withheld.map((w) => w.field) ?? [];
  return [
    !now || now.reasons.length || beyond.length ? h("div", { class: "warning" }, picture("⚠️"), words(now ? "asked.beyond" : "asked.unchecked"),
      beyond.length ? list(fields, beyond) : null) : null,
    h("div", { class: "good" }, picture("✔️"), names.length ? words("asked.attested", { name: names.join(", ") }) : words("asked.attested.plain")),
  ];
}

const over = (key: string): View => ({ title: "asked.title", body: [words(key), button(t("common.ok"), () => { answered(); return only(home); }, { class: "wide main" })] });

/** Another tab may have answered meanwhile. */
function once(s: State, id: string): void {
  if (s.answered[id]) throw new PinError("asked.answered");
}

/** Keeps the answer, then sends it. A no needs no digits: it gives nothing away. */
async function say(who: Me, of: Giver, ask: Asked, fields?: string[], notice?: Notice): Promise<Next> {
  const deployment = await who.deployment();
  const now = vault.now();
  if (fields && notice) {
    const choice = { fields, language: notice.language };
    const { signed, receipt } = of.until === undefined ? answer(who.identity, deployment.ledger, deployment.origin, ask.id, ask.document, choice, now)
      : answerFor(who.identity, of.identity.id, of.until, deployment.ledger, deployment.origin, ask.id, ask.document, choice, now);
    await who.change((s) => {
      once(s, ask.id);
      s.answered[ask.id] = "yes";
      Me.permissions(s, of).receipts.push(receipt);
      s.notices[receipt.id] = notice;
      s.institutions[ask.institution.id] = ask.institution;
    }, await sealed(of.id, give(signed, receipt)));
  } else {
    await who.change((s) => {
      once(s, ask.id);
      s.answered[ask.id] = "no";
    }, await sealed(of.id, refuse(of.identity, deployment, ask.id, now)));
  }
  return async () => {
    answered();
    await only(home);
    await go(done(of, !!fields));
  };
}

const done = (of: Giver, yes: boolean): Screen => () => ({ title: yes ? "asked.done.yes" : "asked.done.no", body: [
  ...forWhom(of),
  h("div", { class: "hero" }, picture(yes ? "👍" : "✋", "huge")),
  yes && words("asked.done.can"),
  button(t("common.ok"), () => only(home), { class: "wide main", picture: "✅" }),
] });
