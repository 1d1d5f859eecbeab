// Checks that the committed artefacts are small enough to deploy.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));

for (const name of ["ConsentLedger", "InstitutionRegistry", "KeyRegistry"]) {
  test(`${name} is within the size limit of EIP-170`, () => {
    assert.ok((read(`../artefacts/${name}.json`).deployedBytecode.length - 2) / 2 <= 24576);
  });
}

test("the lock file names no host", () => {
  for (const [path, entry] of Object.entries(read("../package-lock.json").packages)) {
    assert.equal(entry.resolved, undefined, path);
  }
});
