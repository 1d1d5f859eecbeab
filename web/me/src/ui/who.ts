// Who holds the phone now: people find themselves by a picture, not by a name that others could read.
import { button, h, picture } from "./dom";
import { go, type Screen } from "./frame";
import { askPin } from "./pin";
import { t } from "../lang/words";
import { inside } from "../app";
import { welcome } from "./welcome";

export interface Known { id: string; picture: string }

export const who = (people: Known[]): Screen => () => ({ title: "who.title", first: true, body: [
  h("div", { class: "tiles" }, ...people.map((p) => button(h("span", { class: "unseen" }, `${t("who.person")} ${p.picture}`), () => go(pin(p)), { class: "tile", picture: p.picture }))),
  button(t("who.new"), () => go(welcome), { class: "wide", picture: "➕" }),
] });

export const pin = (p: Known): Screen => () => {
  const view = askPin("pin.enter", async (digits, hidden) => (await inside()).enter(p.id, digits, hidden), [h("div", { class: "hero" }, picture(p.picture, "huge"))]);
  return { ...view, body: [...view.body, button(t("who.new"), () => go(welcome), { class: "wide", picture: "➕" })] };
};
