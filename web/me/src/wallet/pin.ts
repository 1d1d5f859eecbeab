// PINs: docs/protocol/card.md, docs/decisions/0050-a-pin-on-a-cheap-phone.md.
import { argon2idAsync } from "@noble/hashes/argon2.js";
import { asciiDigits, FormError, utf8 } from "./bytes.ts";

/** What was sealed under a PIN does not open with this one. */
export class WrongPinError extends Error {
  override name = "WrongPinError";
}

/** 6 to 12 digits of whatever script, as ASCII. FormError. */
export function readPin(text: string): string {
  const pin = asciiDigits(text.trim());
  if (!/^[0-9]{6,12}$/.test(pin)) throw new FormError("PIN: want 6 to 12 digits");
  return pin;
}

/** Argon2id: 19 MiB, 2 passes, 1 lane. It gives way to the screen every 30 ms. FormError. */
export const stretchPin = async (pin: string, salt: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  (await argon2idAsync(utf8(readPin(pin)), salt, { m: 19 << 10, t: 2, p: 1, dkLen: 32, asyncTick: 30 })) as Uint8Array<ArrayBuffer>;

/** Milliseconds in which nothing is tried after wrong PINs. Five are free, as everybody mistypes; after ten, one an hour. Never for ever: somebody else could cause that. */
export const pause = (wrong: number): number => (wrong < 5 ? 0 : wrong < 10 ? 30_000 : 3_600_000);

/** Unix seconds of the first whole minute at which that is over: the minute that it is now has begun already. */
export const wholeMinute = (milliseconds: number): number => Math.ceil(milliseconds / 60_000) * 60;
