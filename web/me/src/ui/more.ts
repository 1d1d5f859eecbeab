import { button, h, picture } from "./dom";
import { arrive, switchPerson } from "../inside";
import { go, words, type View } from "./frame";
import { children } from "./children";
import { choose, languages } from "../lang/languages";
import { review } from "../lang/reviews";
import { current, Gone, load, t } from "../lang/words";
import { newer } from "../newer";
import { removing } from "./removing";
import { waiting } from "./waiting";

export const more = (): View => ({ title: "more.title", body: [
  button(t("more.language"), () => go(language), { class: "wide", picture: "🗣️" }),
  button(t("children.title"), () => go(children), { class: "wide", picture: "🧒" }),
  button(t("waiting.title"), () => go(waiting), { class: "wide", picture: "⏳" }),
  button(t("more.people"), switchPerson, { class: "wide", picture: "👥" }),
  button(t("more.leave"), () => go(removing), { class: "wide no", picture: "🧹" }),
] });

/** Says of each language whether somebody has checked its words. */
export async function language(): Promise<View> {
  const reviews = await Promise.all(languages.map((l) => review(l.code)));
  return { title: "more.language", body: [
    h("div", { class: "languages" }, ...languages.map((l, i) => button(h("span", { lang: l.code, dir: l.rtl ? "rtl" : "ltr" }, l.name), async () => {
      try {
        await load(l);
      } catch (e) {
        if (!(e instanceof Gone)) throw e;
        choose(l);
        return newer();
      }
      choose(l);
      await arrive();
    }, { class: "tile", picture: l.picture, "aria-current": l.code === current().code, "aria-describedby": `review-${l.code}`, title: t(reviews[i] ? "more.reviewed" : "more.unreviewed") }))),
    words("more.about", {}, "h2"),
    h("ul", { class: "fields" }, ...languages.map((l, i) => h("li", { id: `review-${l.code}` }, picture(reviews[i] ? "✔️" : "❔"), h("span", { lang: l.code }, l.name), ": ",
      t(reviews[i] === "authors" ? "more.reviewed" : reviews[i] === "operator" ? "more.reviewed.operator" : "more.unreviewed")))),
  ] };
}
