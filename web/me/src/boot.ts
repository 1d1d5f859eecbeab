// The first view: it must stand within seconds on a poor line, so it has no word of any language
// but the languages' own names. Everything else is fetched behind it.
import { h, picture } from "./ui/dom";
import { choose, chosen, type Language, languages } from "./lang/languages";
import { keepOpened } from "./opened";

const page = document.getElementById("page")!;
const rest = () => import("./app");

keepOpened();
addEventListener("hashchange", () => location.reload()); // a link that is opened where the page stands already

async function begin(language: Language): Promise<void> {
  document.documentElement.lang = language.code;
  document.documentElement.dir = language.rtl ? "rtl" : "ltr";
  page.setAttribute("aria-busy", "true");
  try {
    await (await rest()).start(page, language);
  } catch {
    page.replaceChildren(h("button", { type: "button", class: "again", "aria-label": language.name, click: () => rest().then((r) => r.newer(), () => location.reload()) }, picture("📶", "big"), picture("🔁", "big")));
  } finally {
    page.removeAttribute("aria-busy");
  }
}

function pick(): void {
  const asked = navigator.languages.map((l) => l.split("-")[0]);
  const rank = (l: Language) => (asked.indexOf(l.code) + asked.length + 1) % (asked.length + 1);
  page.replaceChildren(
    h("h1", { class: "picture big", "aria-label": languages.map((l) => l.name).join(", ") }, "🗣️"),
    h(
      "div",
      { class: "languages" },
      ...[...languages]
        .sort((a, b) => rank(a) - rank(b))
        .map((l) =>
          h(
            "button",
            {
              type: "button",
              lang: l.code,
              dir: l.rtl ? "rtl" : "ltr",
              class: "tile",
              click: (e: Event) => {
                (e.currentTarget as Element).classList.add("waiting");
                choose(l);
                void begin(l);
              },
            },
            picture(l.picture, "big"),
            h("span", null, l.name),
          ),
        ),
    ),
  );
}

const language = chosen();
if (language) void begin(language);
else {
  pick();
  void rest();
}
