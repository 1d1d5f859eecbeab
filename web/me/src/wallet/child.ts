// A child for whom somebody gives: docs/protocol/assist.md, "Representative". It is an identity of its own;
// its keys follow from the seed of whoever gives for it, and are kept nowhere.
import { enrol, stateFacts, type Act } from "./acts.ts";
import { represent } from "./assist.ts";
import { base64url, random, type Hex } from "./bytes.ts";
import type { Deployment } from "./api.ts";
import type { Receipt } from "./grant.ts";
import type { Identity } from "./seed.ts";
import type { Facts, OwnGrant, Representative, Withdrawn } from "./wire.ts";

/** What is kept of somebody's permissions. */
export interface Permissions {
  receipts: Receipt[];
  /** Grants that were stopped here, with the vault's answer when it has come. */
  stopped: Record<string, Withdrawn | null>;
  /** What the vault said of all that was given when it was last asked: for when there is no network, also where no receipt is here. */
  seen?: OwnGrant[];
  /** What history.ts keeps from one look to the next. */
  history?: unknown;
}

/** One stands for each child, in place of a name. A picture's place is the index from which the child's key follows: add at the
 *  end, and change nothing, or a phone that finds a child again shows another's picture. */
export const pictures = ["🐸", "🦋", "🐘", "🌻", "🚂", "🐬", "🍓", "🦉", "🐱", "🐰", "🦒", "🐟", "🌈", "🍎", "🐴", "🐞"];

/** A child as it is kept, sealed. */
export interface Child extends Permissions {
  /** Of its acts while they wait; it says nothing to anybody. */
  id: string;
  /** Of its key and its picture. */
  index: number;
  /** Year of birth. Absent for a child that was found again by its key: the vault was never told. */
  born?: number;
  /** Unix seconds, a whole day: from then on the child decides alone. Absent until the vault has told the age. */
  until?: number;
  enrolled?: boolean;
  /** That it is a minor and represented. */
  stated?: boolean;
  represented?: boolean;
  /** Countries to which nothing of it may ever go, where it was stated at a place before. */
  never?: string[];
  /** Somebody else gives for it by now. */
  other?: boolean;
  /** The vault was asked whether it knows the key, before anything was said by it: another phone may have chosen this picture first. */
  free?: boolean;
  /** Another phone had. */
  already?: boolean;
  /** File and code of its key were made, for its own phone. */
  handed?: boolean;
}

export const makeChild = (index: number, born: number): Child => ({ id: base64url(random(9)), index, born, receipts: [], stopped: {} });

export const pictureOf = (c: Pick<Child, "index">): string => pictures[c.index] ?? "🧒";

export type Standing = Pick<Child, "until" | "other">;

/** What a vault's answer says of a child's place there: until when this parent gives for it, or that somebody else
 *  does. undefined: it is not there, or nobody gives for it. */
export const standing = (r: Representative | undefined, by: Hex): Standing | undefined =>
  r?.representative === undefined || r.until === undefined ? undefined : r.representative === by ? { until: r.until } : { until: r.until, other: true };

/** Whether somebody says of themself that they decide alone. */
export const alone = (f: Facts): boolean => !!f.stated_at && !f.minor;

/** A child becomes what the vault knows of it. */
export function settle(c: Child, s: Standing): void {
  Object.assign(c, s, { enrolled: true, stated: true, represented: !s.other });
}

/** Keeps that a key was asked for, and the child whose it is. */
export function found(p: { children: Child[]; unasked?: number[]; used?: readonly number[] }, index: number, s: Standing | undefined): void {
  const rest = p.unasked?.filter((i) => i !== index);
  if (rest?.length) p.unasked = rest;
  else delete p.unasked;
  if (!s || taken(p).includes(index)) return; // one that was added meanwhile asks for itself
  const c: Child = { id: base64url(random(9)), index, receipts: [], stopped: {} };
  settle(c, s);
  p.children.push(c);
}

/** Asks for one key after the other: whoever has come back knows their seed and not how many children they have. step keeps
 *  each answer before the next is asked for, and says whether to go on; what ask throws ends it, and loses nothing. */
export async function search(unasked: readonly number[], by: Hex, ask: (index: number) => Promise<Representative | undefined>, step: (index: number, s: Standing | undefined) => Promise<boolean>): Promise<void> {
  for (const index of unasked) if (!(await step(index, standing(await ask(index), by)))) return;
}

/** The first day of the year in which somebody comes of age. The day of birth is not asked for: so nobody is
 *  represented as an adult, and some give for themselves some months before that. */
export const lastDay = (born: number, age: number): number => Date.UTC(born + age, 0, 1) / 1000;

/** The year that leads to this day; nearly, where the day was another's choice. */
export const bornOf = (c: Child, age: number): number | undefined => c.born ?? (c.until === undefined ? undefined : new Date(c.until * 1000).getUTCFullYear() - age);

/** Whether the day has come. */
export const grown = (c: Child, now: number): boolean => c.until !== undefined && now >= c.until;

/** Whether an answer for this child can be taken. */
export const givesFor = (c: Child, now: number): boolean => !!c.represented && !c.handed && c.until !== undefined && !grown(c, now);

/** Whether its key can be handed over to it: it is of age, and known to the vault as this parent's. */
export const handsOver = (c: Child, now: number): boolean => !!c.handed || (!!c.represented && !c.other && grown(c, now));

/** Pictures that stand for a child, or stood for one that has its own key by now: another child's key would be the same. */
export const taken = (p: { children: readonly Child[]; used?: readonly number[] }): number[] => [...p.children.map((c) => c.index), ...(p.used ?? [])];

/** Keeps nothing of a child but that its index is used. */
export function handedOver(p: { children: Child[]; used?: number[] }, index: number): void {
  p.children = p.children.filter((c) => c.index !== index);
  p.used = [...new Set([...(p.used ?? []), index])];
}

/** What must still be said to the vault before anybody gives for the child. The same acts each time, signed anew. */
export function introduce(c: Child, by: Identity, d: Deployment, jurisdiction: string, now: number): Act[] {
  if (c.until === undefined || grown(c, now)) return [];
  const child = by.child(c.index);
  return [
    ...(c.enrolled ? [] : [enrol(child, d, jurisdiction, now)]),
    ...(c.stated ? [] : [stateFacts(child, d, { minor: true, representative: true, never_countries: c.never ?? [] }, now, "facts:child")]),
    ...(c.represented ? [] : [{ ...represent(child, d, by.id, c.until, now), id: "represent:child" }]),
  ];
}
