// Who may see what, until when; stopped by one tap and the six digits.
import { button, h, picture } from "./dom";
import { confirmed, me, type Next } from "../inside";
import { forWhom, whose } from "./children";
import { list } from "./fields";
import { back, go, instead, only, onLeave, refresh, tell, words, type Screen, type View } from "./frame";
import { home } from "./home";
import { who as whoIs } from "./organisation";
import { receipt } from "./receipt";
import { date, t } from "../lang/words";
import { catalog, Me, vault, type Giver } from "../me";
import { answered, gives, onChange, sealed } from "../store/queue";
import { withdraw, withdrawAll, withdrawAsIdentity } from "../wallet/acts";
import type { Hex } from "../wallet/bytes";
import type { Catalog, OwnGrant } from "../wallet/wire";

interface Row { grant: OwnGrant; stopped: boolean; waits: boolean; chain: boolean }

/** What stands, by the vault, or by what it said last and what was given since where it cannot be reached. */
async function rows(who: Me, of: Giver): Promise<{ list: Row[]; fresh: boolean }> {
  let list: OwnGrant[];
  let fresh = true;
  try {
    list = await vault.grants(of.identity, await who.check());
    if (JSON.stringify(list) !== JSON.stringify(who.permissions(of).seen)) await who.change((s) => void (Me.permissions(s, of).seen = list));
  } catch (e) {
    if ((e as Error).name !== "Unreachable") throw e;
    fresh = false;
    const { receipts, seen = [] } = who.permissions(of);
    list = [...seen.map((g): OwnGrant => (g.document.expires > vault.now() ? g : { ...g, status: "expired" })), ...receipts.filter((r) => !seen.some((g) => g.id === r.id)).map((r) => ({ id: r.id, status: "requested", document: r.grant, used: 0, given_at: r.given, ...(who.state.institutions[r.grant.institution] ? { institution: who.state.institutions[r.grant.institution] } : {}) }) as OwnGrant)];
  }
  const ended = (g: OwnGrant): boolean => g.status === "withdrawn" || g.status === "revoked";
  const { stopped } = who.permissions(of); // as it is now: a stop may have been made meanwhile
  const own = list.map((grant) => ({
    grant, stopped: grant.id in stopped || ended(grant), waits: grant.id in stopped && !stopped[grant.id] && !ended(grant),
    chain: ended(grant),
  }));
  const order = (r: Row): number => (standing(r) ? 0 : 1);
  return { list: own.sort((a, b) => order(a) - order(b) || b.grant.given_at - a.grant.given_at), fresh };
}

const standing = (r: Row): boolean => !r.stopped && (r.grant.status === "given" || r.grant.status === "requested");

export const given = (): Promise<View> => givenBy(me())();

const givenBy = (g: Giver): (() => Promise<View>) => async () => {
  const who = me();
  const [{ list, fresh }, fields] = await Promise.all([rows(who, g), catalog()]);
  const open = list.filter(standing);
  onLeave(onChange(() => void refresh()));
  return { title: "given.title", body: [
    whose(who.givers(vault.now()), g, givenBy),
    fresh ? null : words("net.off", {}, "p", { class: "quiet" }),
    list.length || !fresh ? null : words("given.none"), // without a network it is not known
    ...open.map((r) => card(g, r, fields)),
    open.length > 1 && button(t("given.all"), () => go(sure(g, open)), { class: "wide no", picture: "✋" }),
    ...list.filter((r) => !standing(r)).map((r) => card(g, r, fields)),
  ] };
};

function card(of: Giver, r: Row, fields: Catalog): HTMLElement {
  const g = r.grant;
  const label = r.waits ? "given.sending" : r.stopped ? "given.stopped" : g.status === "given" ? "given.on" : g.status === "requested" ? "given.wait" : "given.ended";
  return h("article", { class: standing(r) ? "card" : "card past" },
    ...forWhom(of),
    whoIs(g.institution),
    list(fields, g.document.fields),
    words("given.until", { date: date(g.document.expires) }, "p"),
    h("p", { class: r.stopped ? "good plain" : "quiet", "data-say": label }, picture(r.waits ? "⏳" : r.stopped ? "✋" : g.status === "given" ? "👀" : "⏳"), t(label)),
    r.stopped && !r.waits ? words(r.chain ? "given.chain" : "given.chain.wait", {}, "p", { class: "quiet" }) : null,
    g.deletion ? words(g.deletion.attested ? "given.deleted" : "given.due", { date: date(g.deletion.due ?? 0) }, "p", { class: "quiet" }) : null,
    h("div", { class: "actions" },
      standing(r) && button(t("given.stop"), () => go(confirmed((who) => stop(who, of, g), () => forWhom(of))), { class: "no", picture: "✋" }),
      g.institution && button(t("given.picture"), () => go(pictureFor(g)), { picture: me().state.pictures[g.institution.id] ?? "🖼️" }),
      me().permissions(of).receipts.some((one) => one.id === g.id) && button(t("given.receipt"), () => go(receipt(of, g)), { picture: "🧾" })));
}

const stopped = (key: string): Screen => () => ({ title: "given.stop", body: [h("div", { class: "hero" }, picture("✋", "huge")), h("p", { role: "status", "data-say": key }, t(key)), button(t("common.ok"), () => only(home), { class: "wide main", picture: "✅" })] });

/** Shows that the stop is on its way, then that it holds. */
async function onTheWay(who: Me, keys: string[]): Promise<void> {
  await instead(stopped("given.sending"));
  const leave = new AbortController();
  onLeave(() => leave.abort());
  const stops = await Promise.all(keys.map((key) => answered(key, leave.signal)));
  if (leave.signal.aborted) return;
  if (stops.some((w) => w?.state === "failed")) return instead(stopped("waiting.failed"));

  await who.collect();
  if (leave.signal.aborted) return;
  tell(t("given.stopped"));
  await instead(stopped("given.stopped"));
}

async function stop(who: Me, of: Giver, g: OwnGrant): Promise<Next> {
  const receipt = who.permissions(of).receipts.find((r) => r.id === g.id);
  const act = receipt ? withdraw(receipt) : withdrawAsIdentity(of.identity, (await who.deployment()).ledger, g.id);
  const stop = await sealed(of.id, act);
  await who.change((s) => {
    Me.permissions(s, of).stopped[g.id] ??= null;
  }, stop);
  return () => onTheWay(who, [stop.key]);
}

/** Stops all that somebody has given; by the keys the answers can be waited for. A yes that has no answer yet is stopped by itself when it has one. shown: what is known to stand, also where its receipt is not here. */
export async function stopEverything(who: Me, of: Giver, shown: Hex[] = []): Promise<string[]> {
  const { receipts: all, stopped } = who.permissions(of);
  const receipts = all.filter((r) => !stopped[r.id]);
  const others = shown.filter((id) => !stopped[id] && !all.some((r) => r.id === id));
  const stops = [await sealed(of.id, withdrawAll(of.identity, await who.deployment(), receipts, vault.now(), others))];
  for (const r of receipts) if (await gives(of.id, r.id)) stops.push(await sealed(of.id, withdraw(r)));
  await who.change((s) => {
    for (const id of [...receipts.map((r) => r.id), ...others]) Me.permissions(s, of).stopped[id] ??= null;
  }, ...stops);
  return stops.map((w) => w.key);
}

const sure = (of: Giver, open: Row[]): Screen => () => ({ title: "given.all", body: [
  ...forWhom(of), h("div", { class: "hero" }, picture("✋", "huge")), words("given.all.ask"),
  button(t("given.all"), () => go(confirmed(async (who) => {
    const keys = await stopEverything(who, of, open.map((r) => r.grant.id));
    return () => onTheWay(who, keys);
  }, () => forWhom(of))), { class: "wide no", picture: "✋" }),
  button(t("common.cancel"), back, { class: "wide" }),
] });

const choices = ["🌱", "🌊", "🔥", "⛰️", "🐦", "🐑", "🦓", "🍞", "🥭", "🧺", "🔔", "🕰️", "🎏", "🍂", "🧵", "⚽"];

const pictureFor = (g: OwnGrant): Screen => () => {
  const choose = async (of?: string): Promise<void> => {
    await me().change((s) => {
      if (of) s.pictures[g.institution!.id] = of;
      else delete s.pictures[g.institution!.id];
    });
    back();
  };
  return { title: "given.picture", body: [
    words("given.picture.why"),
    h("div", { class: "tiles small" }, ...choices.map((c) => button(h("span", { class: "unseen" }, c), () => choose(c), { class: "tile", picture: c }))),
    button(t("given.picture.name"), () => choose(), { class: "wide" }),
  ] };
};
