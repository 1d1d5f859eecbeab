// Every language has every text, with the same places to fill in and each plural that CLDR has for it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

type Entry = string | Record<string, string>;
const read = (name: string): Record<string, Entry> => JSON.parse(readFileSync(`${process.cwd()}/src/lang/${name}`, "utf8"));
const languages = readdirSync(`${process.cwd()}/src/lang`).filter((f) => /^[a-z]{2}\.json$/.test(f)).map((f) => f.slice(0, 2));
const english = read("en.json");
const places = (text: string): string => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join();

test("seven languages", () => assert.deepEqual(languages.sort(), ["ar", "en", "es", "fr", "my", "sw", "uk"]));

for (const language of languages) {
  test(`${language} has every text`, () => {
    const words = read(`${language}.json`);
    assert.deepEqual(Object.keys(words).filter((k) => !(k in english)), [], "texts that English has not");
    assert.deepEqual(Object.keys(english).filter((k) => !(k in words)), [], "texts that are missing");
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
    for (const [key, entry] of Object.entries(words)) {
      const original = english[key]!;
      if (typeof original === "string") {
        assert.equal(typeof entry, "string", key);
        assert.ok((entry as string).trim(), key);
        assert.equal(places(entry as string), places(original), key);
        assert.ok(language === "en" || entry !== original || (entry as string).length < 14, `${key} is not translated`);
      } else {
        assert.deepEqual(Object.keys(entry).sort(), wanted, `${key}: plurals`);
        assert.equal(places((entry as Record<string, string>).other!), "count", key);
      }
    }
  });
}

test("what the page asks for is there, and nothing else", () => {
  const used = new Set<string>();
  const begun = new Set<string>();
  for (const file of readdirSync(`${process.cwd()}/src`, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts"))) {
    const text = readFileSync(`${process.cwd()}/src/${file}`, "utf8");
    for (const [, key] of text.matchAll(/"([a-z]+(?:\.[a-zA-Z_]+)+)"/g)) used.add(key!);
    for (const [, start] of text.matchAll(/`([a-z]+(?:\.[a-z]+)*\.)\$\{/g)) begun.add(start!);
  }
  const unused = Object.keys(english).filter((k) => !used.has(k) && ![...begun].some((b) => k.startsWith(b)));
  assert.deepEqual(unused, []);
  const roots = new Set(Object.keys(english).map((k) => k.split(".")[0]));
  const absent = [...used].filter((k) => roots.has(k.split(".")[0]!) && !(k in english) && !/^(card|show)\.ts$/.test(k));
  assert.deepEqual(absent, []);
});
