import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64, concat, hex, uint, unbase64, unhex, utf8, type Hex } from "./bytes.ts";
import { checkHistory, keepPromise, nothingKept, type Checked, type Fault, type Kept } from "./history.ts";
import { labelled, readCheckpoint, verifierKey, type Log, type LogFile } from "./log.ts";
import { vectors } from "./testing.ts";
import type { CompletenessStatement, HistoryItem, HistoryPage } from "./wire.ts";

interface Visit {
  entries: HistoryItem[];
  statement: CompletenessStatement;
  files: Record<string, string>;
}

const v = vectors("vault/journal/testdata/phone.json");
const log: Log = { origin: v.origin, key: unbase64(v.public_key) };
const seed = unbase64(v.seed);
const now = 1_790_000_000 + 30;
const [first, second] = v.visits as [Visit, Visit];
const copy = (visit: Visit): Visit => structuredClone(visit);
const filesOf = (visit: Visit): LogFile => async (path) => (visit.files[path] === undefined ? undefined : unbase64(visit.files[path]));
const pagesOf = (visit: Visit): HistoryPage[] => !Array.isArray(visit.entries) ? [visit] : [{ entries: visit.entries.slice(0, 3), statement: visit.statement, next: "x" }, { entries: visit.entries.slice(3), statement: visit.statement }];
const check = (visit: Visit, kept: Kept = nothingKept, file: LogFile = filesOf(visit), at = now): Promise<Checked> => checkHistory(v.identity, log, kept, pagesOf(visit), file, at);
const faults = (c: Checked): string => c.faults.map((f: Fault) => f.what + (f.sequence ? ` ${f.sequence}` : "")).join(", ");

const stateAnew = (visit: Visit, change: Partial<CompletenessStatement>): void => {
  const s = { ...visit.statement, ...change };
  const message = concat(labelled("wrappy history v1", s.origin), uint(s.size, 8), unhex(s.identity), uint(s.sequence, 8), unhex(s.last), uint(s.time_ms, 8));
  visit.statement = { ...s, signature: base64(ed25519.sign(message, seed)) };
};
const signCheckpoint = (origin: string, size: number, root: Uint8Array, key = seed): string => {
  const text = `${origin}\n${size}\n${base64(root)}\n`;
  const name = sha256(concat(utf8(`${origin}\n`), Uint8Array.of(1), ed25519.getPublicKey(key))).subarray(0, 4);
  return `${text}\n— ${origin} ${base64(concat(name, ed25519.sign(utf8(text), key)))}\n`;
};
const note = (visit: Visit): string => new TextDecoder().decode(unbase64(visit.files["checkpoint"]!));
const setNote = (visit: Visit, text: string): void => void (visit.files["checkpoint"] = base64(utf8(text)));

test("a whole history is proven, and what follows it", async () => {
  const c = await check(first);
  assert.equal(faults(c), "");
  assert.ok(c.reached && c.entries.length === 8 && c.entries.every((e) => e.mark === "proven"));
  assert.deepEqual(c.entries[0]!.fields, [{ field: "health.allergy", version: 1 }, { field: "identity.name", version: 2 }]);
  assert.equal(c.entries[0]!.institution, `0x${"d1".repeat(32)}`);
  assert.deepEqual(c.entries[0]!.actions, ["read"]);
  assert.equal(c.kept.sequence, 8);
  const asked: string[] = [];
  const again = await checkHistory(v.identity, log, JSON.parse(JSON.stringify(c.kept)), pagesOf(second), async (path) => (asked.push(path), filesOf(second)(path)), now);
  assert.equal(faults(again), "");
  assert.equal(again.kept.sequence, second.entries.length);
  assert.ok(again.entries.every((e) => e.mark === "proven"));
  assert.ok(!asked.includes("tile/0/000"), "entries that were proven before are not proven again");
  assert.equal(verifierKey(log).split("+")[0], log.origin);
});

test("what the vault promised is looked for", async () => {
  const kept = keepPromise(nothingKept, v.proof);
  assert.equal((await check(first, kept)).kept.promises.length, 1, "the tree does not reach so far yet");
  assert.equal((await check(second, kept)).kept.promises.length, 0);
  const broken = { ...kept, promises: [{ ...kept.promises[0]!, leafHash: `0x${"11".repeat(32)}` as Hex }] };
  const c = await check(second, broken);
  assert.equal(faults(c), "promise");
  assert.deepEqual(c.kept, broken);
});

test("an entry that is not in the tree yet waits, and not for ever", async () => {
  const early = copy(first);
  early.entries = second.entries.slice(0, 9);
  const c = await check(early);
  assert.equal(faults(c), "");
  assert.deepEqual(c.entries.map((e) => e.mark), [...Array(8).fill("proven"), "waiting"]);
  assert.equal(c.kept.sequence, 8);
  stateAnew(early, { time_ms: (now + 90) * 1000 });
  assert.equal(faults(await check(early, nothingKept, filesOf(early), now + 90)), "late 9");
});

test("without a network nothing is claimed", async () => {
  const c = await check(first, nothingKept, async () => Promise.reject(new Error("no network")));
  assert.equal(faults(c), "");
  assert.equal(c.reached, false);
  assert.ok(c.entries.every((e) => e.mark === "waiting"));
  assert.equal(c.kept.sequence, 0);
  const half = await check(first, nothingKept, async (path) => (path === "checkpoint" ? filesOf(first)(path) : Promise.reject(new Error("no network"))));
  assert.equal(half.reached, false);
  assert.ok(half.entries.every((e) => e.mark === "waiting"));
});

const flip = (text: string, at: number): string => {
  const bytes = unbase64(text);
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  return base64(bytes);
};

// Each tells what it is and where; none moves what is kept.
const tampered: Record<string, [(visit: Visit) => void, RegExp, Kept?]> = {
  "a bit of a leaf's ciphertext": [(x) => void (x.entries[2]!.leaf = flip(x.entries[2]!.leaf, 300)), /^inclusion 3$/],
  "a bit of a leaf's commitment": [(x) => void (x.entries[2]!.leaf = flip(x.entries[2]!.leaf, 10)), /^entry 3/],
  "a bit of a leaf's padding": [(x) => void (x.entries[2]!.leaf = flip(x.entries[2]!.leaf, -1)), /^entry 3/],
  "a leaf cut": [(x) => void (x.entries[2]!.leaf = base64(unbase64(x.entries[2]!.leaf).slice(0, -256))), /^entry 3/],
  "no leaf": [(x) => void (x.entries[2]!.leaf = ""), /^entry 3/],
  "an opening's salt": [(x) => void (x.entries[4]!.opening.salt = `0x${"12".repeat(32)}`), /^entry 5/],
  "an opening's text": [(x) => void (x.entries[4]!.opening.plaintext = flip(x.entries[4]!.opening.plaintext, 5)), /^entry 5/],
  "the shared text": [(x) => void (x.entries[4]!.shared_opening.plaintext = flip(x.entries[4]!.shared_opening.plaintext, 40)), /^entry 5/],
  "the shared part of another entry": [(x) => void (x.entries[4]!.shared_opening = x.entries[3]!.shared_opening), /^entry 5/],
  "the parts exchanged": [(x) => void ([x.entries[4]!.opening, x.entries[4]!.shared_opening] = [x.entries[4]!.shared_opening, x.entries[4]!.opening]), /^entry 5/],
  "an entry removed": [(x) => void x.entries.splice(3, 1), /^missing 4/],
  "the first entry removed": [(x) => void x.entries.shift(), /^missing 1/],
  "the last entry removed": [(x) => void x.entries.pop(), /^statement$/],
  "the last entry removed, and stated so long ago": [(x) => {
    x.entries.pop();
    stateAnew(x, { sequence: 7, last: hex(sha256(unbase64(x.entries[6]!.opening.plaintext))), time_ms: (now - 3600) * 1000 });
  }, /^statement$/],
  "all removed": [(x) => void (x.entries = []), /^statement$/],
  "two exchanged": [(x) => void ([x.entries[2], x.entries[3]] = [x.entries[3]!, x.entries[2]!]), /^missing 3/],
  "an entry twice": [(x) => void x.entries.splice(3, 0, x.entries[2]!), /^missing 4/],
  "another index": [(x) => void x.entries[2]!.index++, /^inclusion 3$/],
  "another's index": [(x) => void (x.entries[2]!.index = x.entries[1]!.index), /order 3/],
  "an index that is none": [(x) => void (x.entries[2]!.index = -1), /^entry 3/],
  "an index that is no number": [(x) => void ((x.entries[2] as any).index = "1"), /^entry 3/],
  "an entry that is none": [(x) => void ((x.entries as any)[2] = null), /^entry 3/],
  "an entry without openings": [(x) => void delete (x.entries[2] as any).opening, /^entry 3/],
  "no statement": [(x) => void delete (x as any).statement, /^statement$/],
  "a statement's signature": [(x) => void (x.statement.signature = flip(x.statement.signature, 3)), /^statement$/],
  "a statement of fewer": [(x) => stateAnew(x, { sequence: 7 }), /^statement$/],
  "a statement of more": [(x) => stateAnew(x, { sequence: 9 }), /^statement$/],
  "a statement of another person": [(x) => stateAnew(x, { identity: `0x${"b2".repeat(32)}` }), /^statement$/],
  "a statement of another log": [(x) => stateAnew(x, { origin: "vault.example/log/2" }), /^statement$/],
  "an old statement": [(x) => stateAnew(x, { time_ms: (now - 3600) * 1000 }), /^statement$/],
  "a tile": [(x) => void (x.files["tile/0/000"] = flip(x.files["tile/0/000"]!, 40)), /^inclusion/],
  "no tile": [(x) => void delete x.files["tile/0/000"], /^inclusion 1/],
  "a short tile": [(x) => void (x.files["tile/0/000"] = base64(unbase64(x.files["tile/0/000"]!).slice(32))), /^inclusion 1/],
  "no checkpoint": [(x) => void delete x.files["checkpoint"], /^late 1/],
  "a checkpoint by another key": [(x) => setNote(x, signCheckpoint(log.origin, 270, readCheckpoint(log, note(x)).root, new Uint8Array(32).fill(7))), /^checkpoint/],
  "a checkpoint of another log": [(x) => setNote(x, signCheckpoint("vault.example/log/2", 270, readCheckpoint(log, note(x)).root)), /^checkpoint/],
  "a checkpoint changed": [(x) => setNote(x, note(x).replace("\n270\n", "\n271\n")), /^checkpoint/],
  "a checkpoint with a line more": [(x) => setNote(x, note(x).replace("\n\n", "\nmore\n\n")), /^checkpoint/],
  "a checkpoint that is no text": [(x) => void (x.files["checkpoint"] = base64(Uint8Array.of(0xff, 0xfe))), /^checkpoint/],
};

test("whatever is tampered with is found, and where", async () => {
  for (const [name, [change, want]] of Object.entries(tampered)) {
    const visit = copy(first);
    change(visit);
    const c = await check(visit, nothingKept, filesOf(visit), name === "no checkpoint" ? now + 90 : now);
    assert.match(faults(c), want, name);
    assert.equal(c.kept, nothingKept, name);
    for (const f of c.faults) if (f.sequence && /entry|inclusion|order/.test(f.what)) assert.ok(c.entries.some((e) => e.sequence === f.sequence && e.mark === "bad"), `${name}: ${faults(c)}`);
  }
});

test("somebody else's history is not mine", async () => {
  const c = await checkHistory(`0x${"b2".repeat(32)}`, log, nothingKept, pagesOf(first), filesOf(first), now);
  assert.ok(c.entries.every((e) => e.mark === "bad") && /^entry 1/.test(faults(c)));
  const other = await checkHistory(v.identity, { ...log, key: ed25519.getPublicKey(new Uint8Array(32).fill(7)) }, nothingKept, pagesOf(first), filesOf(first), now);
  assert.match(faults(other), /statement.*checkpoint/);
});

test("what was shown before binds what is shown now", async () => {
  const { kept } = await check(first);
  const root = readCheckpoint(log, note(first)).root;
  const later: Record<string, [(visit: Visit) => void, RegExp]> = {
    "an old answer": [(x) => Object.assign(x, copy(first)), /^$/],
    "fewer entries than before": [(x) => {
      x.entries.length = 7;
      stateAnew(x, { sequence: 7, last: hex(sha256(unbase64(x.entries[6]!.opening.plaintext))) });
    }, /^missing 8/],
    "a checkpoint gone back": [(x) => setNote(x, signCheckpoint(log.origin, 100, root)), /^checkpoint/],
    "no checkpoint any more": [(x) => void delete x.files["checkpoint"], /^checkpoint/],
    "two trees of one size": [(x) => setNote(x, signCheckpoint(log.origin, 270, sha256(root))), /^forked/],
    "a tree that the tiles do not lead to": [(x) => setNote(x, signCheckpoint(log.origin, 530, sha256(root))), /^checkpoint/],
  };
  for (const [name, [change, want]] of Object.entries(later)) {
    const visit = copy(second);
    change(visit);
    const c = await check(visit, kept);
    assert.match(faults(c), want, name);
    if (c.faults.length) assert.equal(c.kept, kept, name);
    for (const f of c.faults) if (f.what === "forked") for (const signed of f.evidence!) readCheckpoint(log, signed); // both are signed: anybody can check
  }
  const forked = await check(second, { ...kept, checkpoint: signCheckpoint(log.origin, 270, sha256(root)) });
  assert.match(faults(forked), /^forked/, "a tree that does not begin with the older one");
  assert.equal(forked.faults[0]!.evidence!.length, 2);
  const forged = { ...kept, last: `0x${"13".repeat(32)}` as Hex };
  assert.match(faults(await check(second, forged)), /^changed 8/);
  const reread = await check(second, { ...kept, leaves: `0x${"13".repeat(32)}` as Hex });
  assert.equal(faults(reread), "");
  assert.equal(reread.kept.sequence, second.entries.length);
});

// Whatever is changed anywhere: it is found, or it changes nothing of what the person is shown and told is proven.
test("no random change passes", async () => {
  let state = 20_261_129;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
  const honest = JSON.stringify((await check(first)).entries);
  const rounds = process.env["WRAPPY_LONG"] ? 5000 : 80;
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    const visit = copy(first);
    const places: [object, string][] = [];
    const walk = (part: object): void => {
      for (const [key, member] of Object.entries(part)) {
        places.push([part, key]);
        if (typeof member === "object" && member !== null) walk(member);
      }
    };
    walk(visit);
    const [holder, key] = places[draw(places.length)]! as [any, string];
    const was = holder[key];
    const changes: unknown[] = [null, 0, -1, 2 ** 53, "", {}, [], true, undefined, typeof was === "string" && was.length ? was.slice(0, draw(was.length)) + "A" + was.slice(draw(was.length)) : 1];
    const to = draw(3) && typeof was === "string" && was.length > 20 && !was.startsWith("0x") ? flip(was, draw(unbase64(was.length % 4 ? "" : was).length || 1)) : changes[draw(changes.length)];
    holder[key] = to;
    const c = await check(visit);
    if (c.faults.length > 0) {
      found++;
      assert.equal(c.kept.sequence, 0, "what is kept moved");
    } else {
      // where the log said nothing all waits, and nothing is claimed
      assert.equal(c.kept.sequence, c.entries.filter((e) => e.mark === "proven").length);
      assert.equal(JSON.stringify(c.entries).replaceAll('"waiting"', '"proven"'), honest, `${key}: ${String(was).slice(0, 60)} -> ${String(to).slice(0, 60)}`);
    }
  }
  assert.ok(found > rounds / 3, `${found} of ${rounds} were found`);
});
