// Everything behind the six digits.
import { first, isOpen } from "./app";
import { t } from "./lang/words";
import { Me, vault, type State } from "./me";
import { answered, opened } from "./opened";
import { putAll } from "./store/db";
import { add, leave, prepare, unlock } from "./store/people";
import * as queue from "./store/queue";
import type { Hex } from "./wallet/bytes";
import { bring } from "./wallet/acts";
import { resetCard } from "./wallet/card";
import { grown, makeChild, pictures, type Child } from "./wallet/child";
import type { Moved } from "./wallet/moving";
import { Identity } from "./wallet/seed";
import { asked } from "./ui/asked";
import { came, coming } from "./ui/came";
import { card } from "./ui/card";
import { go, isBare, only, refresh, status, timesHidden, type Screen } from "./ui/frame";
import { home } from "./ui/home";
import { erasure } from "./ui/mine";
import { askPin } from "./ui/pin";
import { waiting } from "./ui/waiting";

let open: Me | undefined;

/** Whose keys are in memory. */
export function me(): Me {
  if (!open) throw new Error("locked");
  return open;
}

export function begin(): void {
  queue.begin(vault, (person) => {
    const [me, deployment] = [open?.known(person), open?.kept()];
    return me && deployment ? { me, deployment } : undefined;
  });
  queue.onChange(() => void look());
  addEventListener("online", () => {
    void look();
    void known();
  });
  addEventListener("offline", () => void look());
  void look();
}

/** Tells what waits, and takes over what was answered. */
async function look(): Promise<void> {
  const { erased, enrolled, came: before, card: made } = open?.state ?? {};
  await open?.collect();
  if (open?.state.enrolled && !enrolled) void known();
  if (before?.here !== open?.state.came?.here && document.querySelector(".came")) void refresh();
  if (open?.state.erased && !erased) await arrive();
  if (open?.state.card?.taken && !made?.taken && document.querySelector(".alarms")) await go(card); // home is shown: nobody is at anything
  if (open?.state.enrolled) document.querySelector(".pending")?.remove();
  const acts = open ? (await open.waiting()).filter((w) => w.state !== "done") : []; // nobody's business before it is known who holds the phone
  const bad = acts.find((w) => w.state !== "waiting");
  status(bad ? t(bad.state === "late" ? "waiting.late" : "waiting.failed") : acts.length ? t("net.waiting", { count: acts.length }) : navigator.onLine ? "" : t("net.off"), () => (open ? go(waiting) : undefined), bad && "⚠️");
}

let later: ReturnType<typeof setTimeout> | undefined;
const tryAgain = 15_000;

/** Makes the key known where it is not yet; without a network it is tried again when there is one. */
export async function known(): Promise<void> {
  try {
    await open?.enrol();
    await open?.takeFacts();
    await find(open);
    const before = open?.strangers(vault.now()).length;
    await open?.introduce();
    if (open?.strangers(vault.now()).length !== before && document.querySelector(".stranger")) void refresh();
  } catch {
    /* home says that it is not known yet, and the children's screen of a child */
  }
  clearTimeout(later);
  const who = open;
  if (who && !who.state.erased && (who.state.enrolled ? who.strangers(vault.now()).length || who.state.unasked : !who.state.came && !(await queue.waiting(who.id)).some((w) => w.kind === "enrol"))) later = setTimeout(() => void known(), tryAgain); // what was refused, as before a key is on the ledger, is signed anew
  if (document.querySelector(".came")) void refresh();
}

/** Finds the children of who has come back, for as long as they are here. */
async function find(who: Me | undefined): Promise<void> {
  await who?.find(() => {
    if (open === who && document.querySelector(".looking")) void refresh();
    return open === who;
  });
}

export async function make(pin: string, hidden: number): Promise<void> {
  await inward(await add(Identity.make(), pin), hidden);
}

export async function enter(id: string, pin: string, hidden: number): Promise<void> {
  await inward(await unlock(id, pin), hidden);
}

/** Opens for somebody whose digits were right; who hid the page while the phone was working finds it locked. hidden: how often it had been when the digits were typed. */
async function inward(who: Me, hidden: number): Promise<void> {
  if (isBare() || hidden !== timesHidden()) return;
  open = who;
  isOpen(true);
  await who.collect();
  void known();
  void queue.hurry(); // what needs whom it is of
  void look();
  await arrive();
}

/** Home, and what a link has opened in front of it. Who has erased everything gets the receipt, also where the page was gone when it came. */
export async function arrive(): Promise<void> {
  if (me().state.erased) return only(erasure(me()));
  await only(home);
  const { request, person } = opened();
  const mine = !person || person === me().id;
  if (!mine) answered();
  if (mine && request) await go(asked(request));
  else if (me().state.card?.taken) await go(card);
}

export function lock(): void {
  for (const g of open?.givers(0) ?? []) vault.forget(g.identity);
  open = undefined;
}

export async function leaveAll(): Promise<void> {
  lock();
  isOpen(false);
  const { wipe } = await import("./store/db");
  await wipe();
  location.reload();
}

/** Somebody leaves this phone, as who has erased everything does; what others have here stays. */
export async function gone(who: Me): Promise<void> {
  await leave(who.id);
  for (const one of [who, ...who.state.children]) await queue.drop(one.id);
  await switchPerson();
}

export const switchPerson = async (): Promise<void> => {
  lock();
  isOpen(false);
  await first();
};

/** What is shown once an act is done. */
export type Next = () => unknown;

/** Shows what an act has come to, to whom it belongs: who hid the page meanwhile, or gave the phone to another, is shown nothing. */
export async function onward(who: Me, next: Next): Promise<void> {
  if (open === who) await next();
}

/** Asks for the six digits again before something that counts, then does it, as the person whose digits they are. above says what. */
export const confirmed = (act: (who: Me, pin: string) => Promise<Next>, above: () => Node[] = () => []): Screen => () => {
  const who = me();
  return askPin("pin.enter", async (pin) => {
    await unlock(who.id, pin);
    await onward(who, await act(who, pin));
  }, above());
};

/** Somebody who has come back by a card. kept: they are here, and what the card waited for is not needed any more. The tries that it took are forgiven. */
export async function enterRestored(identity: Identity, pin: string, hidden: number, by: Hex, kept: () => Promise<void>): Promise<void> {
  const who = await add(identity, pin);
  await who.change((s) => {
    s.enrolled = true;
    s.unasked = pictures.map((_, index) => index);
  });
  await kept();
  await who.deployment().then((d) => queue.keep(who.id, resetCard(identity, d, by, vault.now()))).catch(() => undefined); // without a network they stay spent, and nothing else is lost
  await inward(who, hidden);
}

/** Somebody who comes from another place. They and what they bring are kept in one step: a reload loses neither. */
export async function enterMoved(moved: Moved, pin: string, hidden: number): Promise<void> {
  const children = moved.children.map(comes);
  const person = { ...(await prepare(moved.identity, pin)), state: await Me.begin(moved.identity, { ...cameWith(moved), children: children.map((c) => c.child) }) };
  const waits = [await queue.sealed(person.id, bring(moved.exported.vaultPart))];
  for (const { child, file } of children) if (file) waits.push(await queue.sealed(child.id, bring(file)));
  await putAll(["people", person.id, person], ...waits.map(queue.placed));
  const who = await Me.of(person, moved.identity);
  await inward(who, hidden);
  await onward(who, () => go(came));
}

/** Brings what another place had to somebody who is here already; children, from a moving file, whom they have here too keep what is here. */
export async function takeOver(who: Me, moved: Pick<Moved, "exported" | "children">): Promise<void> {
  let children = moved.children.map(comes);
  await who.change((s) => {
    Object.assign(s, cameWith(moved));
    children = children.filter((c) => !s.used?.includes(c.child.index));
    for (const c of children) {
      const here = s.children.find((one) => one.index === c.child.index);
      if (here) c.child = here;
      if (here && (here.handed || grown(here, vault.now()))) c.file = undefined; // what is theirs is theirs to bring
      else s.children.push(c.child);
    }
  });
  await queue.keep(who.id, bring(moved.exported.vaultPart));
  for (const { child, file } of children) if (file) await queue.keep(child.id, bring(file));
  void known();
}

const comes = ({ index, born, exported: e }: Moved["children"][number]): { child: Child; file: string | undefined } => ({ child: { ...makeChild(index, born), ...(e?.facts ? { never: e.facts.never_countries } : {}) }, file: e?.vaultPart });

const cameWith = ({ exported: e, children }: Pick<Moved, "exported" | "children">): Partial<State> => ({
  came: { ledger: e.ledger, log: e.log, unnamed: children.reduce((n, c) => n + (c.exported?.unnamed ?? 0), e.unnamed) }, ...(e.facts ? { facts: e.facts } : {}),
});

export const come = async (): Promise<void> => go(coming);

export async function restore(): Promise<void> {
  const { restoring } = await import("./ui/card");
  await go(restoring);
}
