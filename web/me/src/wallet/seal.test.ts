import assert from "node:assert/strict";
import { test } from "node:test";
import { base64, hex, random, unbase64 } from "./bytes.ts";
import { WrongPinError } from "./pin.ts";
import { localKey, makeDeviceKey, openIdentity, openRecord, sealIdentity, sealRecord, type Sealed } from "./seal.ts";
import { Identity } from "./seed.ts";

test("the seed opens on this browser, with this PIN", async () => {
  const me = Identity.make();
  const device = await makeDeviceKey();
  const sealed = await sealIdentity(me, "271828", device);
  const again = await openIdentity(structuredClone(sealed), "٢٧١٨٢٨", device);
  assert.equal(again.id, me.id);
  assert.equal(hex(again.seedBytes()), hex(me.seedBytes()));
  await assert.rejects(openIdentity(sealed, "271829", device), WrongPinError);
  await assert.rejects(openIdentity(sealed, "271828", device, random(32)), WrongPinError, "a passkey that does not belong to it");
  const box = unbase64(sealed.box);
  box[40]! ^= 1;
  for (const [name, bad] of Object.entries<Sealed>({
    "a bit": { ...sealed, box: base64(box) }, "cut": { ...sealed, box: sealed.box.slice(0, -4) }, "nothing": { ...sealed, box: "" }, "another version": { ...sealed, v: 2 as 1 }, "a short salt": { ...sealed, salt: "AAAA" },
  })) await assert.rejects(openIdentity(bad, "271828", device), /FormError/, name);
  await assert.rejects(openIdentity(sealed, "271828", await makeDeviceKey()), /FormError/, "another browser");
  await assert.rejects(openIdentity({ ...sealed, salt: base64(random(16)) }, "271828", device), WrongPinError);
  await assert.rejects(sealIdentity(me, "1234", device), /FormError/);
  for (const key of [device, await localKey(me)]) {
    assert.equal(key.extractable, false);
    await assert.rejects(crypto.subtle.exportKey("raw", key));
  }
});

test("with a passkey the PIN alone does not open", async () => {
  const me = Identity.make();
  const device = await makeDeviceKey();
  const secret = random(32);
  const sealed = await sealIdentity(me, "271828", device, secret);
  assert.equal((await openIdentity(sealed, "271828", device, secret)).id, me.id);
  await assert.rejects(openIdentity(sealed, "271828", device), WrongPinError);
  await assert.rejects(openIdentity(sealed, "271829", device, secret), WrongPinError);
});

test("what is kept beside it opens under its name, for its identity", async () => {
  const key = await localKey(Identity.make());
  const value = { receipts: ["a", "b"], name: "مريم" };
  const sealed = await sealRecord(key, "receipts", value);
  assert.deepEqual(await openRecord(key, "receipts", sealed), value);
  assert.equal(sealed.length, (await sealRecord(key, "receipts", [])).length, "the size tells of the content");
  assert.notEqual(base64(sealed), base64(await sealRecord(key, "receipts", value)));
  await assert.rejects(openRecord(key, "history", sealed), /FormError/);
  await assert.rejects(openRecord(await localKey(Identity.make()), "receipts", sealed), /FormError/);
  for (const at of [0, 20, sealed.length - 1]) await assert.rejects(openRecord(key, "receipts", sealed.map((b, i) => (i === at ? b ^ 1 : b))), /FormError/);
  const long = { text: "x".repeat(5000) };
  assert.deepEqual(await openRecord(key, "n", await sealRecord(key, "n", long)), long);
});
