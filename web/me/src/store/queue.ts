// What a person did, until it is answered. Each act is written here, sealed, before it is sent, and
// sent again until an answer comes; its id says whether it is here already. One tab sends at a time.
import { add as addTo, all, get, remove, update, type Thing } from "./db";
import { device } from "./people";
import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "../wallet/bytes";
import { openRecord, sealRecord } from "../wallet/seal";
import { Problem, retryable, type Deployment, type Vault } from "../wallet/api";
import { importOrder, withdrawStop, type Act, type ActKind, type Stop } from "../wallet/acts";
import { renew, renewable, untimely } from "../wallet/renew";
import type { Identity } from "../wallet/seed";

export type ActState = "waiting" | "done" | "late" | "failed";

export interface Waiting {
  key: string;
  person: string;
  kind: ActKind;
  /** Unix milliseconds. */
  made: number;
  next: number;
  tries: number;
  state: ActState;
  /** The problem's code, where it failed. */
  why?: string;
  /** Where it was not taken: that it can be done again. */
  undone?: true;
  /** Its signature's time is over: it is signed anew when its owner is here. */
  over?: true;
  /** Keys of acts that must have been done before it is sent. */
  after?: string[];
  act: Uint8Array<ArrayBuffer>;
  answer?: Uint8Array<ArrayBuffer>;
}

type Unlocked = (person: string) => { me: Identity; deployment: Deployment } | undefined;

const lock = "acts";
const channel = new BroadcastChannel(lock);
const listeners = new Set<() => void>();
let vault: Vault;
let unlocked: Unlocked = () => undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

channel.onmessage = () => changed(false);

function changed(here = true): void {
  if (here) channel.postMessage(0);
  for (const one of [...listeners]) one();
}

export const onChange = (act: () => void): (() => void) => {
  listeners.add(act);
  return () => listeners.delete(act);
};

/** Begins to send. `who` gives what acts need that come in a session. */
export function begin(v: Vault, who: Unlocked): void {
  vault = v;
  unlocked = who;
  addEventListener("online", () => void hurry());
  void run();
}

/** The acts of somebody, or of all: oldest first. */
export async function waiting(person?: string): Promise<Waiting[]> {
  return (await all<Waiting>("acts")).filter((w) => !person || w.person === person).sort((a, b) => a.made - b.made);
}

const keyOf = (person: string, id: string): string => hex(sha256(utf8(`${person} ${id}`)));

/** Whether a yes has not been answered yet: it may have come through, or may yet. */
export const gives = async (person: string, grant: string): Promise<boolean> => (await get<Waiting>("acts", keyOf(person, `give:${grant}`)))?.state === "waiting";

/** An act as it is kept. */
export async function sealed(person: string, act: Act): Promise<Waiting> {
  const key = keyOf(person, act.id);
  return { key, person, kind: act.kind, made: Date.now(), next: 0, tries: 0, state: "waiting", act: await sealRecord(await device(), `act ${key}`, act) };
}

/** An act's place, for what is put in one step with it. */
export const placed = (w: Waiting): Thing => ["acts", w.key, w];

/** Sends what was kept in one step with something else. */
export function send(): void {
  changed();
  void run();
}

/** Keeps an act, and sends it as soon as that can be. The same act again is the act that is here. after: keys of what must have been done by then; where that fails, so does this. */
export async function keep(person: string, act: Act, after: string[] = []): Promise<string> {
  const w: Waiting = { ...(await sealed(person, act)), ...(after.length ? { after } : {}) };
  const key = w.key;
  if (!(await addTo("acts", key, w))) await update<Waiting>("acts", key, (there) => {
    if (isLost(there)) return w; // signed anew
    return there.state === "waiting" && after.length ? { ...there, after: [...new Set([...(there.after ?? []), ...after])] } : there;
  });
  send();
  return key;
}

/** The answer to an act, when it comes, which may be days ahead; undefined as soon as it is known that none will. */
export function answered(key: string, stop?: AbortSignal): Promise<Waiting | undefined> {
  return new Promise((done) => {
    const look = async (): Promise<void> => {
      const w = await get<Waiting>("acts", key);
      if (w && w.state === "waiting" && !stop?.aborted) return;
      end();
      done(w);
    };
    const end = onChange(() => void look());
    stop?.addEventListener("abort", () => void look());
    void look();
  });
}

/** What the vault answered, as JSON; undefined where that had no body. */
export const answerOf = async (w: Waiting): Promise<unknown> => (w.answer ? openRecord(await device(), `answer ${w.key}`, w.answer) : undefined);

/** What was signed. */
export const actOf = async (w: Waiting): Promise<Act> => openRecord<Act>(await device(), `act ${w.key}`, w.act);

/** Notes that what was not taken can be done again. */
export const noteUndone = (w: Waiting): Promise<void> => note({ ...w, undone: true });

/** Keeps what has become of an act, unless it was forgotten meanwhile: whoever has left leaves nothing. */
const note = (w: Waiting): Promise<void> => update<Waiting>("acts", w.key, () => w);

export async function forget(key: string): Promise<void> {
  await remove("acts", key);
  changed();
}

/** Forgets all acts of somebody, also what was never sent. */
export async function drop(person: string): Promise<void> {
  for (const w of await waiting(person)) await remove("acts", w.key);
  changed();
}

/** Sends once more what was not taken. */
export async function again(w: Waiting): Promise<void> {
  await note({ ...w, state: "waiting", next: 0, tries: 0 });
  changed();
  await run();
}

/** Does not wait any longer: there is a network again, or somebody looks. */
export async function hurry(): Promise<void> {
  for (const w of await waiting()) if (w.state === "waiting" && w.next > 0) await update<Waiting>("acts", w.key, (now) => (now.state === "waiting" ? { ...now, next: 0 } : now)); // another tab may have sent it meanwhile
  await run();
}

function run(): Promise<unknown> {
  clearTimeout(timer);
  const all = async (): Promise<void> => {
    for (let due = await next(); due; due = await next()) await sendOne(due);
  };
  const done = "locks" in navigator ? navigator.locks.request(lock, all) : all(); // sent twice an act does what it does once
  return done.finally(async () => {
    const later = (await waiting()).filter((w) => w.state === "waiting" && w.next > Date.now()).map((w) => w.next);
    if (later.length) timer = setTimeout(() => void run(), Math.min(...later) - Date.now());
  });
}

const next = async (): Promise<Waiting | undefined> => {
  const list = await waiting();
  const unknown = new Set(list.filter((w) => w.kind === "enrol" && w.state !== "done").map((w) => w.person)); // nobody takes what a key signs that is not known
  const open = new Set(list.filter((w) => w.state === "waiting").map((w) => w.key));
  const vain = list.find((w) => open.has(w.key) && inVain(w, list)); // before what has failed is put away
  return vain ?? list.find((w) => open.has(w.key) && w.next <= Date.now() && !w.after?.some((key) => open.has(key)) && (w.kind === "enrol" || !unknown.has(w.person)) && (!(w.over || sessions.has(w.kind)) || unlocked(w.person)));
};
const sessions = new Set<ActKind>(["correct", "import"]);

async function sendOne(w: Waiting): Promise<void> {
  let act: Act | undefined;
  try {
    act = await actOf(w);
    if (untimely(act, vault.now())) await vault.deployment(); // by the vault's clock: this phone's may be hours off, and nobody has told it yet
    if (w.after && inVain(w, await waiting())) await note({ ...w, state: "failed", why: "before" });
    else if (untimely(act, vault.now())) await sign(w, act);
    else await post(w, act);
  } catch (e) {
    if (!retryable(e) && act && renewable(w.kind) && untimely(act, vault.now())) return changed(); // the answer has told the time: signed anew next
    if (!retryable(e) && !(await tooEarly(w, e))) await note({ ...w, state: "failed", why: e instanceof Problem ? e.code : "answer" });
    else {
      const wait = e instanceof Problem && e.retryAfter ? e.retryAfter * 1000 : Math.min(2000 * 2 ** w.tries, 300_000);
      await note({ ...w, tries: w.tries + 1, next: Date.now() + wait });
    }
  }
  changed();
}

export const isLost = (w: Waiting): boolean => w.state === "failed" || w.state === "late";

/** Whether something that must have been done before was not taken. */
const inVain = ({ after = [] }: Waiting, list: Waiting[]): boolean => list.some((w) => after.includes(w.key) && isLost(w));

/** A stop that has overtaken its yes, which the vault does not know yet. */
const tooEarly = async (w: Waiting, e: unknown): Promise<boolean> => w.kind === "withdraw" && e instanceof Problem && e.code === "signature" && gives(w.person, (JSON.parse((await actOf(w)).body) as Stop).grant);

async function post(w: Waiting, act: Act): Promise<void> {
  const who = unlocked(w.person);
  const answer = await vault.send(act.kind === "import" && who ? importOrder(who.me, who.deployment, act.body, true, vault.now()) : act, who?.me, who?.deployment);
  await note({ ...w, state: "done", ...(answer === undefined ? {} : { answer: await sealRecord(await device(), `answer ${w.key}`, answer) }) });
  if (w.kind === "give") for (const stop of await waiting(w.person)) if (stop.kind === "withdraw" && stop.state === "waiting") await note({ ...stop, next: 0 });
}

/** Its signature has no time that the vault takes. It is signed anew where its owner is here, and sent next; where not, what has no end goes on in its place. */
async function sign(w: Waiting, act: Act): Promise<void> {
  const who = unlocked(w.person);
  const anew = who && renew(act, who.me, who.deployment, vault.now());
  const { over: _, ...rest } = w;
  if (anew) return note({ ...rest, act: await sealRecord(await device(), `act ${w.key}`, anew) });
  for (const stop of act.late ?? stops(act)) await keep(w.person, stop);
  await note(renewable(w.kind) ? { ...w, over: true } : { ...w, state: "late" });
}

/** Of a stop of everything that an earlier version of the page has kept. */
const stops = (act: Act): Act[] => (act.kind === "withdrawAll" ? (JSON.parse(act.body) as { stops: Stop[] }).stops.map(withdrawStop) : []);
