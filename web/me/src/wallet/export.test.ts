import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8, type Hex } from "./bytes.ts";
import { exportFile, readExport } from "./export.ts";
import { readVerifierKey } from "./log.ts";
import { file, vectors } from "./testing.ts";

const text = file("proof/testdata/export.jsonl");
const lines = text.trimEnd().split("\n");
const log = readVerifierKey(JSON.parse(lines[0]!).export.log);
const me: Hex = JSON.parse(lines[0]!).export.identity;
const read = (t: string, id = me, l = log) => readExport(l, id, utf8(t));
const joined = (list: string[]): string => `${list.join("\n")}\n`;

test("an export is read, with who wrote what", () => {
  const e = read(text);
  assert.deepEqual(e.values.map((v) => [v.field, v.own, v.signatures, v.grant === e.grants[0]!.id]), [["health.allergy", false, 1, true], ["identity.name", true, 0, false]]);
  assert.deepEqual(e.values[1]!.value, [{ family: "Achieng <&>" }]);
  assert.deepEqual([e.grants.length, e.unnamed, e.jurisdiction, e.grants[0]!.status], [1, 1, "KE", "given"]);
  assert.equal(e.vaultPart, text);
  assert.equal(read(`${text}{"receipt":{}}\n`).vaultPart, text, "what follows is the person's");
});

test("who has bound a permission for the person comes along, and changes nothing of how it is read", () => {
  const bound = file("proof/testdata/export-bound.jsonl");
  const e = read(bound);
  assert.deepEqual(e.grants.map((g) => [g.document.representation, g.document.assistance, g.status]), [["self", "assisted", "withdrawn"], ["representative", "none", undefined], ["self", "none", "given"]]);
  assert.deepEqual(e.values, read(text).values);
  assert.equal(e.vaultPart, bound, "another vault is given every byte of it");
  const bad: Record<string, string> = {
    "another vault in the help": bound.replace('"help":{"vault":"vault.example/log"', '"help":{"vault":"vault.example/lag"'), "another assist key": bound.replace('"assist_key":"0x81', '"assist_key":"0x82'), "another helper": bound.replace('"institution":"0x83', '"institution":"0x84'),
    "another window": bound.replace('"until":1760000600', '"until":1760000601'), "the help taken out": bound.replace(/,"help":\{[^}]*\}/, ""), "a permission that hides the help": bound.replace('"assistance":1', '"assistance":0'), "another representative": bound.replace('"representative":"0x71', '"representative":"0x72'),
  };
  for (const [name, t] of Object.entries(bad)) {
    assert.notEqual(t, bound, name);
    assert.throws(() => read(t), name);
  }
});

test("whatever is changed, missing, or another's is refused", () => {
  const bad: Record<string, string> = {
    "nothing": "", "no end": joined(lines.slice(0, -1)), "cut": text.slice(0, -2), "a value removed": joined(lines.filter((_, i) => i !== 3)), "a grant removed": joined(lines.filter((_, i) => i !== 2)), "facts removed": joined(lines.filter((_, i) => i !== 1)),
    "the first line removed": joined(lines.slice(1)), "a value twice": joined([...lines.slice(0, 4), lines[3]!, ...lines.slice(4)]), "two exchanged": joined([lines[0]!, lines[1]!, lines[2]!, lines[4]!, lines[3]!, lines[5]!]),
    "a value changed": text.replace("Achieng", "Akinyi"), "another writer": text.replace('"writer":"0x33', '"writer":"0x34'), "another time": text.replace('"time_ms":1760000000123', '"time_ms":1760000000124'), "a grant's term": text.replace('"max_releases":0', '"max_releases":1'),
    "another count": text.replace('"values":2', '"values":3'), "another signature": text.replace('"signature":"UC', '"signature":"VC'), "another vault": text.replace("vault.example/log", "vault.example/lag"), "another person": text.replace(me, me.replace("0x80", "0x81")),
    "a space": text.replace('{"facts":', '{ "facts":'), "not JSON": text.replace('{"facts":', '{facts:'), "a list": joined([lines[0]!, "[]", ...lines.slice(2)]), "two members": text.replace('{"facts":', '{"x":1,"facts":'), "another kind of line": text.replace('{"facts":', '{"notes":'),
  };
  for (const [name, t] of Object.entries(bad)) assert.throws(() => read(t), name);
  assert.throws(() => read(text, `0x${"11".repeat(32)}`), /another person/);
  assert.throws(() => read(text, me, { ...log, key: log.key.map((b) => b ^ 1) }), /another vault/);
});

test("receipts follow as the Go wallet writes them", () => {
  const go = vectors("proof/testdata/receipt.json");
  const g = go.grant;
  const receipt = {
    id: `0x${"00".repeat(32)}` as Hex, vault: "v", domain: { chainId: String(go.chain_id), contract: go.contract }, given: 0, withdrawal: go.withdrawal,
    grant: { ...g, audience: g.audience ? "bearer" : "institution", actions: g.actions === 1 ? ["read"] : ["read", "write"], representation: "self", assistance: "none" },
  };
  const line = JSON.parse(exportFile("", [receipt]));
  for (const member of ["format", "chain_id", "contract", "grant", "withdrawal"]) assert.deepEqual(line.receipt[member], go[member], member);
  assert.ok(exportFile("", [{ ...receipt, domain: { ...receipt.domain, chainId: "18446744073709551615" } }]).includes('"chain_id":18446744073709551615,'));
});
