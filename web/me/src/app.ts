// From the chosen language to the six digits. What needs cryptography is fetched behind this.
import { describe } from "./errors";
import { files, type Language } from "./lang/languages";
import { current, load } from "./lang/words";
import { all } from "./store/db";
import { bare, frame, only } from "./ui/frame";
import { hidden } from "./ui/hidden";
import { opened as linked } from "./opened";
import { offered, welcome } from "./ui/welcome";

const idle = 5 * 60_000;

export { newer } from "./newer";

interface Known { id: string; picture: string }

let begun = false;

/** What is behind the six digits. It begins to send when it has come, however often it did not. */
export async function inside(): Promise<typeof import("./inside")> {
  const i = await import("./inside");
  if (!begun) i.begin();
  begun = true;
  return i;
}

export async function start(page: HTMLElement, language: Language): Promise<void> {
  await load(language);
  frame(page, hide, describe);
  register();
  watch();
  if (wasHidden()) bare(hidden(() => void first()));
  else await first();
  inside().catch(() => undefined); // without a network it is asked for again
}

/** The first screen: of somebody new, of the only one on this phone, or the choice between several. */
export async function first(): Promise<void> {
  if (linked().card) return only(() => offered(first));
  const people = await all<Known>("people");
  if (!people.length) return only(welcome);
  const { who, pin } = await import("./ui/who");
  return only(people.length === 1 ? pin(people[0]!) : who(people));
}

/** Forgets the keys and shows a clock, which is what anybody's phone shows. */
function hide(): void {
  if (helping) return end();
  lock();
  bare(hidden(() => void first()));
}

let helping = false;

/** While somebody is helped to hide is to end. */
export function isHelping(): void {
  helping = opened = true;
  addEventListener("pageshow", (e) => (e as PageTransitionEvent).persisted && location.reload()); // what a browser kept of a page that was left
}

const hiddenAt = "hidden";

/** Leaves the page, with all that it has in memory, and shows the clock. */
function end(): void {
  try {
    sessionStorage.setItem(hiddenAt, "1");
  } catch {
    /* then the first screen is shown */
  }
  location.reload();
}

function wasHidden(): boolean {
  try {
    const was = sessionStorage.getItem(hiddenAt);
    sessionStorage.removeItem(hiddenAt);
    return !!was;
  } catch {
    return false;
  }
}

let opened = false;
export const isOpen = (yes: boolean): void => void (opened = yes);

function lock(): void {
  if (opened) void inside().then((i) => i.lock());
  opened = false;
}

function watch(): void {
  let last = Date.now();
  const late = (): void => {
    if (opened && Date.now() - last > idle) hide();
  };
  const look = (): void => {
    late();
    last = Date.now();
  };
  for (const event of ["pointerdown", "keydown", "visibilitychange"]) document.addEventListener(event, look, { passive: true, capture: true }); // a phone that slept fires no timer
  setInterval(late, 10_000);
}

function register(): void {
  if (!("serviceWorker" in navigator)) return;
  const name = "sw.js";
  const trusted = (window as { trustedTypes?: { createPolicy: (n: string, p: object) => { createScriptURL: (u: string) => string } } }).trustedTypes;
  const url = trusted ? trusted.createPolicy("files", { createScriptURL: () => name }).createScriptURL(name) : name;
  navigator.serviceWorker.addEventListener("controllerchange", () => void fetch(files[current().code]!.path).catch(() => undefined)); // the words came before the worker, which keeps what passes it
  navigator.serviceWorker.register(url, { scope: "./" }).catch(() => { /* the page works without it, but not offline */ });
}
