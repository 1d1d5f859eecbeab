// Who asked to see what, proven on the phone: docs/wallet.md, "Check".
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, FormError, hex, uint, unbase64, unhex, type Hex } from "./bytes.ts";
import { leafHash, open, personal, plaintextDigest, readPersonal, readShared, shared, type SharedPart } from "./entry.ts";
import { BrokenError, extendsTree, includes, labelled, newestCheckpoint, ProofError, readCheckpoint, signedByLog, Tiles, type Checkpoint, type Log, type LogFile } from "./log.ts";
import { zeroHash } from "./seed.ts";
import type { CompletenessStatement, HistoryItem, HistoryPage, Proof } from "./wire.ts";

/** What is kept between two looks, so that a later answer cannot leave out or change what an
 *  earlier one showed. A plain object. */
export interface Kept {
  /** So many entries, from the first, are known to be in the log. */
  sequence: number;
  /** SHA-256 of the last one's personal part. */
  last: Hex;
  /** Over index and leaf of each: these need no second proof. */
  leaves: Hex;
  /** The newest checkpoint seen, as signed. */
  checkpoint?: string;
  /** What the vault promised to write down. */
  promises: { index: number; leafHash: Hex }[];
}

export const nothingKept: Kept = { sequence: 0, last: zeroHash, leaves: zeroHash, promises: [] };

/** An entry, by what its leaf commits to; the vault's own words are not read. */
export interface Entry extends SharedPart {
  index: number;
  sequence: number;
  /** proven: in the log's signed tree. waiting: the tree does not reach so far yet, or could not be
   *  asked. bad: something about it is wrong, a fault says what. */
  mark: "proven" | "waiting" | "bad";
}

/** What is wrong, and where. */
export interface Fault {
  /**
   * entry: it does not say what the log has of it · missing: entries are not shown · changed: what was
   * shown before is another now · statement: the vault does not sign that this is all · order: not in the log's
   * order · inclusion: not in the log · checkpoint: the log went back, or was not signed · forked: the log showed
   * two histories · promise: something that was promised is not in the log · late: not in the log after minutes
   */
  what: "entry" | "missing" | "changed" | "statement" | "order" | "inclusion" | "checkpoint" | "forked" | "promise" | "late";
  /** Of the entry. */
  sequence?: number;
  /** Signed by the log, to be shown to others. */
  evidence?: readonly string[];
}

export interface Checked {
  entries: Entry[];
  faults: Fault[];
  /** To be kept for the next time; what was given, where there is a fault. */
  kept: Kept;
  /** Whether the log could be asked. */
  reached: boolean;
}

const patience = 600; // seconds
const lateAfter = 60; // seconds; a log promises 2

interface Read {
  entry: Entry;
  leaf: Uint8Array;
  digest: Hex | undefined; // of the personal part
}

/** Checks a whole history, as Vault.history gives it. file reads the log's public files. It throws
 *  only what file throws for other reasons than a bad network. now: Unix seconds. */
export async function checkHistory(identity: Hex, log: Log, kept: Kept, pages: readonly HistoryPage[], file: LogFile, now: number): Promise<Checked> {
  const faults: Fault[] = [];
  const read = readAll(identity, pages.flatMap((p) => p.entries), faults);
  const before = read[kept.sequence - 1];
  if (kept.sequence > read.length) faults.push({ what: "missing", sequence: read.length + 1 });
  else if (before && before.digest !== kept.last) faults.push({ what: "changed", sequence: kept.sequence });
  if (!stated(identity, log, pages.at(-1)?.statement, read, now)) faults.push({ what: "statement" });

  const { checkpoint, tiles, reached } = await tree(log, kept, file, faults);
  let leaves: Hex = zeroHash;
  const marks: Hex[] = read.map((r) => (leaves = hex(sha256(concat(unhex(leaves), uint(r.entry.index, 8), leafHash(r.leaf))))));
  const known = kept.sequence > 0 && marks[kept.sequence - 1] === kept.leaves ? kept.sequence : 0;
  let unreachable = !reached;
  for (const [i, r] of read.entries()) {
    if (r.entry.mark === "bad") continue;
    if (i > 0 && r.entry.index <= read[i - 1]!.entry.index) {
      r.entry.mark = "bad";
      faults.push({ what: "order", sequence: r.entry.sequence });
    } else if (i < known) {
      r.entry.mark = "proven";
    } else if (checkpoint && tiles && r.entry.index < checkpoint.size) {
      if (unreachable) continue;
      try {
        includes(checkpoint, leafHash(r.leaf), r.entry.index, await tiles.inclusion(checkpoint.size, r.entry.index));
        r.entry.mark = "proven";
      } catch (e) {
        if (!(e instanceof ProofError)) unreachable = true;
        else {
          r.entry.mark = "bad";
          faults.push({ what: "inclusion", sequence: r.entry.sequence });
        }
      }
    } else if (reached && r.entry.timeMilli / 1000 < now - lateAfter) {
      faults.push({ what: "late", sequence: r.entry.sequence });
    }
  }
  const promises = await keptPromises(kept.promises, checkpoint, tiles, faults);
  const entries = read.map((r) => r.entry);
  if (faults.length > 0) return { entries, faults, kept, reached: !unreachable };
  const waiting = entries.findIndex((e) => e.mark !== "proven");
  const sequence = waiting < 0 ? entries.length : waiting;
  return {
    entries, faults, reached: !unreachable,
    kept: { sequence, last: read[sequence - 1]?.digest ?? zeroHash, leaves: marks[sequence - 1] ?? zeroHash, promises, ...(checkpoint ? { checkpoint: checkpoint.note } : kept.checkpoint ? { checkpoint: kept.checkpoint } : {}) },
  };
}

/** Keeps a promise that came with an answer: the next look asks for it. */
export const keepPromise = (kept: Kept, proof: Proof): Kept => ({ ...kept, promises: [...kept.promises, { index: proof.promise.index, leafHash: proof.promise.leaf_hash }].slice(-1000) });

function readAll(identity: Hex, items: readonly HistoryItem[], faults: Fault[]): Read[] {
  let expected = 1;
  let previous: Hex | undefined = zeroHash; // undefined: not known, the entry before could not be read
  return items.map((item) => {
    let leaf = new Uint8Array();
    try {
      leaf = unbase64(item.leaf);
      const plaintext = open(leaf, personal, item.opening);
      const mine = readPersonal(plaintext);
      const told = readShared(open(leaf, shared, item.shared_opening));
      if (mine.identity !== identity || mine.kind !== told.kind || mine.grant !== told.grant || mine.timeMilli !== told.timeMilli || !Number.isSafeInteger(item.index) || item.index < 0)
        throw new FormError("parts of different entries");
      if (mine.sequence !== expected) faults.push({ what: "missing", sequence: expected });
      else if (previous !== undefined && mine.previous !== previous) faults.push({ what: "changed", sequence: expected });
      const digest = plaintextDigest(plaintext);
      expected = mine.sequence + 1;
      previous = digest;
      return { entry: { ...told, index: item.index, sequence: mine.sequence, mark: "waiting" }, leaf, digest };
    } catch { // whatever a vault sends instead of an entry is a fault of that entry
      faults.push({ what: "entry", sequence: expected });
      previous = undefined;
      const unknown = { kind: "", institution: undefined, grant: undefined, actions: [], fields: [], withheld: [], reasons: [], policyDigest: zeroHash, block: 0, viewAgeMilli: 0, timeMilli: 0 };
      return { entry: { ...unknown, index: 0, sequence: expected++, mark: "bad" }, leaf, digest: undefined };
    }
  });
}

// Whether the log signs, now, how many entries this person has, and they are these.
function stated(identity: Hex, log: Log, s: CompletenessStatement | undefined, read: readonly Read[], now: number): boolean {
  if (!s) return false;
  try {
    const message = concat(labelled("wrappy history v1", s.origin), uint(s.size, 8), unhex(s.identity), uint(s.sequence, 8), unhex(s.last), uint(s.time_ms, 8));
    const last = s.sequence === 0 ? zeroHash : read[s.sequence - 1]?.digest;
    return s.origin === log.origin && s.identity === identity && s.last === last && Math.abs(s.time_ms / 1000 - now) < patience && signedByLog(log, message, unbase64(s.signature));
  } catch {
    return false;
  }
}

// The newest checkpoint, which must begin with all that the kept one has.
async function tree(log: Log, kept: Kept, file: LogFile, faults: Fault[]): Promise<{ checkpoint?: Checkpoint; tiles?: Tiles; reached: boolean }> {
  try {
    const newest = await newestCheckpoint(log, file);
    if (!newest) {
      if (kept.checkpoint) faults.push({ what: "checkpoint" });
      return { reached: true };
    }
    const tiles = new Tiles(file, newest.size);
    if (kept.checkpoint) {
      const old = readCheckpoint(log, kept.checkpoint);
      if (old.size === newest.size && hex(old.root) !== hex(newest.root)) throw new BrokenError("two trees of one size", [old.note, newest.note]);
      if (old.size > newest.size) throw new ProofError("the log has gone back");
      const path = await tiles.consistency(old.size, newest.size);
      try {
        extendsTree(newest, old, path);
      } catch (e) {
        // only tiles that lead to the newer tree say anything of the older one
        if (hex(await tiles.root(newest.size)) !== hex(newest.root)) throw e;
        throw new BrokenError("the log's tree does not begin with the older one", [old.note, newest.note]);
      }
    }
    return { checkpoint: newest, tiles, reached: true };
  } catch (e) {
    if (e instanceof BrokenError) faults.push({ what: "forked", evidence: e.evidence });
    else if (e instanceof ProofError) faults.push({ what: "checkpoint" });
    else return { reached: false };
    return { reached: true };
  }
}

async function keptPromises(promises: Kept["promises"], checkpoint: Checkpoint | undefined, tiles: Tiles | undefined, faults: Fault[]): Promise<Kept["promises"]> {
  const open: Kept["promises"] = [];
  for (const p of promises) {
    if (!checkpoint || !tiles || p.index >= checkpoint.size) {
      open.push(p);
      continue;
    }
    try {
      includes(checkpoint, unhex(p.leafHash), p.index, await tiles.inclusion(checkpoint.size, p.index));
    } catch (e) {
      if (e instanceof ProofError) faults.push({ what: "promise" });
      else open.push(p);
    }
  }
  return open;
}
