// Pictures are characters that cheap phones have: of Unicode 11 (2018) or older. A newer one is a box there.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const newer = /[\u{1F6D5}-\u{1F6D7}\u{1F6DC}-\u{1F6DF}\u{1F6FA}-\u{1F6FC}\u{1F7E0}-\u{1F7F0}\u{1F90C}-\u{1F90F}\u{1F93F}\u{1F971}\u{1F972}\u{1F977}-\u{1F979}\u{1F97B}\u{1F9A3}-\u{1F9AF}\u{1F9BA}-\u{1F9BF}\u{1F9C3}-\u{1F9CF}\u{1FA70}-\u{1FAFF}]/gu;

test("no picture is newer than 2018", () => {
  const found: string[] = [];
  let seen = 0;
  for (const file of readdirSync("src", { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts"))) {
    const text = readFileSync(`src/${file}`, "utf8");
    seen += text.match(/\p{Extended_Pictographic}/gu)?.length ?? 0;
    for (const one of text.match(newer) ?? []) found.push(`${file}: ${one}`);
  }
  assert.deepEqual(found, []);
  assert.ok(seen > 200, `only ${seen} pictures were looked at`);
  for (const young of ["🪪", "🪁", "🪴", "🪶", "🩹", "🪑"]) assert.match(young, new RegExp(newer.source, "u"));
});

test("stop and no have their hand for themselves, and the card is no money", () => {
  const home = readFileSync("src/ui/home.ts", "utf8") + readFileSync("src/ui/card.ts", "utf8") + readFileSync("src/ui/welcome.ts", "utf8");
  assert.doesNotMatch(home, /"home\.[a-z]+", "✋"|💳/u);
});
