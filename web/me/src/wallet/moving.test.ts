import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64, concat, hex, uint, unbase64, unhex, utf8, type Hex } from "./bytes.ts";
import { labelled, verifierKey } from "./log.ts";
import { checkMoving, CodeError, exportOf, isGroup, MovingCode, MovingError, openMoving, sealMoving, type MovingChild, type Why } from "./moving.ts";
import { Identity } from "./seed.ts";
import { file, vectors } from "./testing.ts";

/** What a vault exports of somebody who has said one thing of themself. */
function exported(me: Identity, ledger = 20015998343868): string {
  const secret = new Uint8Array(32).fill(7);
  const log = { origin: "vault.example/log", key: ed25519.getPublicKey(secret) };
  const head = {
    format: "wrappy export v1", log: verifierKey(log), chain_id: ledger, consent_ledger: `0x${"c0".repeat(20)}`, identity: me.id, root_key: me.root.address, recovery_hash: me.recoveryHash, salt: me.salt,
    jurisdiction: "KE", enrolled: 1760000000, time_ms: 1760000000123,
  };
  const lines = [
    { export: head }, { facts: { minor: true, representative: false, never_countries: ["ER"], time: 1760000000 } },
    { value: { field: "identity.name", version: 1, writer: `0x${"00".repeat(32)}`, written_ms: 1760000000000, grant: `0x${"00".repeat(32)}`, value: [{ text: "Grace" }] } },
  ].map((l) => `${JSON.stringify(l)}\n`).join("");
  const digest = sha256(utf8(lines));
  const signature = ed25519.sign(concat(labelled("wrappy export v1", log.origin), unhex(me.id), uint(head.time_ms, 8), digest), secret);
  return `${lines}${JSON.stringify({ end: { grants: 0, values: 1, unnamed: 2, digest: hex(digest), signature: base64(signature) } })}\n`;
}

const me = new Identity(new Uint8Array(32).fill(5), hex(new Uint8Array(32).fill(6)), hex(new Uint8Array(32).fill(9)) as Hex);
const mine = exported(me);
const refused = (why: Why) => (e: unknown): boolean => e instanceof MovingError && e.why === why;

test("who moves is the same, with everything", async () => {
  const code = MovingCode.make();
  const sealed = await sealMoving(me, `${mine}{"receipt":{"withdrawal":"0x00"}}\n`, code);
  for (const typed of [code.text, code.groups.join(""), code.groups.join(" - "), code.groups.join("\n").replace(/[0-9]/g, (d) => String.fromCodePoint(0x0660 + Number(d)))]) {
    const moved = await openMoving(sealed, MovingCode.read(typed));
    assert.deepEqual([moved.identity.id, hex(moved.identity.seedBytes()), moved.identity.salt, moved.identity.recoveryHash], [me.id, hex(me.seedBytes()), me.salt, me.recoveryHash]);
    assert.equal(moved.exported.vaultPart, mine);
    assert.deepEqual([moved.exported.values[0]!.value, moved.exported.unnamed, moved.exported.ledger], [[{ text: "Grace" }], 2, ["20015998343868", `0x${"c0".repeat(20)}`]]);
    assert.deepEqual(moved.exported.facts, { minor: true, representative: false, never_countries: ["ER"], stated_at: 1760000000 });
  }
  const text = Buffer.from(sealed).toString("latin1");
  for (const secret of [hex(me.seedBytes()).slice(2), Buffer.from(me.seedBytes()).toString("latin1"), "Grace", me.id, ...code.groups]) assert.ok(!text.includes(secret), "in clear");
  assert.equal(sealed.length, (await sealMoving(me, mine, code)).length, "its size tells its class alone");
  assert.notDeepEqual(await sealMoving(me, mine, code), await sealMoving(me, mine, code));
});

test("a file that was changed, cut, lengthened or exchanged is refused", async () => {
  const code = MovingCode.make();
  const sealed = await sealMoving(me, mine, code);
  const labelEnds = 22;
  for (let i = 0; i < sealed.length; i++) {
    const bad = sealed.slice();
    bad[i]! ^= 1;
    await assert.rejects(openMoving(bad, code), refused(i < labelEnds ? "file" : i < labelEnds + 8 ? "code" : "damaged"), `byte ${i}`);
  }
  for (const length of [0, 1, labelEnds - 1]) await assert.rejects(openMoving(sealed.slice(0, length), code), refused("file"), `${length} bytes`);
  for (const length of [labelEnds, labelEnds + 8, labelEnds + 30, sealed.length - 4096, sealed.length - 1]) await assert.rejects(openMoving(sealed.slice(0, length), code), refused("damaged"), `${length} bytes`);
  await assert.rejects(openMoving(concat(sealed, Uint8Array.of(0)), code), refused("damaged"));
  const other = MovingCode.make();
  const theirs = await sealMoving(Identity.make(), mine, other);
  await assert.rejects(openMoving(concat(sealed.slice(0, labelEnds + 8), theirs.slice(labelEnds + 8)), code), refused("damaged"), "another's content");
  await assert.rejects(openMoving(concat(theirs.slice(0, labelEnds + 8), sealed.slice(labelEnds + 8)), other), refused("damaged"), "another's head");
  await assert.rejects(openMoving(theirs, other), refused("damaged"), "what was exported is of somebody else");
  await assert.rejects(openMoving(sealed, other), refused("code"));
  for (const text of ["", "{}", "wrappy moving file v2\n", "wrappy sealed file v1\n", "\u0000", '{"receipt":{}}\n']) assert.throws(() => checkMoving(utf8(text + "x".repeat(9000))), refused("file"), text);
  assert.throws(() => checkMoving(utf8(mine)), refused("key"), "what was taken along holds no key");
});

test("what is sealed must be whole, and its own", async () => {
  const code = MovingCode.make();
  const lines = mine.trimEnd().split("\n");
  for (const [name, text] of Object.entries({ "no export": "", "no end": `${lines.slice(0, -1).join("\n")}\n`, "a value changed": mine.replace("Grace", "Akiny"), "another log": mine.replace("vault.example/log", "vault.example/lag"), "another's": exported(Identity.make()) }))
    await assert.rejects(openMoving(await sealMoving(me, text, code), code), refused("damaged"), name);
  assert.throws(() => exportOf(utf8(mine), Identity.make()), /another (version|person)/);
  assert.throws(() => exportOf(utf8(file("proof/testdata/export.jsonl")), me), /another person/);
  assert.throws(() => exportOf(utf8("x\n"), me), /not JSON/);
});

test("children move along, each with what is theirs, and nobody else's", async () => {
  const code = MovingCode.make();
  const theirs = exported(me.child(3));
  const sealed = await sealMoving(me, mine, code, [{ index: 0, born: 2031, file: "" }, { index: 3, born: 2015, file: `${theirs}{"receipt":{"withdrawal":"0x00"}}\n` }]);
  const { children, exported: own } = await openMoving(sealed, code);
  assert.equal(own.vaultPart, mine);
  assert.deepEqual(children.map((c) => [c.index, c.born, c.exported?.identity, c.exported?.vaultPart]), [[0, 2031, undefined, undefined], [3, 2015, me.child(3).id, theirs]]);
  assert.deepEqual((await openMoving(await sealMoving(me, mine, code), code)).children, []);
  assert.equal(sealed.length, (await sealMoving(me, mine, code)).length, "that there are children is not told by a size");
  const bad: Record<string, MovingChild[]> = {
    "another child's": [{ index: 4, born: 2015, file: theirs }], "the parent's own": [{ index: 3, born: 2015, file: mine }], "a stranger's": [{ index: 3, born: 2015, file: exported(Identity.make()) }],
    "not in order": [{ index: 3, born: 2015, file: "" }, { index: 1, born: 2015, file: "" }], "one twice": [{ index: 3, born: 2015, file: "" }, { index: 3, born: 2016, file: "" }],
    "of no year": [{ index: 3, born: 0, file: "" }], "no end": [{ index: 3, born: 2015, file: theirs.slice(0, -60) }], "of another ledger": [{ index: 3, born: 2015, file: exported(me.child(3), 7) }],
  };
  for (const [what, list] of Object.entries(bad)) await assert.rejects(openMoving(await sealMoving(me, mine, code, list), code), refused("damaged"), what);
  for (const list of [[{ index: -1, born: 2015, file: "" }], [{ index: 0, born: 70000, file: "" }]]) await assert.rejects(sealMoving(me, mine, code, list));
});

test("a mistake in the code is told, and where", () => {
  const code = MovingCode.make();
  const right = code.groups;
  assert.ok(right.every((g, place) => /^[0-9]{6}$/.test(g) && isGroup(g, place)));
  const wrong = (groups: string[], place: number | undefined, what: string): void =>
    assert.throws(() => MovingCode.read(groups.join(" ")), (e: unknown) => e instanceof CodeError && e.place === place, what);
  const put = (place: number, group: string): string[] => right.map((g, i) => (i === place ? group : g));
  for (const [place, g] of right.entries()) {
    for (let i = 0; i < g.length; i++) {
      for (let d = 0; d < 10; d++) if (String(d) !== g[i]) wrong(put(place, g.slice(0, i) + d + g.slice(i + 1)), place, `digit ${i} of group ${place} is ${d}`);
      if (i > 0 && g[i] !== g[i - 1]) wrong(put(place, g.slice(0, i - 1) + g[i] + g[i - 1] + g.slice(i + 1)), place, `digits ${i} of group ${place} exchanged`);
    }
    for (let other = 0; other < right.length; other++) if (other !== place) assert.ok(!isGroup(g, other), "a group is good for one place");
  }
  wrong([right[1]!, right[0]!, ...right.slice(2)], 0, "two groups exchanged");
  wrong(put(3, "000000"), 3, "zeros");
  wrong(put(7, "999999"), 7, "more than a group holds");
  for (const text of ["", "hello", right.slice(1).join(" "), [...right, "000001"].join(" "), right.join(" ").replace(/[0-9]$/, "x"), `wrappy moving code v2 ${right.join(" ")}`, `https://vault.example/me/#m=${right.join("")}`, right.map((g) => `-1${g}`).join("")])
    assert.throws(() => MovingCode.read(text), (e: unknown) => e instanceof CodeError && e.place === undefined, text);
  assert.notEqual(MovingCode.make().text, MovingCode.make().text);
});

test("the vector opens", async () => {
  const v = vectors("wallet/testdata/moving.json");
  const code = MovingCode.read(v.code.join(" "));
  assert.equal(code.text, v.picture);
  const moved = await openMoving(unbase64(v.file), code);
  assert.deepEqual([moved.identity.id, hex(moved.identity.seedBytes()), moved.identity.salt, moved.identity.recoveryHash, moved.exported.vaultPart], [v.identity, v.seed, v.salt, v.recovery_hash, v.export]);
  assert.deepEqual(moved.children.map((c) => ({ index: c.index, born: c.born, export: c.exported?.vaultPart ?? "" })), v.children);
});
