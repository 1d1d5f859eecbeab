// A vault's log: checkpoints (C2SP tlog-checkpoint), tiles (C2SP tlog-tiles), and the proofs of
// RFC 6962 that are made from them on the phone, so that the vault never learns which entry one is about.
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64, concat, equal, FormError, fromUtf8, unbase64, utf8 } from "./bytes.ts";

/** What a log is trusted by: kept since the first visit. */
export interface Log {
  origin: string;
  /** Ed25519. */
  key: Uint8Array;
}

/** Something does not prove what it should. */
export class ProofError extends Error {
  override name = "ProofError";
}

/** Two things that the log signed contradict each other: evidence against whoever runs the
 *  vault, that anyone can check. Keep both. */
export class BrokenError extends ProofError {
  override name = "BrokenError";
  readonly evidence: readonly string[];
  constructor(message: string, evidence: readonly string[]) {
    super(message);
    this.evidence = evidence;
  }
}

export const signedByLog = (log: Log, message: Uint8Array, signature: Uint8Array): boolean => {
  try {
    return ed25519.verify(signature, message, log.key, { zip215: false });
  } catch {
    return false;
  }
};

/** label ‖ 0x00 ‖ length of the origin ‖ origin: how everything that a log signs begins, but checkpoints. */
export function labelled(label: string, origin: string): Uint8Array {
  const name = utf8(origin);
  if (name.length === 0 || name.length > 255) throw new FormError("log origin: want 1 to 255 bytes");
  return concat(utf8(`${label}\0`), Uint8Array.of(name.length), name);
}

export interface Tree {
  size: number;
  root: Uint8Array;
}

export interface Checkpoint extends Tree {
  /** As signed: keep this. */
  note: string;
}

const maxCheckpoint = 64 << 10;

/** Reads a checkpoint that the log has signed. ProofError. Signatures of others, witnesses among them, are not looked at. */
export function readCheckpoint(log: Log, note: string): Checkpoint {
  const end = note.lastIndexOf("\n\n");
  const text = note.slice(0, end + 1);
  const [origin, size, root, rest] = text.split("\n");
  const refuse = (): ProofError => new ProofError("checkpoint: not signed by the log's key, or not of this log");
  if (note.length > maxCheckpoint || end < 0 || origin !== log.origin || rest !== "" || text.split("\n").length !== 4 || !/^(0|[1-9][0-9]{0,15})$/.test(size!)) throw refuse();
  const name = concat(utf8(`${log.origin}\n`), Uint8Array.of(1), log.key);
  const keyHash = sha256(name).subarray(0, 4);
  let signed = false;
  const lines = note.slice(end + 2).split("\n");
  if (lines.pop() !== "" || lines.length === 0 || lines.length > 100) throw refuse();
  for (const line of lines) {
    const [dash, who, what, more] = line.split(" ");
    if (dash !== "—" || !who || !what || more !== undefined) throw refuse();
    let signature: Uint8Array;
    try {
      signature = unbase64(what);
    } catch {
      throw refuse();
    }
    if (who !== log.origin || !equal(signature.subarray(0, 4), keyHash)) continue;
    if (signed || !signedByLog(log, utf8(text), signature.subarray(4))) throw refuse();
    signed = true;
  }
  const tree = { size: Number(size), root: unbase64OrThrow(root!, refuse) };
  if (!signed || tree.root.length !== 32 || !Number.isSafeInteger(tree.size)) throw refuse();
  return { ...tree, note };
}

function unbase64OrThrow(text: string, refuse: () => Error): Uint8Array {
  try {
    return unbase64(text);
  } catch {
    throw refuse();
  }
}

const node = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(concat(Uint8Array.of(1), left, right));

// The largest power of two below n, for n > 1. Sizes may be above 2³²: no shifts.
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** Checks that a leaf with this hash stands at an index of the tree. ProofError. */
export function includes(tree: Tree, leaf: Uint8Array, index: number, path: readonly Uint8Array[]): void {
  if (index < 0 || index >= tree.size) throw new ProofError("not in the log's tree yet");
  const run = (lo: number, hi: number, used: number): Uint8Array => {
    if (lo + 1 === hi) {
      if (used !== 0) throw new ProofError("inclusion");
      return leaf;
    }
    const beside = path[used - 1];
    if (!beside) throw new ProofError("inclusion");
    const middle = lo + split(hi - lo);
    return index < middle ? node(run(lo, middle, used - 1), beside) : node(beside, run(middle, hi, used - 1));
  };
  if (!equal(run(0, tree.size, path.length), tree.root)) throw new ProofError("inclusion");
}

/** Checks that a tree begins with all of an older one: nothing was taken out or changed. ProofError. */
export function extendsTree(newer: Tree, older: Tree, path: readonly Uint8Array[]): void {
  if (older.size > newer.size) throw new ProofError("the older tree is the larger");
  if (older.size === newer.size || older.size === 0) {
    const root = older.size === 0 ? sha256(new Uint8Array()) : newer.root;
    if (path.length !== 0 || !equal(older.root, root)) throw new ProofError("consistency");
    return;
  }
  const run = (lo: number, hi: number, used: number): [Uint8Array, Uint8Array] => {
    if (older.size === hi) {
      if (used !== (lo === 0 ? 0 : 1)) throw new ProofError("consistency");
      const hash = lo === 0 ? older.root : path[0]!;
      return [hash, hash];
    }
    const beside = path[used - 1];
    if (!beside) throw new ProofError("consistency");
    const middle = lo + split(hi - lo);
    if (older.size <= middle) {
      const [was, is] = run(lo, middle, used - 1);
      return [was, node(is, beside)];
    }
    const [was, is] = run(middle, hi, used - 1);
    return [node(beside, was), node(beside, is)];
  };
  const [was, is] = run(0, newer.size, path.length);
  if (!equal(was, older.root) || !equal(is, newer.root)) throw new ProofError("consistency");
}

/** Reads a public file of the log, "tile/0/x001/067.p/8" for example; undefined where there is none. */
export type LogFile = (path: string) => Promise<Uint8Array | undefined>;

/** Makes proofs from the log's tiles. What it gives is checked by includes and extendsTree: a tile
 *  that was tampered with proves nothing. */
export class Tiles {
  readonly #file: LogFile;
  readonly #newest: number;
  readonly #kept = new Map<string, Promise<Uint8Array>>();

  /** newest: the size of the newest checkpoint known; parts of tiles of smaller ones may be gone. */
  constructor(file: LogFile, newest: number) {
    this.#file = file;
    this.#newest = newest;
  }

  /** The hash of the leaf at an index, as the tiles have it. */
  leaf(index: number): Promise<Uint8Array> {
    return this.#subtree(index, index + 1);
  }

  /** The root of the tree of this size, as the tiles have it. */
  root(size: number): Promise<Uint8Array> {
    return this.#subtree(0, size);
  }

  async inclusion(size: number, index: number): Promise<Uint8Array[]> {
    const path: Promise<Uint8Array>[] = [];
    for (let lo = 0, hi = size; lo + 1 < hi; ) {
      const middle = lo + split(hi - lo);
      if (index < middle) {
        path.unshift(this.#subtree(middle, hi));
        hi = middle;
      } else {
        path.unshift(this.#subtree(lo, middle));
        lo = middle;
      }
    }
    return Promise.all(path);
  }

  async consistency(older: number, newer: number): Promise<Uint8Array[]> {
    if (older === 0 || older >= newer) return [];
    const path: Promise<Uint8Array>[] = [];
    let lo = 0;
    let hi = newer;
    while (older !== hi) {
      const middle = lo + split(hi - lo);
      if (older <= middle) {
        path.unshift(this.#subtree(middle, hi));
        hi = middle;
      } else {
        path.unshift(this.#subtree(lo, middle));
        lo = middle;
      }
    }
    if (lo !== 0) path.unshift(this.#subtree(lo, hi));
    return Promise.all(path);
  }

  #subtree(lo: number, hi: number): Promise<Uint8Array> {
    const name = `${lo}-${hi}`;
    let kept = this.#kept.get(name);
    if (!kept) {
      kept = this.#hash(lo, hi);
      this.#kept.set(name, kept);
    }
    return kept;
  }

  async #hash(lo: number, hi: number): Promise<Uint8Array> {
    let level = 0;
    for (let width = 1; width < hi - lo; width *= 2) level++;
    if (2 ** level !== hi - lo) {
      const middle = lo + split(hi - lo);
      const [left, right] = await Promise.all([this.#subtree(lo, middle), this.#subtree(middle, hi)]);
      return node(left, right);
    }
    const tileLevel = Math.floor(level / 8);
    const first = lo / 256 ** tileLevel; // of the tile's hashes, those that the subtree covers
    const count = 2 ** (level % 8);
    const tile = await this.#tile(tileLevel, Math.floor(first / 256));
    let hashes = Array.from({ length: count }, (_, i) => tile.subarray(((first % 256) + i) * 32, ((first % 256) + i + 1) * 32));
    if (hashes.some((h) => h.length !== 32)) throw new ProofError("tile: too short");
    while (hashes.length > 1) hashes = Array.from({ length: hashes.length / 2 }, (_, i) => node(hashes[2 * i]!, hashes[2 * i + 1]!));
    return hashes[0]!;
  }

  #tile(level: number, number: number): Promise<Uint8Array> {
    const width = Math.min(256, Math.floor(this.#newest / 256 ** level) - 256 * number);
    if (width <= 0) throw new ProofError("tile: beyond the newest checkpoint");
    const full = tilePath(level, number);
    let kept = this.#kept.get(full);
    if (!kept) {
      kept = this.#fetch(full, width);
      this.#kept.set(full, kept);
    }
    return kept;
  }

  // The widest the newest tree has, and the full one where the log has meanwhile dropped that.
  async #fetch(full: string, width: number): Promise<Uint8Array> {
    const tile = (width < 256 ? await this.#file(`${full}.p/${width}`) : undefined) ?? (await this.#file(full));
    if (!tile || tile.length < 32 * width || tile.length > 256 * 32) throw new ProofError("tile: missing, or of a wrong size");
    return tile;
  }
}

function tilePath(level: number, number: number): string {
  let path = String(number % 1000).padStart(3, "0");
  for (let rest = Math.floor(number / 1000); rest > 0; rest = Math.floor(rest / 1000)) path = `x${String(rest % 1000).padStart(3, "0")}/${path}`;
  return `tile/${level}/${path}`;
}

/** Fetches and reads the newest checkpoint. ProofError; undefined where the log has none yet. */
export async function newestCheckpoint(log: Log, file: LogFile): Promise<Checkpoint | undefined> {
  const note = await file("checkpoint");
  if (!note) return undefined;
  try {
    return readCheckpoint(log, fromUtf8(note));
  } catch (e) {
    if (e instanceof FormError) throw new ProofError("checkpoint: not text");
    throw e;
  }
}

/** The name of a log's key as files of proofs spell it: origin+hash+key. */
export function verifierKey(log: Log): string {
  const key = concat(Uint8Array.of(1), log.key);
  const hash = sha256(concat(utf8(`${log.origin}\n`), key)).subarray(0, 4);
  return `${log.origin}+${Array.from(hash, (b) => b.toString(16).padStart(2, "0")).join("")}+${base64(key)}`;
}

/** Reads origin+hash+key. FormError. */
export function readVerifierKey(text: string): Log {
  const match = /^([^+ \n]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
  const key = match ? unbase64(match[3]!) : new Uint8Array();
  const log = { origin: match?.[1] ?? "", key: key.slice(1) };
  if (key.length !== 33 || verifierKey(log) !== text) throw new FormError("not the key of a log");
  return log;
}
