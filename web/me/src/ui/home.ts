import { button, h } from "./dom";
import { go, words, type View } from "./frame";
import { t } from "../lang/words";
import { me } from "../inside";
import { vault } from "../me";
import { note } from "./came";
import { card } from "./card";
import { given } from "./given";
import { past } from "./past";
import { mine } from "./mine";
import { more } from "./more";
import { scan } from "./scan";
import { show } from "./show";

export function home(): View {
  const tile = (key: string, of: string, screen: Parameters<typeof go>[0]) => button(h("span", { "data-say": key }, t(key)), () => go(screen), { class: "tile", picture: of });
  const alarm = h("div", { role: "alert", class: "alarms" });
  void restoring(alarm);
  return { title: "home.title", first: true, body: [
    alarm,
    me().state.card?.taken && button(t("card.unseen"), () => go(card), { class: "wide", picture: "📇" }),
    note(me()),
    me().state.enrolled ? null : words("home.pending", {}, "p", { class: "quiet pending" }),
    h("div", { class: "tiles" },
      tile("home.scan", "📷", scan), tile("home.given", "🔖", given),
      tile("home.history", "👀", past), tile("home.show", "🙋", show),
      tile("home.mine", "📁", mine), tile("home.card", "📇", card)),
    button(t("common.more"), () => go(more), { class: "wide", picture: "⚙️" }),
  ] };
}

/** Somebody uses the person's card: it may be the person, and it may be the finder. */
async function restoring(alarm: HTMLElement): Promise<void> {
  const deployment = me().kept();
  const state = deployment && me().state.enrolled ? await vault.card(me().identity, deployment).catch(() => undefined) : undefined;
  if (state?.restore?.state === "pending") alarm.replaceChildren(h("div", { class: "warning" }, words("card.pending"), button(t("home.card"), () => go(card), { picture: "📇" })));
}
