// Somebody whose six digits were right: their keys, in memory until the screen is locked, and what
// they keep on this phone.
import { localKey, openRecord, sealRecord } from "./wallet/seal";
import { sameDeployment, Vault, type Deployment } from "./wallet/api";
import { about, enrol, stateFacts } from "./wallet/acts";
import { hex, unhex, type Hex } from "./wallet/bytes";
import { alone, found, givesFor, grown, handedOver, introduce, lastDay, pictureOf, search, settle, standing, type Child, type Permissions } from "./wallet/child";
import type { Identity } from "./wallet/seed";
import type { Catalog, Facts, Imported, Institution, Ledger, Notice, Withdrawn } from "./wallet/wire";
import { actOf, answerOf, forget, hurry, isLost, keep, noteUndone, placed, send, waiting, type Waiting } from "./store/queue";
import { get, put, update } from "./store/db";

/** All that is kept of a person, sealed by their page key. */
export interface State extends Permissions {
  enrolled: boolean;
  deployment?: { ledger: [string, Hex]; registry: [string, Hex]; institutions: [string, Hex]; origin: string; logKey: Hex };
  /** What was shown when a permission was given. */
  notices: Record<string, Notice>;
  /** Requests that were answered here. */
  answered: Record<string, "yes" | "no">;
  /** Pictures that stand in place of organisations' names. */
  pictures: Record<string, string>;
  institutions: Record<string, Institution>;
  erased?: unknown;
  /** A card that its owner has not seen to its end yet; taken: the vault has it, and the one before opens nothing. */
  card?: { id: Hex; link: string; taken?: true };
  /** What was brought from another place, until its owner has seen what became of it. */
  came?: Came;
  /** What rules could know at the place before, until it is stated here. */
  facts?: Facts;
  /** For whom this person gives. */
  children: Child[];
  /** Indexes of children that somebody who has come back may have, and that the vault was not asked for yet. */
  unasked?: number[];
  /** Indexes of children who were handed over and are forgotten here. */
  used?: number[];
  /** The age, in years, from which somebody decides alone here; it is kept for when there is no network. */
  majority?: number;
}

/** Somebody whose permissions are in this person's hands: themself, or a child. */
export interface Giver {
  /** Of their acts in the queue. */
  id: string;
  picture: string;
  identity: Identity;
  /** Unix seconds until when this person gives; absent: for themself. */
  until?: number;
}

export interface Came {
  /** That the other place is on: chain id and ConsentLedger. */
  ledger: [string, Hex];
  /** The key of its log. */
  log?: string;
  /** How many things stayed there because nobody knows their names any more. */
  unnamed: number;
  /** Once this place has answered: how many things are here, and how many could not be checked. */
  here?: number;
  refused?: number;
  /** The same of each, this person and the children: they arrive one by one. */
  each?: Record<string, [here: number, refused: number]>;
}

/** Whether two places are on one ledger, so that somebody can be the same at both. */
export const sameLedger = (came: Pick<Came, "ledger">, d: Deployment): boolean => came.ledger[0] === String(d.ledger.chainId) && came.ledger[1] === d.ledger.contract;

export const emptyState = (): State => ({ enrolled: false, receipts: [], notices: {}, answered: {}, stopped: {}, pictures: {}, institutions: {}, children: [] });

export const vault = new Vault({ fetch: (url, init) => fetch(url, init), base: "", origin: location.origin });

/** Milliseconds between two keys that are asked for, two calls each: as many as one address may send for ever, so that what the person does meanwhile is answered. */
const pace = 1000;

export class Me {
  readonly id: string;
  readonly picture: string;
  readonly identity: Identity;
  state: State;
  readonly #key: CryptoKey;
  readonly #children = new Map<number, Identity>(); // one each: a session belongs to it
  #finding: Promise<void> | undefined;

  private constructor(id: string, picture: string, identity: Identity, key: CryptoKey, state: State) {
    this.id = id;
    this.picture = picture;
    this.identity = identity;
    this.#key = key;
    this.state = state;
  }

  static async of(person: { id: string; picture: string; state?: Uint8Array<ArrayBuffer> }, identity: Identity): Promise<Me> {
    const key = await localKey(identity);
    const state = person.state ? await openRecord<State>(key, "state", person.state) : {};
    return new Me(person.id, person.picture, identity, key, { ...emptyState(), ...state });
  }

  /** What a person begins with on this phone. */
  static async begin(identity: Identity, begins: Partial<State>): Promise<Uint8Array<ArrayBuffer>> {
    return sealRecord(await localKey(identity), "state", { ...emptyState(), ...begins });
  }

  /** Changes what is kept. Another tab may have changed it too: what is there now is what is changed. acts wait from the same moment on. */
  async change(act: (state: State) => void, ...acts: Waiting[]): Promise<void> {
    const run = async (): Promise<void> => {
      const person = await get<{ state?: Uint8Array<ArrayBuffer> }>("people", this.id);
      if (!person && acts.length) throw new Error("whoever has left this phone does nothing more");
      if (person?.state) this.state = { ...emptyState(), ...(await openRecord<State>(this.#key, "state", person.state)) };
      act(this.state);
      const state = await sealRecord(this.#key, "state", this.state);
      await update<object>("people", this.id, (p) => ({ ...p, state }), ...acts.map(placed));
    };
    await ("locks" in navigator ? navigator.locks.request(`state ${this.id}`, run) : run());
    if (acts.length) send();
  }

  /** The vault that this person's signatures are for. It is read once: one that names another later gets no signature. */
  async deployment(): Promise<Deployment> {
    const kept = this.kept();
    if (kept) return kept;
    const now = await vault.deployment();
    const word = (d: Deployment["ledger"]): [string, Hex] => [String(d.chainId), d.contract];
    await this.change((s) => {
      s.deployment ??= { ledger: word(now.ledger), registry: word(now.registry), institutions: word(now.institutions), origin: now.origin, logKey: hex(now.logKey) };
    });
    return this.kept()!;
  }

  kept(): Deployment | undefined {
    const d = this.state.deployment;
    if (!d) return undefined;
    const domain = ([chain, contract]: [string, Hex]): Deployment["ledger"] => ({ chainId: BigInt(chain), contract });
    return { ledger: domain(d.ledger), registry: domain(d.registry), institutions: domain(d.institutions), origin: d.origin, logKey: unhex(d.logKey, 32) };
  }

  /** Refuses to go on with a vault that is another than at the first visit. */
  async check(): Promise<Deployment> {
    const kept = await this.deployment();
    if (!sameDeployment(kept, await vault.deployment())) throw new OtherVault();
    return kept;
  }

  /** Makes the key known, as soon as there is a network. */
  async enrol(): Promise<void> {
    if (this.state.enrolled) return;
    const ledger = await this.#ledger();
    const deployment = await this.deployment();
    if (this.state.came && !sameLedger(this.state.came, deployment)) return; // who came from elsewhere is told, and stays unknown here
    await keep(this.id, enrol(this.identity, deployment, ledger.jurisdiction ?? "", vault.now()));
  }

  /** States here what rules could know at the place before, where nothing was stated here yet. */
  async takeFacts(): Promise<void> {
    const { facts } = this.state;
    if (!facts || !this.state.enrolled) return;
    const d = await this.check();
    const { stated_at } = await vault.facts(this.identity, d);
    if (!stated_at) await keep(this.id, stateFacts(this.identity, d, facts, vault.now(), "facts:came"));
    else await this.change((s) => void delete s.facts);
  }

  #child(index: number): Identity {
    const made = this.#children.get(index) ?? this.identity.child(index);
    this.#children.set(index, made);
    return made;
  }

  /** This person, and the children for whom they give now. */
  givers(now: number): [Giver, ...Giver[]] {
    return [this, ...this.state.children.filter((c) => givesFor(c, now)).map((c) => this.childs(c))];
  }

  /** A child, whoever decides for it. */
  childs = (c: Child): Giver => ({ id: c.id, picture: pictureOf(c), identity: this.#child(c.index), until: c.until! });

  /** Forgets a child that has its key itself, and what was permitted for it. */
  async forget({ id, index }: Child): Promise<void> {
    await this.change((s) => {
      for (const r of s.children.find((c) => c.id === id)?.receipts ?? []) {
        delete s.notices[r.id];
        delete s.answered[r.grant.request];
      }
      handedOver(s, index);
    });
    this.#children.delete(index);
  }

  /** For whom an act of the queue is that comes in a session, once the vault knows them. */
  known(person: string): Identity | undefined {
    const c = this.state.children.find((c) => c.id === person);
    return c ? (c.enrolled ? this.#child(c.index) : undefined) : person === this.id && this.state.enrolled ? this.identity : undefined;
  }

  /** What is kept of somebody's permissions, to be read here and changed in change. */
  static permissions(s: State, of: Giver): Permissions {
    return s.children.find((c) => c.id === of.id) ?? (of.until === undefined ? s : { receipts: [], stopped: {} }); // of a child that was forgotten in another tab nothing is kept
  }

  permissions = (of: Giver): Permissions => Me.permissions(this.state, of);

  /** What waits of this person and the children, oldest first. */
  async waiting(): Promise<Waiting[]> {
    const own = new Set([this.id, ...this.state.children.map((c) => c.id)]);
    return (await waiting()).filter((w) => own.has(w.person));
  }

  /** Children that the vault does not know yet. */
  strangers = (now: number): Child[] => this.state.children.filter((c) => !c.represented && !c.other && !grown(c, now));

  /** Makes the children known and says who gives for them, once this person is known. */
  async introduce(): Promise<void> {
    if (!this.state.enrolled || this.state.erased || !this.strangers(vault.now()).length) return;
    const d = await this.check();
    const { jurisdiction, majority } = await this.#ledger();
    if (!majority) return; // nobody gives for a child where policy has no age
    await this.change((s) => {
      for (const c of s.children) if (c.born !== undefined) c.until ??= lastDay(c.born, majority);
    });
    for (const c of this.strangers(vault.now())) if (c.free || (await this.#isFree(c, d))) for (const act of introduce(c, this.identity, d, jurisdiction ?? "", vault.now())) await keep(c.id, act);
  }

  /** Whether no other phone of this person has made this child known; one that another has is taken as it is. */
  async #isFree({ id, index }: Child, d: Deployment): Promise<boolean> {
    const child = this.#child(index);
    const said = await vault.representative(child, d);
    const there = standing(said, this.identity.id) ?? (said && alone(await vault.facts(child, d)) ? { other: true } : undefined); // handed over, and moved: it is nobody's child
    await this.change((s) => {
      const c = s.children.find((c) => c.id === id);
      if (!c) return;
      if (!there) c.free = true;
      else settle(Object.assign(c, { already: true }), there);
    });
    return !there;
  }

  /** Finds the children of somebody who has come back, one key after the other; what was not answered is asked next time. told: of each step; it says whether to go on. */
  find(told: () => boolean = () => true): Promise<void> {
    return (this.#finding ??= this.#find(told).finally(() => (this.#finding = undefined)));
  }

  async #find(told: () => boolean): Promise<void> {
    if (!this.state.unasked?.length || !this.state.enrolled || this.state.erased) return;
    const d = await this.check();
    if (!(await vault.representative(this.identity, d))) return; // who is not known here is told nothing of anybody: that is no answer
    await search(this.state.unasked, this.identity.id, (index) => vault.representative(this.#child(index), d), async (index, there) => {
      await this.change((s) => found(s, index, there));
      const on = told();
      if (on) await new Promise((done) => setTimeout(done, pace));
      return on;
    });
  }

  async #ledger(): Promise<Ledger> {
    const ledger = await vault.ledger();
    if (ledger.majority !== this.state.majority) await this.change((s) => void (ledger.majority ? (s.majority = ledger.majority) : delete s.majority));
    return ledger;
  }

  /** Takes over what was answered while nobody looked. */
  async collect(): Promise<void> {
    for (const w of await this.waiting()) {
      if (isLost(w) && !w.undone) await this.#undo(w);
      if (w.state !== "done") continue;
      const answer = await answerOf(w);
      const { id } = await actOf(w);
      await this.change((s) => {
        const child = s.children.find((c) => c.id === w.person);
        if (w.kind === "enrol") (child ?? s).enrolled = true;
        else if (w.kind === "withdraw") stoppedBy(child ?? s, [answer as Withdrawn]);
        else if (w.kind === "withdrawAll") stoppedBy(child ?? s, (answer as { withdrawn: Withdrawn[] }).withdrawn);
        else if (w.kind === "represent" && child) child.represented = true;
        else if (w.kind === "facts" && child) child.stated = true;
        else if (w.kind === "card" && s.card && id === `card:${s.card.id}`) s.card.taken = true;
        else if (w.kind === "erase") s.erased = answer;
        else if (w.kind === "facts") delete s.facts;
        else if (w.kind === "import" && s.came) count(s.came, answer as Imported, w.person, this.id);
      });
      await forget(w.key);
      if (w.kind === "enrol") void hurry(); // what needs a key that is known
    }
  }

  /** What was not taken was not done: what was asked can be answered again, and what was to be stopped stands. A receipt
   *  stays, because an earlier try may have come through without an answer. */
  async #undo(w: Waiting): Promise<void> {
    const act = await actOf(w);
    const { request, grants } = about(act);
    await this.change((s) => {
      if (act.id === `card:${s.card?.id}`) delete s.card;
      const { stopped } = s.children.find((c) => c.id === w.person) ?? s;
      if (request) delete s.answered[request];
      if (w.state === "failed") for (const g of grants) if (stopped[g] === null) delete stopped[g]; // late it goes on one by one
    });
    await noteUndone(w);
  }

  /** Puts away what was not taken. */
  async putAway(w: Waiting): Promise<void> {
    if (w.kind === "import") await this.change((s) => void delete s.came); // it is at the other place, and can be brought again
    await forget(w.key);
  }

  /** An organisation as the ledger has it, or as it was when it was last seen. */
  async institution(id: Hex): Promise<Institution | undefined> {
    const kept = this.state.institutions[id];
    if (kept) return kept;
    try {
      const found = await vault.institution(id);
      await this.change((s) => {
        s.institutions[id] = found;
      });
      return found;
    } catch {
      return undefined;
    }
  }
}

function count(came: Came, { values }: Imported, whose: string, own: string): void {
  const refused = values.filter((v) => v.outcome === "refused").length;
  const each = (came.each = { ...came.each, [whose]: [values.length - refused, refused] }); // here is also what was here already: an answer may have been lost
  if (each[own]) [came.here, came.refused] = Object.values(each).reduce(([a, b], [c, d]) => [a + c, b + d]);
}

function stoppedBy(s: Permissions, list: Withdrawn[]): void {
  for (const w of list) s.stopped[w.grant] = w;
}

export class OtherVault extends Error {}

/** The fields' words and pictures; what was kept where there is no network. */
export async function catalog(): Promise<Catalog> {
  try {
    const now = await vault.catalog();
    await put("kept", "catalog", now);
    return now;
  } catch (e) {
    const kept = await get<Catalog>("kept", "catalog");
    if (kept) return kept;
    throw e;
  }
}
