// The CBOR that a log holds, in its one canonical spelling (RFC 8949 §4.2.1): unsigned
// integers, bytes, text, arrays and booleans. Anything else, and every other spelling, is refused.
import { FormError, fromUtf8, hex, type Hex } from "./bytes.ts";

const maxListed = 512;

/** Reads one array member by member. Every method throws FormError for what is not of its type. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get at(): number {
    return this.#at;
  }

  #head(major: number): number {
    const first = this.#bytes[this.#at++];
    if (first === undefined || first >> 5 !== major) throw new FormError("not of this form");
    const short = first & 31;
    if (short < 24) return short;
    const length = [1, 2, 4, 8][short - 24];
    if (length === undefined || this.#at + length > this.#bytes.length) throw new FormError("not of this form");
    let value = 0;
    for (let i = 0; i < length; i++) value = value * 256 + this.#bytes[this.#at++]!;
    if (value < [24, 256, 65536, 2 ** 32][short - 24]! || !Number.isSafeInteger(value)) throw new FormError("not in its one spelling");
    return value;
  }

  #take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw new FormError("cut short");
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }

  uint(most = Number.MAX_SAFE_INTEGER): number {
    const value = this.#head(0);
    if (value > most) throw new FormError("number out of range");
    return value;
  }

  bytes(length?: number): Uint8Array {
    const taken = this.#take(this.#head(2));
    if (length !== undefined && taken.length !== length) throw new FormError(`want ${length} bytes`);
    return taken;
  }

  hash = (): Hex => hex(this.bytes(32));

  text(): string {
    return fromUtf8(this.#take(this.#head(3)));
  }

  /** The head of an array of exactly so many members. */
  array(members: number): void {
    if (this.#head(4) !== members) throw new FormError("not of this form");
  }

  list<T>(item: () => T): T[] {
    const length = this.#head(4);
    if (length > maxListed) throw new FormError("list too long");
    return Array.from({ length }, item);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new FormError("trailing bytes");
  }
}

