import assert from "node:assert/strict";
import { test } from "node:test";
import { pause, wholeMinute } from "./pin.ts";

test("wrong PINs cost time: none of the first five, half a minute up to ten, then an hour", () => {
  assert.deepEqual([0, 1, 4].map(pause), [0, 0, 0]);
  assert.deepEqual([5, 6, 9].map(pause), [30_000, 30_000, 30_000]);
  assert.deepEqual([10, 11, 1000].map(pause), [3_600_000, 3_600_000, 3_600_000]);
});

test("the time that is said is never over already, nor much later", () => {
  for (const at of [0, 1, 29_999, 59_999, 60_000, 60_001, 1_760_000_012_345]) {
    const said = wholeMinute(at) * 1000;
    assert.ok(said >= at && said < at + 60_000, `${at}`);
    assert.equal(said % 60_000, 0);
  }
});
