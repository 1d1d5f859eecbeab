import assert from "node:assert/strict";
import { test } from "node:test";
import * as acts from "./acts.ts";
import type { Deployment } from "./api.ts";
import { assistKey } from "./assist.ts";
import { random, type Hex } from "./bytes.ts";
import { Card, makeCard, resetCard } from "./card.ts";
import type { Receipt } from "./grant.ts";
import { renew, renewable, untimely } from "./renew.ts";
import { Identity } from "./seed.ts";

const me = Identity.make();
const [chainId, contract]: [bigint, Hex] = [31337n, `0x${"11".repeat(20)}`];
const vault: Deployment = { ledger: { chainId, contract }, registry: { chainId, contract }, institutions: { chainId, contract }, origin: "vault.example/log", logKey: random(32) };
const now = 1_760_000_000;
const later = now + 86_400;
const grant: Hex = `0x${"22".repeat(32)}`;
const other: Hex = `0x${"33".repeat(32)}`;
const salt: Hex = `0x${"44".repeat(32)}`;
const receipt = { id: grant, withdrawal: `0x${"55".repeat(65)}` } as Receipt;

test("what is signed anew is what it was, with another time", async () => {
  for (const made of [
    acts.correct(me, vault, "identity.name", [{ text: "Lakeside, \"long\" 1.50" }], now, salt), acts.correct(me, vault, "identity.name", undefined, now),
    acts.withdrawAll(me, vault, [receipt], now, [other]), assistKey(me, vault, now), assistKey(me, vault, now, true), resetCard(me, vault, grant, now),
    await makeCard(me, vault, new Card(), "274951", me.assistKey(now), now), await makeCard(me, vault, new Card(), "274951", undefined, now),
  ]) {
    assert.ok(renewable(made.kind), made.kind);
    assert.deepEqual(renew(made, me, vault, now), made, made.kind);
    const anew = renew(made, me, vault, later)!;
    const [was, is] = [made, anew].map((a) => JSON.parse(a.body) as Record<string, unknown>);
    assert.equal(anew.id, made.id, "another act: it would stand in the queue beside the one before");
    assert.equal(anew.until! - made.until!, later - now, made.kind);
    assert.notEqual(is!["signature"], was!["signature"], made.kind);
    assert.deepEqual({ ...is, time: now, signature: "" }, { ...was, signature: "" }, made.kind);
  }
});

test("what answers an organisation, and what has no end, is not signed anew", () => {
  for (const made of [acts.withdraw(receipt), acts.withdrawAsIdentity(me, vault.ledger, grant), acts.refuse(me, vault, grant, now), acts.erase(me, vault), acts.enrol(me, vault, "", now), acts.exportOrder(me, vault, [], now)]) {
    assert.ok(!renewable(made.kind), made.kind);
    assert.equal(renew(made, me, vault, later), undefined, made.kind);
  }
});

test("by a clock that is wrong by more than a vault allows an act is untimely, and signed anew it is not", () => {
  for (const wrong of [-86_400, -600, 600, 86_400]) {
    const made = acts.correct(me, vault, "identity.name", undefined, now + wrong);
    assert.ok(untimely(made, now), `${wrong}`);
    assert.ok(!untimely(renew(made, me, vault, now)!, now), `${wrong}`);
  }
  for (const wrong of [-500, 0, 500]) assert.ok(!untimely(acts.correct(me, vault, "identity.name", undefined, now + wrong), now), `${wrong}`);
  assert.ok(!untimely(acts.withdraw(receipt), now + 1e9));
  assert.ok(!untimely({ id: "give:1", kind: "give", path: "/", body: "{}", session: false, until: now + 30 * 86_400 }, now), "a yes is waited for until a day");
});

test("in place of a stop of everything go stops of each, also where there is no receipt", () => {
  const all = acts.withdrawAll(me, vault, [receipt], now, [other]);
  assert.deepEqual(all.late, [acts.withdraw(receipt), acts.withdrawAsIdentity(me, vault.ledger, other)]);
  assert.ok(all.late!.every((one) => one.until === undefined));
  assert.deepEqual(acts.about(all).grants, [grant, other]);
  assert.ok(!all.body.includes(other), "the chain would be told of a stop by a signature that says who it is");
});
