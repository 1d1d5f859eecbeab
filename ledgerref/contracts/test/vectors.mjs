// Checks the project's EIP-712 vectors with an implementation that shares no code with it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hashStruct, hashTypedData, recoverTypedDataAddress } from "viem";
import { privateKeyToAddress, signTypedData } from "viem/accounts";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const file = JSON.parse(read("../../../consent/testdata/vectors.json"));
const domain = { ...file.domain, chainId: BigInt(file.domain.chainId) };

/** Numbers stand as decimal strings in the file, since JSON's own lose digits. */
function valueOf(type, value) {
  if (type.endsWith("[]")) return value.map((item) => valueOf(type.slice(0, -2), item));
  return type.startsWith("uint") ? BigInt(value) : value;
}

function typedData(vector, over = {}) {
  const members = vector.types[vector.primaryType];
  assert.deepEqual(members.map((member) => member.name).sort(), Object.keys(vector.message).sort());
  const message = Object.fromEntries(members.map(({ name, type }) => [name, valueOf(type, vector.message[name])]));
  return { domain, types: vector.types, primaryType: vector.primaryType, message, ...over };
}

const typeOf = (vector) =>
  `${vector.primaryType}(${vector.types[vector.primaryType].map(({ type, name }) => `${type} ${name}`).join(",")})`;

test("the file holds vectors", () => {
  assert.equal(file.domain.name, "Wrappy Vault");
  assert.equal(file.domain.version, "1");
  assert.ok(file.typed.length > 0);
});

for (const vector of file.typed) {
  test(`${vector.name}: hashes and signature`, async () => {
    const data = typedData(vector);
    assert.equal(
      hashStruct({ data: data.message, primaryType: data.primaryType, types: data.types }),
      vector.structHash,
    );
    assert.equal(hashTypedData(data), vector.digest);
    assert.equal(await signTypedData({ ...data, privateKey: vector.privateKey }), vector.signature);
    const signer = await recoverTypedDataAddress({ ...data, signature: vector.signature });
    assert.equal(signer, privateKeyToAddress(vector.privateKey));
  });

  test(`${vector.name}: not under another domain`, async () => {
    const signer = privateKeyToAddress(vector.privateKey);
    for (const other of [
      { ...domain, chainId: domain.chainId + 1n },
      { ...domain, verifyingContract: "0x00000000000000000000000000000000000000aa" },
      { ...domain, version: "2" },
      { ...domain, name: "Another" },
    ]) {
      const data = typedData(vector, { domain: other });
      assert.notEqual(await recoverTypedDataAddress({ ...data, signature: vector.signature }), signer);
    }
  });
}

test("no signature is another's", async () => {
  for (const vector of file.typed) {
    for (const other of file.typed) {
      if (other === vector) continue;
      assert.notEqual(vector.digest, other.digest);
      const recovered = await recoverTypedDataAddress({ ...typedData(other), signature: vector.signature });
      assert.notEqual(recovered, privateKeyToAddress(vector.privateKey), `${vector.name} as ${other.name}`);
    }
  }
});

test("the contracts hash the types that the vectors have", () => {
  for (const [source, names] of [
    ["../src/ConsentLedger.sol", ["grant act", "withdraw"]],
    ["../src/KeyRegistry.sol", ["register"]],
  ]) {
    for (const name of names) {
      const vector = file.typed.find((entry) => entry.name === name);
      assert.ok(vector, `no vector named ${name}`);
      assert.ok(read(source).includes(`keccak256("${typeOf(vector)}")`), `${source}: ${typeOf(vector)}`);
    }
  }
});

test("no two acts of a contract share a type", () => {
  for (const source of ["ConsentLedger", "KeyRegistry", "InstitutionRegistry"]) {
    const types = [...read(`../src/${source}.sol`).matchAll(/keccak256\(\s*"(\w+\([^"]*\))"\s*\)/g)].map((m) => m[1]);
    assert.ok(types.length > 1);
    assert.equal(new Set(types).size, types.length, source);
  }
});
