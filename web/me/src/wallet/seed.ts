// Seed, keys and identity id: docs/protocol/identity.md.
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { concat, equal, hex, random, uint, unhex, utf8, FormError, type Hex } from "./bytes.ts";

const rootInfo = utf8("wrappy root key v1");
const sessionInfo = utf8("wrappy session key v1");
const grantInfo = utf8("wrappy grant key v1\0"); // and the grant's salt
const pageInfo = utf8("wrappy page key v1");
const assistInfo = utf8("wrappy assist key v1\0"); // and the time of the statement, 8 bytes
const childSeedInfo = utf8("wrappy child seed v1\0"); // and its index, 4 bytes
const childSaltInfo = utf8("wrappy child salt v1\0"); // and its index, 4 bytes
const assistedGrantInfo = utf8("wrappy assisted grant key v1\0"); // and the grant's salt

export const zeroHash: Hex = `0x${"00".repeat(32)}`;

/** A secp256k1 signing key. It shows nothing of itself but its address. */
export class Key {
  readonly #private: Uint8Array;
  /** The last 20 bytes of Keccak-256 of the public key. */
  readonly address: Hex;

  constructor(privateKey: Uint8Array) {
    this.#private = privateKey.slice();
    this.address = addressOf(secp256k1.getPublicKey(this.#private, false));
  }

  /** The one-time key of a grant that this key, an assist key, gives with help. */
  assistedGrantKey(salt: Hex): Key {
    return deriveKey(this.#private, concat(assistedGrantInfo, unhex(salt)));
  }

  /** The private key itself, for a card's blob. Overwrite what you no longer need. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#private.slice() as Uint8Array<ArrayBuffer>;
  }

  /** Signs a digest: RFC 6979 nonce, s in the lower half, r ‖ s ‖ v, v 27 or 28. */
  sign(digest: Uint8Array): Hex {
    const made = secp256k1.sign(digest, this.#private, { prehash: false, lowS: true, format: "recovered" });
    return hex(concat(made.subarray(1), Uint8Array.of(27 + made[0]!)));
  }
}

function addressOf(uncompressed: Uint8Array): Hex {
  return hex(keccak_256(uncompressed.subarray(1)).subarray(12));
}

const halfOrder = secp256k1.Point.CURVE().n >> 1n;

/** Whether the key of address signed the digest, in a signature's one form. */
export function signedBy(digest: Uint8Array, signature: Hex, address: Hex): boolean {
  try {
    const raw = unhex(signature, 65);
    const v = raw[64]! - 27;
    if ((v !== 0 && v !== 1) || BigInt(hex(raw.subarray(32, 64))) > halfOrder) return false;
    const point = secp256k1.Signature.fromBytes(concat(Uint8Array.of(v), raw.subarray(0, 64)), "recovered").recoverPublicKey(digest);
    return equal(unhex(addressOf(point.toBytes(false)), 20), unhex(address, 20));
  } catch {
    return false;
  }
}

/** A person's seed and what the identity id derives from besides it. Losing the salt
 *  loses the id: keep it with the seed. */
export class Identity {
  readonly #seed: Uint8Array;
  readonly salt: Hex;
  /** zeroHash while there are no recovery contacts. */
  readonly recoveryHash: Hex;
  /** Known to the person and the vault; never shown to an institution. */
  readonly id: Hex;
  readonly root: Key;
  readonly session: Key;

  /** FormError for a seed that is not of 32 bytes. */
  constructor(seed: Uint8Array, salt: Hex, recoveryHash: Hex = zeroHash) {
    if (seed.length !== 32) throw new FormError("not a seed: want 32 bytes");
    this.#seed = seed.slice();
    this.salt = salt;
    this.recoveryHash = recoveryHash;
    this.root = this.#key(rootInfo);
    this.session = this.#key(sessionInfo);
    this.id = identityId(this.root.address, recoveryHash, salt);
  }

  /** Makes a fresh one. It needs no network. */
  static make(): Identity {
    return new Identity(random(32), hex(random(32)));
  }

  /** The one-time key of the grant with this salt. */
  grantKey(salt: Hex): Key {
    return this.#key(concat(grantInfo, unhex(salt)));
  }

  /** The key that a helper's device may act by, of the statement with this time. */
  assistKey(stated: number): Key {
    return this.#key(concat(assistInfo, uint(stated, 8)));
  }

  /** A child for whom this person gives: found again by whoever has the seed, and by nobody else. A child's seed tells nothing of this one. */
  child(index: number): Identity {
    const at = uint(index, 4);
    return new Identity(derive(this.#seed, concat(childSeedInfo, at), 32), hex(derive(this.#seed, concat(childSaltInfo, at), 32)));
  }

  /** A 32-byte AES-256-GCM key for what is kept beside the seed. */
  pageKey(): Uint8Array<ArrayBuffer> {
    return derive(this.#seed, pageInfo, 32);
  }

  /** The seed itself, for keeping it. Overwrite what you no longer need. */
  seedBytes(): Uint8Array<ArrayBuffer> {
    return this.#seed.slice() as Uint8Array<ArrayBuffer>;
  }

  #key(info: Uint8Array): Key {
    return deriveKey(this.#seed, info);
  }
}

/** An identity as it is sealed: format 1 ‖ seed ‖ recovery hash ‖ identity salt. */
export const encodeIdentity = (me: Identity): Uint8Array<ArrayBuffer> => concat(Uint8Array.of(1), me.seedBytes(), unhex(me.recoveryHash), unhex(me.salt));

/** Gives back the identity. FormError. */
export function decodeIdentity(plaintext: Uint8Array): Identity {
  if (plaintext.length !== 97 || plaintext[0] !== 1) throw new FormError("not an identity");
  return new Identity(plaintext.slice(1, 33), hex(plaintext.subarray(65)), hex(plaintext.subarray(33, 65)));
}

/** HKDF-SHA-256 with an empty salt. */
export const derive = (ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array<ArrayBuffer> => hkdf(sha256, ikm, undefined, info, length) as Uint8Array<ArrayBuffer>;

/** 48 derived bytes as an integer modulo (n − 1), plus 1: never zero, and with a bias below 2⁻¹²⁸. */
export function deriveKey(ikm: Uint8Array, info: Uint8Array): Key {
  const scalar = (BigInt(hex(derive(ikm, info, 48))) % (secp256k1.Point.CURVE().n - 1n)) + 1n;
  return new Key(unhex(`0x${scalar.toString(16).padStart(64, "0")}`));
}

/** Keccak-256 of the domain, the root key, the recovery hash and the salt, each a word of 32 bytes. */
export function identityId(rootKey: Hex, recoveryHash: Hex, salt: Hex): Hex {
  return hex(keccak_256(concat(keccak_256(utf8("wrappy identity v1")), new Uint8Array(12), unhex(rootKey, 20), unhex(recoveryHash), unhex(salt))));
}

/** The salt of a grant of this identity. To whoever does not know the opening it says nothing. */
export function grantSalt(identity: Hex, opening: Hex): Hex {
  return hex(keccak_256(concat(utf8("wrappy grant salt v1\0"), unhex(identity), unhex(opening))));
}
