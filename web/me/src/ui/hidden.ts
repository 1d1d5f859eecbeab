// A clock: nothing on it tells what this page is.
import { button, h } from "./dom";
import { clock, t } from "../lang/words";

export function hidden(open: () => void): HTMLElement {
  const time = h("time", null, clock(new Date()));
  const timer = setInterval(() => {
    if (!time.isConnected) clearInterval(timer);
    time.textContent = clock(new Date());
  }, 1000);
  return h("div", { class: "hidden" }, h("h1", { class: "unseen" }, t("hidden.title")), time, button(t("hidden.open"), open, { class: "bare" }));
}
