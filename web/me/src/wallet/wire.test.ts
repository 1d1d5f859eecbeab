import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { file } from "./testing.ts";

interface Schema {
  properties: Set<string>;
  required: Set<string>;
}

// The schemas of openapi.yaml, which are written in one manner: four spaces, a name; eight, a property.
function schemas(): Map<string, Schema> {
  const text = file("openapi/openapi.yaml");
  const found = new Map<string, Schema>();
  const section = text.slice(text.indexOf("\n  schemas:\n") + 12);
  for (const part of section.split(/\n(?=    [A-Z]\w*:\n)/)) {
    const name = /^\s*([A-Z]\w*):/.exec(part)?.[1];
    if (!name) continue;
    const required = /\n      required: \[([^\]]*)\]/.exec(part)?.[1]?.split(", ") ?? [];
    const properties = [...(part.split("\n      properties:\n")[1] ?? "").matchAll(/^        (\w+):/gm)].map((m) => m[1]!);
    found.set(name, { properties: new Set(properties), required: new Set(required) });
  }
  return found;
}

// Interfaces that are named otherwise there.
const named: Record<string, string> = { Promised: "Promise", Standing: "StandingGrant" };
// What is sent: nothing may be missing.
const whole = ["RequestDocument", "GrantDocument", "SignedGrant", "Binding", "Notice", "Opening", "CompletenessStatement"];

test("what travels is what the API's document says", () => {
  const known = schemas();
  assert.ok(known.size > 80);
  const text = readFileSync("src/wallet/wire.ts", "utf8");
  let compared = 0;
  for (const [, name, body] of text.matchAll(/export interface (\w+) \{\n([\s\S]*?)\n\}/g)) {
    const schema = known.get(named[name!] ?? name!);
    assert.ok(schema, `no schema ${name}`);
    const members = [...body!.matchAll(/^  (\w+)(\??):/gm)];
    for (const [, member, optional] of members) {
      assert.ok(schema.properties.has(member!), `${name}.${member} is not in the document`);
      assert.equal(optional === "?", !schema.required.has(member!), `${name}.${member}: optional there or here`);
      compared++;
    }
    if (whole.includes(name!)) assert.deepEqual(members.map((m) => m[1]).sort(), [...schema.properties].sort(), name);
  }
  assert.ok(compared > 150, String(compared));
});
