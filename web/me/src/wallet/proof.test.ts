import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { base64, concat, hex, unbase64, unhex, utf8 } from "./bytes.ts";
import { leafHash, open, personal, readLeaf, readPersonal, readShared, shared } from "./entry.ts";
import { extendsTree, includes, readCheckpoint, readVerifierKey, Tiles, verifierKey, type Log } from "./log.ts";
import { checkErasure, checkProof, checkWithdrawn } from "./proof.ts";
import { vectors } from "./testing.ts";
import type { Erased, Proof } from "./wire.ts";

const phone = vectors("vault/journal/testdata/phone.json");
const log: Log = { origin: phone.origin, key: unbase64(phone.public_key) };
const proof: Proof = phone.proof;
const raw = (text: string): Uint8Array<ArrayBuffer> => unhex(`0x${text}`, text.length / 2);

// What of a file is not signed by it: every member is changed, one at a time.
function* changed<T>(value: T): Generator<[string, T]> {
  const walk = function* (part: any, path: (string | number)[]): Generator<[string, T]> {
    for (const [key, member] of Object.entries(part)) {
      const at = [...path, key];
      if (typeof member === "object" && member !== null) yield* walk(member, at);
      else {
        const clone = structuredClone(value) as any;
        const holder = path.reduce((o, k) => o[k], clone);
        holder[key] = typeof member === "number" ? member + 1 : typeof member === "boolean" ? !member : other(member as string);
        yield [at.join("."), clone];
      }
    }
  };
  yield* walk(value, []);
}
const other = (text: string): string => {
  const at = text.startsWith("0x") ? text.length - 1 : 4;
  return text.slice(0, at) + (text[at] === "a" ? "b" : "a") + text.slice(at + 1);
};

test("an answer's proof is checked, all of it", () => {
  const entry = checkProof(log, proof);
  assert.equal(entry.kind, "authorised");
  assert.equal(entry.grant, `0x${"c1".repeat(32)}`);
  let tried = 0;
  for (const [at, bad] of changed(proof)) {
    assert.throws(() => checkProof(log, bad), at);
    tried++;
  }
  assert.equal(tried, 8);
  assert.throws(() => checkProof({ ...log, origin: "another" }, proof));
  assert.throws(() => checkProof({ ...log, key: ed25519.getPublicKey(new Uint8Array(32).fill(7)) }, proof));
  assert.throws(() => checkWithdrawn(log, entry.grant!, proof), "a release is not a withdrawal");
});

test("leaves and parts have one spelling", () => {
  const v = vectors("consent/testdata/leaf.json");
  const commitments = readLeaf(raw(v.Leaf));
  assert.deepEqual(commitments.map((c) => c[0]), [1, 2, 3]);
  const told = readShared(raw(v.Shared));
  assert.deepEqual(told.fields, [{ field: "health.allergy", version: 3 }, { field: "identity.name", version: 300 }]);
  assert.deepEqual(told.withheld, [{ field: "identity.photo", reason: "not_in_grant" }]);
  assert.equal(readPersonal(raw(v.Personal)).sequence, 24);
  const spelled = { shared: [raw(v.Shared), readShared], personal: [raw(v.Personal), readPersonal], leaf: [raw(v.Leaf), readLeaf] } as const;
  for (const [name, [bytes, read]] of Object.entries(spelled)) {
    for (const [what, bad] of Object.entries({ "cut": bytes.slice(0, -1), "longer": concat(bytes, Uint8Array.of(0)), "nothing": new Uint8Array(), "of version 2": bytes.map((b, i) => (i === 1 ? 2 : b)) }))
      assert.throws(() => read(bad), `${name} ${what}`);
    // every head, made longer than it need be, or of no length
    for (let i = 0; i < Math.min(bytes.length, 60); i++) {
      if (bytes[i]! >> 5 === 0 && bytes[i]! < 24 && name !== "leaf") continue;
      assert.throws(() => read(concat(bytes.slice(0, i), Uint8Array.of((bytes[i]! & 0xe0) | 31), bytes.slice(i + 1))), `${name}: indefinite at ${i}`);
      break;
    }
  }
  const long = concat(raw(v.Shared).slice(0, 1), Uint8Array.of(0x18, 0x01), raw(v.Shared).slice(2)); // version 1 in two bytes
  assert.throws(() => readShared(long));
  assert.throws(() => readPersonal(raw(v.Shared)));
  assert.throws(() => open(unbase64(proof.leaf), personal, proof.opening), "the shared opening as the personal part");
  assert.ok(open(unbase64(proof.leaf), shared, proof.opening).length > 0);
});

test("the trees of the Go code's files", () => {
  const c = vectors("proof/testdata/consistency.json");
  const trusted = readVerifierKey(c.log);
  assert.equal(verifierKey(trusted), c.log);
  const path = c.path.map((h: string) => unhex(h));
  const [old, fresh] = [readCheckpoint(trusted, c.old), readCheckpoint(trusted, c.new)];
  extendsTree(fresh, old, path);
  for (const bad of [[], path.slice(1), path.slice(0, -1), [...path, path[0]], [...path].reverse(), path.map((p: Uint8Array, i: number) => (i === 1 ? p.map((b) => b ^ 1) : p))]) assert.throws(() => extendsTree(fresh, old, bad));
  assert.throws(() => extendsTree(old, fresh, path), "the older is the larger");
  assert.throws(() => extendsTree({ ...fresh, root: old.root }, old, path));
  assert.throws(() => extendsTree({ size: old.size, root: fresh.root }, old, []), "two of one size");

  const h = vectors("proof/testdata/history.json");
  const tree = readCheckpoint(readVerifierKey(h.log), h.checkpoint);
  for (const item of h.items) {
    const leaf = leafHash(unbase64(item.leaf));
    const way = item.path.map((p: string) => unhex(p));
    includes(tree, leaf, item.index, way);
    assert.throws(() => includes(tree, leaf, item.index + 1, way));
    assert.throws(() => includes(tree, leaf, tree.size, way));
    assert.throws(() => includes(tree, leaf, -1, way));
    assert.throws(() => includes(tree, leaf.map((b) => b ^ 1), item.index, way));
    assert.throws(() => includes(tree, leaf, item.index, way.slice(1)));
    assert.throws(() => includes(tree, leaf, item.index, [...way, way[0]]));
  }
  for (const bad of ["", "a+b+c", c.log.replace("log", "lag"), c.log.slice(0, -1), `${c.log}x`, c.log.replace("+AY", "+AZ")]) assert.throws(() => readVerifierKey(bad), bad);
});

test("every index of a log, at every size, is proven from its tiles", async () => {
  for (const visit of phone.visits) {
    const tree = readCheckpoint(log, new TextDecoder().decode(unbase64(visit.files.checkpoint)));
    const tiles = new Tiles(async (path) => (visit.files[path] ? unbase64(visit.files[path]) : undefined), tree.size);
    for (let index = 0; index < tree.size; index += 3) includes(tree, await tiles.leaf(index), index, await tiles.inclusion(tree.size, index));
    for (let size = 1; size < tree.size; size += 7) {
      const older = { size, root: unhex(hex(await rootOf(tiles, size))) };
      extendsTree(tree, older, await tiles.consistency(size, tree.size));
      assert.throws(() => extendsTree(tree, { size, root: older.root.map((b) => b ^ 1) }, []));
    }
  }
});

// The root of an earlier tree, by its inclusion proof of the last leaf: from all subtrees to the left.
async function rootOf(tiles: Tiles, size: number): Promise<Uint8Array> {
  const { sha256 } = await import("@noble/hashes/sha2.js");
  let hash = await tiles.leaf(size - 1);
  for (const left of await tiles.inclusion(size, size - 1)) hash = sha256(concat(Uint8Array.of(1), left, hash));
  return hash;
}

test("an erasure's receipt says what remains, and is the vault's", () => {
  const f = vectors("proof/testdata/erasure.json");
  const trusted = readVerifierKey(f.log);
  const e = f.entry;
  const signed = (receipt: string, signature: string): Erased => ({
    receipt, signature, proof: { promise: e.promise, leaf: e.leaf, opening: e.opening }, identity: `0x05${"00".repeat(31)}`, time: 0, ended: 0, remains: [], copies: [], more: 0, backups_until: 0, cached_seconds: 0,
  });
  const whole = signed(f.receipt, f.signature);
  const read = checkErasure(trusted, whole.identity, whole);
  assert.ok(read.remains.includes("chain") && read.remains.length === 8);
  assert.throws(() => checkErasure(trusted, `0x06${"00".repeat(31)}`, whole), "another person's");
  assert.throws(() => checkErasure(log, whole.identity, whole), "another log's");
  assert.throws(() => checkErasure(trusted, whole.identity, signed(f.receipt, e.promise.signature)), "a promise's signature");
  assert.throws(() => checkErasure(trusted, whole.identity, signed(f.receipt.slice(0, -8) + "AAAA" + f.receipt.slice(-4), f.signature)), "another receipt");
  const h = vectors("proof/testdata/answers.json").entry;
  assert.throws(() => checkErasure(trusted, whole.identity, { ...whole, proof: { promise: h.promise, leaf: h.leaf, opening: h.opening } }), "the proof of something else");
  const v = vectors("consent/testdata/erasure.json");
  const own = { origin: "vault.example/log", key: ed25519.getPublicKey(raw(v.seed)) };
  assert.throws(() => checkErasure(own, `0x${"22".repeat(32)}`, signed(base64(raw(v.receipt)), base64(raw(v.signature)))), "signed, and without its entry");
  assert.ok(ed25519.verify(raw(v.signature), concat(utf8("wrappy erasure receipt v1\0"), raw(v.receipt)), own.key));
});
