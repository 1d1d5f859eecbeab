import assert from "node:assert/strict";
import { test } from "node:test";
import type { Act } from "./acts.ts";
import { Unreachable, type Deployment } from "./api.ts";
import { base64, hex, unhex, type Hex } from "./bytes.ts";
import { alone, bornOf, found, givesFor, grown, handedOver, handsOver, introduce, lastDay, makeChild, pictureOf, pictures, search, settle, standing, taken, type Child } from "./child.ts";
import { day } from "./grant.ts";
import { Identity, signedBy } from "./seed.ts";
import type { Representative } from "./wire.ts";
import { digest, documents, structHash } from "./typed.ts";

const chainId = 1n;
const contract = (n: number): Hex => `0x${String(n).padStart(40, "0")}`;
const vault: Deployment = { ledger: { chainId, contract: contract(1) }, registry: { chainId, contract: contract(2) }, institutions: { chainId, contract: contract(3) }, origin: "vault.example/log", logKey: new Uint8Array(32) };
const now = Date.UTC(2026, 10, 29) / 1000;
const parent = Identity.make();
const child = (more: Partial<Child> = {}): Child => ({ ...makeChild(0, 2015), until: lastDay(2015, 18), ...more });
const body = (a: Act | undefined) => JSON.parse(a!.body);

test("a child is an identity of its own, which is found again by its picture's place alone", () => {
  const [one, other, twin] = [makeChild(0, 2015), makeChild(1, 2015), makeChild(0, 2015)];
  assert.equal(parent.child(one.index).id, parent.child(twin.index).id);
  assert.notEqual(parent.child(one.index).id, parent.child(other.index).id);
  assert.notEqual(one.id, twin.id, "what stands in the queue says nothing");
  const kept = JSON.stringify(one);
  for (const secret of [parent, parent.child(0)].flatMap((m) => [m.id, hex(m.seedBytes()), base64(m.seedBytes()), m.salt])) assert.ok(!kept.includes(secret.replace(/^0x/, "")));
});

test("the order of the pictures is what children's keys follow from", () => {
  assert.deepEqual(pictures.slice(0, 16), ["🐸", "🦋", "🐘", "🌻", "🚂", "🐬", "🍓", "🦉", "🐱", "🐰", "🦒", "🐟", "🌈", "🍎", "🐴", "🐞"]);
  assert.equal(new Set(pictures).size, pictures.length);
  assert.equal(pictureOf({ index: 3 }), "🌻");
  assert.ok(!pictures.includes(pictureOf({ index: pictures.length })), "one that only another wallet knows");
});

test("somebody gives until the year in which the child comes of age", () => {
  assert.equal(lastDay(2015, 18), Date.UTC(2033, 0, 1) / 1000);
  assert.equal(lastDay(2015, 21), Date.UTC(2036, 0, 1) / 1000);
  assert.equal(lastDay(2015, 18) % day, 0);
  const last = lastDay(2015, 18);
  const c = child({ represented: true });
  for (const [at, gives] of [[last - 1, true], [last, false], [last + day, false]] as const) {
    assert.equal(givesFor(c, at), gives);
    assert.equal(grown(c, at), !gives);
  }
  assert.ok(!givesFor(child(), now), "before the vault has taken it");
  assert.ok(!givesFor({ ...makeChild(0, 2015), represented: true }, now), "before the age is known");
  assert.ok(!grown(makeChild(0, 1980), now), "nor is anybody an adult by an age that is not known");
});

test("the child's key says all that the vault must know first", () => {
  const c = child();
  const me = parent.child(c.index);
  const acts = introduce(c, parent, vault, "KE", now);
  assert.deepEqual(acts.map((a) => a.kind), ["enrol", "facts", "represent"]);
  const [enrol, facts, says] = acts.map(body);
  assert.equal(enrol.identity, me.id);
  assert.equal(enrol.jurisdiction, "KE");
  assert.deepEqual([facts.identity, facts.minor, facts.representative, facts.never_countries], [me.id, true, true, []]);
  assert.deepEqual([says.identity, says.representative, says.until], [me.id, parent.id, c.until]);
  const of = digest(vault.ledger, structHash(documents.represent, { identity: me.id, representative: parent.id, vault: vault.origin, until: c.until!, time: now }));
  assert.ok(signedBy(of, says.signature, me.root.address));
  assert.ok(!signedBy(of, says.signature, parent.root.address), "the parent's key says nothing of who gives for a child");
  const seeds = [me.seedBytes(), parent.seedBytes()].map((s) => hex(s).slice(2));
  for (const a of acts) for (const s of seeds) assert.ok(!a.body.includes(s), `a seed leaves with ${a.kind}`);
});

test("what was taken is not said again, and the same act is the same one", () => {
  const kinds = (more: Partial<Child>, at = now): string[] => introduce(child(more), parent, vault, "KE", at).map((a) => a.kind);
  assert.deepEqual(kinds({ enrolled: true }), ["facts", "represent"]);
  assert.deepEqual(kinds({ enrolled: true, stated: true }), ["represent"]);
  assert.deepEqual(kinds({ enrolled: true, stated: true, represented: true }), []);
  assert.deepEqual(kinds({}, lastDay(2015, 18)), [], "after the day");
  assert.deepEqual(introduce(makeChild(0, 2015), parent, vault, "KE", now), [], "before the age is known");
  const c = child();
  const ids = (at: number): string[] => introduce(c, parent, vault, "KE", at).map((a) => a.id);
  assert.deepEqual(ids(now), ids(now + 1000));
  assert.equal(unhex(body(introduce(c, parent, vault, "KE", now)[0]).identity).length, 32);
});

const until = lastDay(2015, 18);
const given = (by: Identity): Representative => ({ representative: by.id, until, stated_at: now });

test("what a vault says of a child", () => {
  assert.deepEqual(standing(given(parent), parent.id), { until });
  assert.deepEqual(standing(given(Identity.make()), parent.id), { until, other: true });
  for (const nobody of [undefined, {}, { until }, { representative: parent.id }]) assert.equal(standing(nobody, parent.id), undefined);
  const ours = makeChild(2, 2015);
  settle(ours, standing(given(parent), parent.id)!);
  assert.ok(givesFor(ours, now) && !givesFor(ours, until));
  const theirs = makeChild(2, 2015);
  settle(theirs, standing(given(Identity.make()), parent.id)!);
  assert.ok(!givesFor(theirs, now), "somebody else gives for it");
  assert.equal(bornOf(ours, 18), 2015);
  assert.deepEqual([bornOf({ ...ours, born: undefined } as unknown as Child, 18), bornOf({ id: "", index: 0, receipts: [], stopped: {} }, 18)], [2015, undefined]);
});

test("who comes back finds their children, and nobody else's, whatever is missing between them", async () => {
  const [stranger, day] = [Identity.make(), until];
  const there = new Map<number, Representative>([[1, given(parent)], [6, given(stranger)], [7, {}], [15, given(parent)]]);
  const p: { children: Child[]; unasked?: number[] } = { children: [makeChild(9, 2020)], unasked: pictures.map((_, i) => i) };
  const asked: number[] = [];
  let cuts = [0, 4, 4, 15]; // the network goes away before these are answered
  const run = (): Promise<void> => search(p.unasked ?? [], parent.id, async (index) => {
    if (cuts[0] === index) {
      cuts = cuts.slice(1);
      throw new Unreachable("no answer came");
    }
    asked.push(index);
    return there.get(index);
  }, async (index, s) => {
    found(p, index, s);
    return true;
  });
  for (let i = 0; i < 4; i++) await assert.rejects(run(), Unreachable);
  assert.deepEqual(p.unasked, [15]);
  await run();
  await run();
  assert.deepEqual(asked, pictures.map((_, i) => i), "nothing is asked twice");
  assert.equal(p.unasked, undefined);
  assert.deepEqual(p.children.map((c) => [c.index, c.until, givesFor(c, now), !!c.other]), [[9, undefined, false, false], [1, day, true, false], [6, day, false, true], [15, day, true, false]]);
  assert.deepEqual(introduce(p.children[1]!, parent, vault, "KE", now), [], "what the vault knows is not said again");
});

test("who leaves ends the search, and goes on with it later", async () => {
  const p: { children: Child[]; unasked?: number[] } = { children: [], unasked: [0, 1, 2] };
  const once = (): Promise<void> => search(p.unasked!, parent.id, async () => given(parent), async (index, s) => {
    found(p, index, s);
    return false;
  });
  await once();
  assert.deepEqual([p.unasked, p.children.length], [[1, 2], 1]);
  await once();
  assert.deepEqual([p.unasked, p.children.length], [[2], 2]);
});

test("what may never be told where goes along", () => {
  assert.deepEqual(body(introduce(child({ never: ["SD", "ER"] }), parent, vault, "KE", now)[1]).never_countries, ["ER", "SD"]);
});

test("whose key is handed over: of age, known, and this parent's", () => {
  const ours = child({ represented: true });
  for (const [why, c, at, hands] of [
    ["the day before", ours, until - 1, false],
    ["the day", ours, until, true],
    ["never known to the vault", child(), until, false],
    ["somebody else's", child({ represented: true, other: true }), until, false],
    ["the age is not known", { ...makeChild(0, 2000), represented: true }, until, false],
    ["made once, and the clock went back", { ...ours, handed: true }, until - 1, true],
  ] as const) assert.equal(handsOver(c, at), hands, why);
  assert.ok(givesFor(ours, until - 1) && !givesFor({ ...ours, handed: true }, until - 1), "nobody gives for whom a file was made");
});

test("who says that they decide alone is nobody's child", () => {
  const never_countries: string[] = [];
  for (const [why, facts, is] of [
    ["nothing was ever stated", { minor: false, representative: false, never_countries }, false],
    ["nothing was ever stated, at time zero", { minor: false, representative: false, never_countries, stated_at: 0 }, false],
    ["a minor", { minor: true, representative: true, never_countries, stated_at: now }, false],
    ["a minor whom nobody represents", { minor: true, representative: false, never_countries, stated_at: now }, false],
    ["of age", { minor: false, representative: false, never_countries, stated_at: now }, true],
  ] as const) assert.equal(alone({ ...facts, never_countries }), is, why);
});

test("the picture of who was handed over stands for no other child", () => {
  const p: { children: Child[]; used?: number[] } = { children: [makeChild(3, 2008), makeChild(5, 2015)] };
  assert.deepEqual(taken(p), [3, 5]);
  handedOver(p, 3);
  handedOver(p, 3); // by another tab
  assert.deepEqual([p.children.map((c) => c.index), p.used, taken(p)], [[5], [3], [5, 3]]);
  found(p, 3, { until });
  assert.deepEqual(p.children.map((c) => c.index), [5], "it is not found again either");
});
