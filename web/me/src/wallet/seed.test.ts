import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { hex, unhex } from "./bytes.ts";
import { grantSalt, Identity, Key, zeroHash } from "./seed.ts";
import { vectors } from "./testing.ts";

const v = vectors("wallet/testdata/vectors.json").derived;
const me = new Identity(unhex(v.seed), v.identitySalt, v.recoveryHash);

test("one seed leads to every key and to the identity", () => {
  assert.equal(me.id, v.identity);
  assert.equal(me.root.address, v.keys.root.address);
  assert.equal(me.session.address, v.keys.session.address);
  assert.equal(me.grantKey(v.grantSalt).address, v.keys.grant.address);
  assert.equal(hex(me.pageKey()), v.pageKey);
  for (const k of Object.values<any>(v.keys)) assert.equal(new Key(unhex(k.privateKey)).address, k.address);
  const opening = v.documents.find((d: any) => d.name === "binding").message.opening;
  assert.equal(grantSalt(me.id, opening), v.grantSalt);
});

test("a seed leads to its children, and theirs to nothing else", () => {
  assert.equal(v.children.length, 3);
  for (const c of v.children) {
    const child = me.child(c.index);
    assert.deepEqual([hex(child.seedBytes()), child.salt, child.root.address, child.id, child.recoveryHash], [c.seed, c.identitySalt, c.root, c.identity, zeroHash]);
  }
  const secrets = [me, ...[0, 1, 2].map((i) => me.child(i)), me.child(0).child(0)].flatMap((m) => [hex(m.seedBytes()), m.salt]);
  assert.equal(new Set(secrets).size, 10);
  const elsewhere = new Identity(unhex(v.seed), hex(new Uint8Array(32)), hex(new Uint8Array(32).fill(1)));
  assert.equal(elsewhere.child(0).id, me.child(0).id, "they follow from the seed alone");
  assert.notEqual(Identity.make().child(0).id, me.child(0).id);
  for (const bad of [-1, 2 ** 32, 0.5, NaN]) assert.throws(() => me.child(bad), `index ${bad}`);
});

test("identities differ, and show no secret", () => {
  const other = Identity.make();
  assert.notEqual(other.id, Identity.make().id);
  assert.notEqual(new Identity(unhex(v.seed), hex(unhex(v.identitySalt).map((b) => b ^ 1))).id, me.id);
  for (const shown of [JSON.stringify(me), inspect(me, { depth: 9, showHidden: true }), String(me), JSON.stringify(me.root)])
    for (const secret of [v.seed, v.keys.root.privateKey]) assert.ok(!shown.includes(secret.slice(2, 20)));
  assert.throws(() => new Identity(new Uint8Array(31), v.identitySalt));
});
