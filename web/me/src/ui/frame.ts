// What stands around every screen: the way back, reading aloud, hiding, and what waits. Screens are
// functions; the browser's own way back leads through them, and the address never changes.
import { button, h, onFailure, type Child } from "./dom";
import { hush, say } from "./speak";
import { t, type Value } from "../lang/words";

export interface View {
  /** Key of the title, or the title. */
  title: string;
  /** Said instead of the title's key. */
  values?: Record<string, Value>;
  body: Child[];
  /** There is nowhere to go back to. */
  first?: boolean;
}
export type Screen = () => View | Promise<View>;

let page: HTMLElement;
let strip: HTMLElement;
let voice: HTMLElement;
let hide: () => void;
let failed: (e: unknown) => string;
let stack: Screen[] = [];
let leaving: (() => void)[] = [];
let shown = 0;
let returning = false;
let hidden = 0;

/** Builds the frame. onHide is what the moon does; describe puts an error into words. */
export function frame(at: HTMLElement, onHide: () => void, describe: (e: unknown) => string): void {
  page = at;
  hide = onHide;
  failed = describe;
  strip = h("div", { class: "strip", hidden: true });
  voice = h("div", { role: "status", class: "unseen" });
  onFailure((button, e) => {
    page.querySelector(".failed")?.remove();
    const said = trouble(e);
    said.classList.add("failed");
    if (stack.length) (page.contains(button) ? button : page.querySelector("header")!).after(said); // a clock says nothing of it
  });
  page.before(strip);
  page.after(voice);
  addEventListener("popstate", () => {
    returning = false;
    if (!stack.length) return; // hidden
    if (stack.length > 1) stack.pop();
    void render();
  });
}

/** A text that is read aloud with the screen. */
export const words = (key: string, values?: Record<string, Value>, tag: "p" | "span" | "h2" = "p", props: Record<string, string> = {}): HTMLElement => h(tag, { "data-say": key, ...props }, t(key, values));

/** Told to a screen reader at once. */
export function tell(text: string): void {
  voice.textContent = text;
}

/** Runs when the screen that is shown now is left. */
export const onLeave = (act: () => void): void => void leaving.push(act);

export function go(screen: Screen): Promise<void> {
  returning = false;
  stack.push(screen);
  history.pushState({}, "");
  return render();
}

/** Shows a screen in place of the one that is shown. */
export function instead(screen: Screen): Promise<void> {
  stack[Math.max(stack.length - 1, 0)] = screen;
  return render();
}

/** Shows a screen from which there is no way back. */
export function only(screen: Screen): Promise<void> {
  returning = false;
  stack = [screen];
  return render();
}

/** One step, however often it is tapped before the browser has taken it: two would leave the page. */
export function back(): void {
  if (stack.length < 2) return void render();
  if (returning) return;
  returning = true;
  page.setAttribute("aria-busy", "true"); // until the screen before is there
  history.back();
}

export const refresh = (): Promise<void> => render(false);

async function render(focus = true): Promise<void> {
  const mine = ++shown;
  hush();
  for (const act of leaving.splice(0)) act(); // those of the one that was shown; the next one's come while it is made
  page.setAttribute("aria-busy", "true");
  let view: View;
  try {
    view = await stack[stack.length - 1]!();
  } catch (e) {
    view = { title: "common.again", body: [trouble(e), button(t("common.again"), () => render(), { picture: "🔁", class: "wide" })] };
  }
  if (mine !== shown) return;
  const title = h("h1", { tabindex: -1, "data-say": view.title }, t(view.title, view.values));
  const bar = h("header", null,
    view.first || stack.length < 2 ? null : button(h("span", { class: "unseen" }, t("common.back")), back, { class: "bare back", picture: "←" }),
    title,
    button(h("span", { class: "unseen" }, t("common.listen")), () => void listen(bar), { class: "bare listen", picture: "🔊" }),
    button(h("span", { class: "unseen" }, t("common.hide")), hide, { class: "bare hide", picture: "🌙" }));
  tell("");
  page.replaceChildren(bar, ...view.body.filter((c): c is Node | string => !!c));
  page.removeAttribute("aria-busy");
  if (focus) {
    scrollTo(0, 0);
    title.focus();
  }
}

/** Reads the screen that stands aloud, and says where the phone cannot. */
async function listen(bar: HTMLElement): Promise<void> {
  page.querySelector(".mute")?.remove();
  if (!(await say(page))) bar.after(words("common.mute", {}, "p", { class: "warning plain mute", role: "status" }));
}

export const trouble = (e: unknown): HTMLElement => h("p", { role: "alert", class: "warning", "data-say": "" }, failed(e));

/** What waits, above every screen. */
export function status(text: string, tap: () => unknown, of = navigator.onLine ? "⏳" : "📴"): void {
  strip.hidden = !text || !stack.length; // a clock says nothing of it
  strip.replaceChildren(...(!strip.hidden ? [button(text, tap, { picture: of })] : []));
}

/** Whether somebody has hidden everything: nothing comes back by itself. */
export const isBare = (): boolean => !stack.length;

/** How often that was: what took long belongs to who began it, and not to who has opened the page anew meanwhile. */
export const timesHidden = (): number => hidden;

/** The address of nothing: everything that was shown is gone. */
export function bare(...body: Child[]): void {
  returning = false;
  hidden++;
  shown++;
  hush();
  for (const act of leaving.splice(0)) act();
  stack = [];
  tell(""); // a screen reader must not say it either
  strip.hidden = true;
  page.removeAttribute("aria-busy"); // of a screen that was still being made
  page.replaceChildren(...body.filter((c): c is Node | string => !!c));
}
