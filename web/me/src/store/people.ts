// The people who use this phone, each behind their six digits.
import { add as addOnce, all, get, put, remove, update } from "./db";
import { derive, type Identity } from "../wallet/seed";
import { base64, base64url, random, utf8 } from "../wallet/bytes";
import { pause, wholeMinute, WrongPinError } from "../wallet/pin";
import { makeDeviceKey, openIdentity, sealIdentity, type Sealed } from "../wallet/seal";
import { Me } from "../me";
import { PinError } from "../ui/pin";
import { moment } from "../lang/words";

export interface Person {
  id: string;
  /** To be found by, among others on this phone. */
  picture: string;
  seed: Sealed;
  /** By which whoever has this seed finds out that it is here; it says nothing to anybody else. */
  mark?: string;
  state?: Uint8Array<ArrayBuffer>;
  /** Wrong digits one after the other, and when the last ones were typed, in Unix milliseconds. */
  wrong: number;
  last: number;
}

const pictures = ["🌳", "⛵", "🥕", "🍋", "🐓", "🥁", "🐌", "⚓", "🐢", "🌵", "🍉", "🦀", "🐝", "🏔️", "🚲", "🎈"];

/** A key of this phone that cannot be taken out of its browser. */
export async function device(): Promise<CryptoKey> {
  const kept = await get<CryptoKey>("device", "key");
  if (kept) return kept;
  const made = await makeDeviceKey();
  return (await addOnce("device", "key", made)) ? made : device(); // another tab may have been first: what it has wrapped must open
}

export const people = (): Promise<Person[]> => all<Person>("people");

/** Somebody to be kept on this phone behind six digits. */
export async function prepare(identity: Identity, pin: string): Promise<Person> {
  void lasting();
  const used = (await people()).map((p) => p.picture);
  const free = pictures.filter((p) => !used.includes(p));
  const seed = await sealIdentity(identity, pin, await device());
  return { id: base64url(random(9)), picture: free[random(1)[0]! % free.length] ?? pictures[0]!, seed, mark: markOf(identity, seed), wrong: 0, last: 0 };
}

export async function add(identity: Identity, pin: string): Promise<Me> {
  const person = await prepare(identity, pin);
  await put("people", person.id, person);
  return Me.of(person, identity);
}

/** Asks the browser not to clear what is kept where the phone has little room: a key may be nowhere else. It may say no. */
async function lasting(): Promise<void> {
  await navigator.storage?.persist?.().catch(() => false);
}

const markOf = (identity: Identity, seed: Sealed): string => base64(derive(identity.seedBytes(), utf8(`wrappy phone mark v1\0${seed.salt}`), 16));

/** Whether this identity is on this phone, behind whatever digits. */
export const isHere = async (identity: Identity): Promise<boolean> => (await people()).some((p) => p.mark === markOf(identity, p.seed));

/** Opens with the six digits. PinError: they are wrong, or too many were wrong and it is too early. */
export async function unlock(id: string, pin: string): Promise<Me> {
  const person = await get<Person>("people", id);
  if (!person) throw new PinError("who.title");
  const free = person.last + pause(person.wrong);
  if (Date.now() < free) throw new PinError("pin.wait", { time: moment(wholeMinute(free)) });
  // counted before it is tried: taking the battery out gives no guess
  await update<Person>("people", id, (p) => ({ ...p, wrong: p.wrong + 1, last: Date.now() }));
  const identity = await openIdentity(person.seed, pin, await device()).catch((e: unknown) => {
    throw e instanceof WrongPinError ? new PinError("pin.wrong") : e;
  });
  await update<Person>("people", id, (p) => ({ ...p, mark: markOf(identity, p.seed), wrong: 0, last: 0 }));
  return Me.of((await get<Person>("people", id)) ?? person, identity);
}

export const leave = (id: string): Promise<unknown> => remove("people", id);
