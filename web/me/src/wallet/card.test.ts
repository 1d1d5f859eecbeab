import assert from "node:assert/strict";
import { test } from "node:test";
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import type { Deployment } from "./api.ts";
import { base64, hex, unbase64, unhex, utf8, type Hex } from "./bytes.ts";
import { askRestore, Card, cancelRestore, cardContent, decodeIdentity, encodeIdentity, makeCard, OtherVaultError, pickupDigest, readCard, readPin, resetCard, tryPin, WrongPinError, CardError } from "./card.ts";
import { decodeAssist } from "./assist.ts";
import { Identity } from "./seed.ts";
import { vectors } from "./testing.ts";

const v = vectors("wallet/testdata/card.json");
const w = vectors("wallet/testdata/vectors.json").derived;
const { oprf } = ristretto255_oprf;
const now = 1_760_000_000;
const bytes = (h: Hex): Uint8Array<ArrayBuffer> => unhex(h, (h.length - 2) / 2);
const me = new Identity(unhex(w.seed), w.identitySalt, w.recoveryHash);
const chainId = BigInt(w.domains.ConsentLedger.chainId);
const vault: Deployment = {
  ledger: { chainId, contract: w.domains.ConsentLedger.verifyingContract }, registry: { chainId, contract: w.domains.KeyRegistry.verifyingContract },
  institutions: { chainId, contract: w.domains.KeyRegistry.verifyingContract }, origin: v.origin, logKey: new Uint8Array(32),
};
const document = (name: string): any => v.documents.find((d: any) => d.name === name);
const card = readCard(v.link, v.origin);

test("the oblivious function is RFC 9497's", () => {
  const r = vectors("crypto/testdata/rfc9497.json");
  const raw = (text: string): Uint8Array<ArrayBuffer> => bytes(`0x${text}`);
  assert.equal(hex(oprf.deriveKeyPair(raw(r.seed), raw(r.keyInfo)).secretKey), `0x${r.key}`);
  for (const one of r.vectors) {
    assert.equal(hex(oprf.blindEvaluate(raw(r.key), raw(one.blinded))), `0x${one.evaluated}`);
    assert.equal(hex(oprf.finalize(raw(one.input), raw(one.blind), raw(one.evaluated))), `0x${one.output}`);
    const own = oprf.blind(raw(one.input));
    assert.equal(hex(oprf.finalize(raw(one.input), own.blind, oprf.blindEvaluate(raw(r.key), own.blinded))), `0x${one.output}`);
  }
  for (const bad of ["00".repeat(32), "ff".repeat(32), "01".repeat(31)]) assert.throws(() => oprf.finalize(utf8("1"), raw(r.vectors[0].blind), raw(bad)), bad);
});

test("a card's text, keys and blobs are the Go wallet's", async () => {
  assert.equal(card.id, v.cardId);
  assert.equal(card.link(v.vault, v.origin), v.link);
  assert.equal(new Card(bytes(v.secret)).id, v.cardId);
  assert.equal(readCard(v.link.slice(v.link.indexOf("#")), v.origin).id, v.cardId);
  const stretched = await card.stretch(v.pin);
  assert.equal(hex(stretched), v.stretched);
  for (const kind of ["restore", "assist"] as const) {
    const keys = card.keys(kind, stretched, bytes(v[kind].oprfOutput));
    assert.equal(hex(await keys.open(bytes(v[kind].blob))), v[kind].plaintext, kind);
    const again = await keys.seal(bytes(v[kind].plaintext));
    assert.equal(again.length, bytes(v[kind].blob).length);
    assert.equal(hex(await keys.open(again)), v[kind].plaintext);
  }
  const keys = card.keys("restore", stretched, bytes(v.restore.oprfOutput));
  assert.equal(keys.askKey.address, v.askKey.address);
  assert.equal(hex(encodeIdentity(me)), v.restore.plaintext);
  assert.equal(decodeIdentity(bytes(v.restore.plaintext)).id, me.id);
  const part = (kind: "restore" | "assist") => ({ key: bytes(v[kind].oprfKey), blob: bytes(v[kind].blob) });
  assert.equal(cardContent(part("restore"), part("assist")), v.content);
  assert.equal(pickupDigest(bytes(v.pickupSecret)), v.pickupDigest);
  assert.equal(JSON.parse(askRestore(keys, vault, bytes(v.pickupSecret), now).body).signature, document("AskRestore").signature);
  assert.equal(JSON.parse(cancelRestore(me, vault, v.pickupDigest).body).signature, document("CancelRestore").signature);
  assert.equal(JSON.parse(resetCard(me, vault, v.cardId, now).body).signature, document("ResetCard").signature);

  for (const [name, wrong] of Object.entries({
    "another kind": card.keys("assist", stretched, bytes(v.restore.oprfOutput)), "another PIN": card.keys("restore", await card.stretch("271829"), bytes(v.restore.oprfOutput)),
    "another card": new Card().keys("restore", stretched, bytes(v.restore.oprfOutput)), "another answer": card.keys("restore", stretched, bytes(v.assist.oprfOutput)),
  })) {
    await assert.rejects(wrong.open(bytes(v.restore.blob)), WrongPinError, name);
    if (name !== "another kind") assert.notEqual(wrong.askKey.address, keys.askKey.address, name);
  }
  const blob = bytes(v.restore.blob);
  for (const at of [0, 12, 100, blob.length - 1]) await assert.rejects(keys.open(blob.map((b, i) => (i === at ? b ^ 1 : b))), WrongPinError);
  await assert.rejects(keys.open(new Uint8Array(5000)), WrongPinError);
  await assert.rejects(keys.open(new Uint8Array()), WrongPinError);
  assert.throws(() => decodeIdentity(bytes(v.assist.plaintext)), /FormError/);
});

test("a card that is made opens again by the vault's answers, and by the right PIN alone", async () => {
  const fresh = new Card();
  const act = await makeCard(me, vault, fresh, "٢٧١٨٢٨", me.assistKey(now), now);
  const kept = JSON.parse(act.body);
  assert.equal(kept.card, fresh.id);
  const answers = async (kind: "restore" | "assist", pin: string) => {
    const t = await tryPin(fresh, kind, pin);
    assert.notEqual(t.blinded, (await tryPin(fresh, kind, pin)).blinded, "a try tells the vault of the PIN");
    return t.answer(base64(oprf.blindEvaluate(unbase64(kept[kind].oprf_key), unbase64(t.blinded))));
  };
  const keys = await answers("restore", "271828");
  assert.equal(decodeIdentity(await keys.open(unbase64(kept.restore.blob))).id, me.id);
  assert.equal(keys.askKey.address, kept.ask_key);
  const help = await answers("assist", "271828");
  const assistant = decodeAssist(await help.open(unbase64(kept.assist.blob)));
  assert.deepEqual([assistant.identity, assistant.key.address], [me.id, me.assistKey(now).address]);
  for (const bad of [new Uint8Array(63), new Uint8Array(65), new Uint8Array(64)]) assert.throws(() => decodeAssist(bad), "no key, or of another length");
  const wrong = await answers("restore", "271829");
  await assert.rejects(wrong.open(unbase64(kept.restore.blob)), WrongPinError);
  assert.notEqual(wrong.askKey.address, kept.ask_key);
  assert.ok(!act.body.includes(hex(me.seedBytes()).slice(2)) && !("assist" in JSON.parse((await makeCard(me, vault, fresh, "271828", undefined, now)).body)));
});

test("what is no card, and no PIN, is told before a try is spent", () => {
  const code = v.link.slice(v.link.indexOf("c=") + 2);
  for (const [name, [text, want]] of Object.entries<[string, Function]>({
    "nothing": ["", CardError], "another vault's": [v.link, OtherVaultError], "a letter misread": [`#c=${code.slice(0, 20)}${code[20] === "A" ? "B" : "A"}${code.slice(21)}`, OtherVaultError],
    "padded": [`#c=${code}=`, CardError], "a letter more": [`#c=${code}A`, CardError], "cut": [`#c=${code.slice(0, -1)}`, CardError], "another version": [`#c=B${code.slice(1)}`, CardError],
    "bits that no byte needs": [`#c=${code.slice(0, -1)}x`, CardError], "a request": [`#r=${v.cardId}`, CardError], "another page": [v.link.replace("/me/", "/you/"), CardError], "a line end": [`${v.link}\n`, CardError],
  })) assert.throws(() => readCard(text, name === "another vault's" ? "another" : v.origin), want, name);
  for (const [text, pin] of [["271828", "271828"], [" 271828 ", "271828"], ["٢٧١٨٢٨", "271828"], ["۲۷۱۸۲۸", "271828"], ["၂၇၁၈၂၈", "271828"], ["२७१८२८", "271828"], ["123456789012", "123456789012"]] as const) assert.equal(readPin(text), pin);
  for (const text of ["", "12345", "1234567890123", "12345a", "12 3456", "½23456", "一二三四五六"]) assert.throws(() => readPin(text), text);
});
