// Children for whom somebody gives: who they are, by pictures alone, until when, and whose turn it is.
import { button, h, picture } from "./dom";
import { confirmed, known, me, type Next } from "../inside";
import { go, instead, onLeave, only, refresh, words, type Screen, type View } from "./frame";
import { forgetting, handing } from "./handing";
import { home } from "./home";
import { date, t, year } from "../lang/words";
import { vault, type Giver, type Me } from "../me";
import { onChange } from "../store/queue";
import { grown, handsOver, lastDay, makeChild, pictureOf, pictures, taken, type Child } from "../wallet/child";

/** The age where nobody has told another yet. The vault takes no day that is later than its own. */
export const usualAge = 18;

export async function children(): Promise<View> {
  const who = me();
  await who.collect();
  onLeave(onChange(() => void refresh()));
  const list = who.state.children;
  return { title: "children.title", body: [
    list.length ? null : words("children.what"),
    ...looking(who),
    ...list.map(card),
    taken(who.state).length < pictures.length && button(t("children.add"), () => go(choosing), { class: "wide main", picture: "➕" }),
    list.length ? words("children.back", {}, "p", { class: "quiet" }) : null,
  ] };
}

function card(c: Child): HTMLElement {
  const over = grown(c, vault.now());
  const state = c.other ? words("children.other") : c.handed ? words("hand.made") : over ? words("children.grown") : c.represented ? words("children.until", { date: date(c.until!) }) : words("children.pending");
  return h("article", { class: over || c.handed ? "card past" : c.represented || c.other ? "card" : "card stranger" },
    h("div", { class: "who" }, picture(pictureOf(c), "big"), h("span", { class: "unseen", "data-say": "" }, `${t("children.child")} ${pictureOf(c)}`),
      h("div", null, state, c.already ? words("children.already", {}, "p", { class: "warning plain" }) : null)),
    handsOver(c, vault.now()) ? h("div", { class: "actions" },
      c.handed && button(t("hand.forget"), () => go(forgetting(c)), { picture: "✅" }),
      button(t("hand.title"), () => go(handing(c)), { picture: "🤝" })) : null);
}

/** For as long as this phone does not know yet which children somebody who has come back has. */
export const looking = (who: Me): HTMLElement[] => (who.state.unasked ? [h("div", { class: "who quiet looking", role: "status" }, picture("🔎"), words("children.looking"))] : []);

/** What somebody with children must know before they erase themself. */
export const lost = (who: Me): (HTMLElement | null)[] => [who.state.children.length ? h("div", { class: "warning" }, picture("⚠️"), words("children.lost")) : null];

const choosing = (): View => {
  const used = taken(me().state);
  return { title: "children.picture", body: [
    words("children.picture.why"),
    h("div", { class: "tiles small" }, ...pictures.map((p, index) => !used.includes(index) && button(h("span", { class: "unseen" }, p), () => go(born(index)), { class: "tile", picture: p }))),
  ] };
};

/** Of all who are not of age by the end of this year. */
const born = (of: number): Screen => () => {
  const age = me().state.majority ?? usualAge;
  const now = new Date(vault.now() * 1000).getUTCFullYear();
  return { title: "children.born", body: [
    h("div", { class: "hero" }, picture(pictures[of]!, "huge")),
    h("div", { class: "tiles years" }, ...Array.from({ length: age }, (_, i) => now - i).map((y) => button(year(y), () => go(sure(of, y)), { class: "tile" }))),
  ] };
};

const sure = (of: number, y: number): Screen => confirmed((who) => add(who, of, y), () => {
  const age = me().state.majority;
  return [...forChild({ picture: pictures[of]! }), ...(age ? [words("children.until", { date: date(lastDay(y, age)) })] : [])];
});

async function add(who: Me, of: number, y: number): Promise<Next> {
  await who.change((s) => void s.children.push(makeChild(of, y)));
  void known();
  return async () => {
    await only(home);
    await go(children);
  };
}

/** Says for which child something is done. */
export const forChild = (c: Pick<Giver, "picture">): HTMLElement[] => [
  h("div", { class: "who child" }, picture(c.picture, "big"), h("p", null, h("span", { "data-say": "children.for" }, t("children.for")), h("span", { class: "unseen", "data-say": "" }, ` ${c.picture}`)))];

/** forChild where it is one. */
export const forWhom = (g: Giver): HTMLElement[] => (g.until === undefined ? [] : forChild(g));

const called = (g: Giver): string => t(g.until === undefined ? "children.me" : "children.child");

/** Whose permissions are shown, and the others. Nobody's choice where there is no child. */
export function whose(all: Giver[], shown: Giver, of: (g: Giver) => Screen): HTMLElement | null {
  return all.length < 2 ? null : h("div", { class: "tiles small", role: "group", "aria-label": t("children.whose") }, ...all.map((g) =>
    button(h("span", { class: g.until === undefined ? "" : "unseen" }, g.until === undefined ? called(g) : `${called(g)} ${g.picture}`), () => instead(of(g)), { class: "tile", picture: g.picture, "aria-pressed": String(g.id === shown.id) })));
}

/** Large pictures of all for whom an answer can be given. Nobody is chosen before the person does it. */
export const choice = (all: Giver[], strangers: Child[], pick: (g: Giver) => unknown): HTMLElement[] => [
  h("div", { class: "tiles" },
    ...all.map((g) => button(h("span", { "data-say": "" }, called(g)), () => pick(g), { class: "tile", picture: g.picture })),
    ...strangers.map((c) => button(t("children.child"), () => undefined, { class: "tile", picture: pictureOf(c), disabled: true }))),
  ...strangers.map((c) => h("div", { class: "who quiet stranger" }, picture(pictureOf(c)), words("children.pending")))];
