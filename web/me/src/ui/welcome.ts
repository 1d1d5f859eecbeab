import { button, h, picture } from "./dom";
import { go, instead, words, type View } from "./frame";
import { askPin, PinError, weak } from "./pin";
import { t } from "../lang/words";
import { inside } from "../app";
import { answered } from "../opened";

export function welcome(): View {
  return { title: "welcome.title", first: true, body: [
    h("div", { class: "hero" }, picture("🔑", "huge")),
    words("welcome.what"),
    words("welcome.not", {}, "p", { class: "warning plain" }),
    button(t("welcome.make"), () => go(() => choose(async (pin, hidden) => (await inside()).make(pin, hidden))), { class: "wide main", picture: "✅" }),
    button(t("welcome.have"), async () => (await inside()).restore(), { class: "wide", picture: "📇" }),
    button(t("come.title"), async () => (await inside()).come(), { class: "wide", picture: "🚚" }),
    button(t("help.title"), async () => go((await import("./help")).help), { class: "wide", picture: "🤝" }),
  ] };
}

/** A link that was opened is a card's. Whoever's it is, it is said before anybody's digits are asked for. */
export const offered = (no: () => unknown): View => ({ title: "card.restore", first: true, body: [
  h("div", { class: "hero" }, picture("📇", "huge")),
  words("card.opened"),
  button(t("card.restore"), async () => (await inside()).restore(), { class: "wide main", picture: "📇" }),
  button(t("common.cancel"), () => {
    answered();
    return no();
  }, { class: "wide", picture: "↩️" }),
] });

/** Asks for six digits of somebody new, twice. problem: why those before were not taken. */
export const choose = (done: (pin: string, hidden: number) => Promise<void>, problem?: string): View => askPin("pin.new", async (pin) => {
  if (weak(pin)) throw new PinError("pin.weak");
  await go(() => askPin("pin.again", async (again, hidden) => {
    if (again !== pin) return instead(() => choose(done, "pin.other"));
    await done(pin, hidden);
  }));
}, [problem ? words(problem, {}, "p", { class: "warning plain", role: "alert" }) : undefined]);
