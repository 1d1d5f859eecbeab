// Who asked to see what, held against the log on this phone.
import { h, picture } from "./dom";
import { me } from "../inside";
import { whose } from "./children";
import { list, purposeIn } from "./fields";
import { onLeave, refresh, words, type View } from "./frame";
import { who as whoIs } from "./organisation";
import { has, moment, t } from "../lang/words";
import { catalog, Me, vault, type Giver } from "../me";
import { checkHistory, nothingKept, type Entry, type Kept } from "../wallet/history";
import type { Hex } from "../wallet/bytes";
import type { Catalog, Institution } from "../wallet/wire";

/** docs/protocol/reasons.md, in a person's words: what is the same to them has one text. */
const reasons: Record<string, string> = {
  withdrawn: "reason.withdrawn", revoked: "reason.revoked", expired: "reason.expired", unconfirmed: "reason.early", not_yet: "reason.early", limit_reached: "reason.often", not_in_grant: "reason.notyours", action: "reason.notyours",
  no_value: "reason.nothing", suspended: "reason.suspended", helper_limit: "reason.suspended", helper: "reason.unattested", not_attested: "reason.unattested", accreditor: "reason.unattested", deletion_overdue: "reason.deletion", disputed: "reason.disputed",
  unknown_purpose: "reason.rules", purpose_kind: "reason.rules", field_kind: "reason.rules", field_purpose: "reason.rules", legal_basis: "reason.rules", retention: "reason.rules", country: "reason.rules", policy: "reason.rules",
};
const pictures: Record<string, string> = { authorised: "👀", redelivery: "👀", delivered: "📨", aborted: "📭", denied: "🚫", written: "✏️", granted: "👍", refused: "✋", withdrawn: "✋", exported: "📁" };

/** The log takes an entry up within seconds; milliseconds. */
const lookAgain = 4000;

export const past = (): Promise<View> => pastOf(me())();

const pastOf = (g: Giver): (() => Promise<View>) => async () => {
  const who = me();
  const d = await who.check();
  const [pages, fields, grants] = await Promise.all([vault.history(g.identity, d), catalog(), vault.grants(g.identity, d)]);
  const kept = (who.permissions(g).history as Kept | undefined) ?? nothingKept;
  const checked = await checkHistory(g.identity.id, { origin: d.origin, key: d.logKey }, kept, pages, (path) => vault.logFile(path), vault.now());
  await who.change((s) => {
    Me.permissions(s, g).history = checked.kept;
  });
  const purposes = new Map<Hex, string>([...grants.map((one): [Hex, string] => [one.id, one.document.purpose]), ...who.permissions(g).receipts.map((r): [Hex, string] => [r.id, r.grant.purpose])]);
  const names = new Map<string, Institution | undefined>();
  for (const e of checked.entries) if (e.institution && !names.has(e.institution)) names.set(e.institution, await who.institution(e.institution));
  const bad = checked.faults.length > 0;
  const settled = !bad && checked.reached && checked.entries.every((e) => e.mark === "proven");
  if (!settled && !bad) {
    const again = setTimeout(() => void refresh(), lookAgain);
    onLeave(() => clearTimeout(again));
  }
  return { title: "history.title", body: [
    whose(who.givers(vault.now()), g, pastOf),
    bad ? h("div", { class: "warning", role: "alert" }, picture("⛔"), words("history.bad"))
      : h("div", { class: settled ? "good" : "quiet", role: "status" }, picture(settled ? "✔️" : "⏳"), words(settled ? "history.proven" : "history.unsettled")),
    checked.entries.length ? null : words("history.none"),
    ...[...checked.entries].reverse().map((e) => entry(e, fields, e.institution ? names.get(e.institution) : undefined, e.grant && purposes.get(e.grant))),
  ] };
};

function entry(e: Entry, fields: Catalog, i: Institution | undefined, purpose: string | undefined): HTMLElement {
  const kind = has(`history.${e.kind}`) ? `history.${e.kind}` : "history.other";
  const named = e.kind === "exported" ? [] : [...new Set([...e.fields.map((f) => f.field), ...(e.kind === "denied" ? e.withheld.map((f) => f.field) : [])])];
  const why = new Set([...e.reasons, ...(e.kind === "denied" ? e.withheld.map((f) => f.reason) : [])].map((r) => reasons[r] ?? "reason.other"));
  return h("article", { class: e.mark === "bad" ? "card false" : "card" },
    e.institution ? whoIs(i) : null,
    h("p", { "data-say": kind }, picture(pictures[e.kind] ?? "📌"), t(kind)),
    ...[...why].map((key) => words(key)),
    purpose ? h("p", { class: "quiet" }, picture("🎯"), h("span", { "data-say": "" }, purposeIn(purpose))) : null,
    named.length ? list(fields, named) : null,
    e.timeMilli > 0 && h("p", { class: "quiet", "data-say": "" }, moment(Math.floor(e.timeMilli / 1000))), // none where it could not be read
    e.mark === "bad" ? words("history.bad.entry", {}, "p", { class: "warning plain" }) : null);
}
