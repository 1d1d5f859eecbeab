// What was done and is not answered yet.
import { button, h, picture } from "./dom";
import { me } from "../inside";
import { onLeave, refresh, words, type View } from "./frame";
import { moment, t } from "../lang/words";
import { pictureOf, type Child } from "../wallet/child";
import { hurry, onChange } from "../store/queue";

export async function waiting(): Promise<View> {
  const who = me();
  const acts = (await who.waiting()).filter((w) => w.state !== "done");
  const child = (of: string): Child | undefined => who.state.children.find((c) => c.id === of);
  onLeave(onChange(() => void refresh()));
  return { title: "waiting.title", body: [
    navigator.onLine ? null : words("net.off"),
    acts.length ? null : words("waiting.none"),
    ...acts.map((w) => h("article", { class: "card" },
      h("p", { "data-say": `act.${w.kind}` }, picture(w.state === "waiting" ? "⏳" : "⚠️"), child(w.person) ? picture(pictureOf(child(w.person)!)) : null, t(`act.${w.kind}`)),
      h("p", { class: "quiet" }, moment(w.made / 1000)),
      w.state === "waiting" ? null : words(w.state === "late" ? "waiting.late" : "waiting.failed", {}, "p", { class: "warning plain" }),
      w.state === "waiting" ? null : button(t("common.ok"), () => who.putAway(w), { picture: "✅" }))),
    acts.some((w) => w.state === "waiting") && button(t("common.again"), hurry, { class: "wide", picture: "🔁" }),
  ] };
}
