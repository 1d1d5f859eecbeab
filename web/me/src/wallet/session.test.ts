import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, unbase64url, unhex, utf8 } from "./bytes.ts";
import { makeProofKey, prove, spkiOf, type ProofKey } from "./session.ts";
import { vectors } from "./testing.ts";

const v = vectors("wallet/testdata/vectors.json").sessionProof;

const verifies = async (spki: Uint8Array<ArrayBuffer>, header: string, signed: string): Promise<boolean> => {
  const [at, signature] = header.split(".") as [string, string];
  const key = await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
  return signed.endsWith(`\n${at}`) && (await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, unbase64url(signature), utf8(signed)));
};

test("a proof is over the same text as the Go wallet's", async () => {
  const spki = unhex(v.subjectPublicKeyInfo, 91);
  assert.ok(await verifies(spki, v.header, v.signed));
  assert.equal(hex(spkiOf(spki.slice(27))), v.subjectPublicKeyInfo);
  const key = await makeProofKey();
  assert.equal(key.public.length, 91);
  const header = await prove(key, v.method, v.pathAndQuery, v.sessionId, 1_760_000_000);
  assert.ok(await verifies(key.public.slice(), header, v.signed));
  assert.notEqual(await prove(key, v.method, v.pathAndQuery, v.sessionId, 1_760_000_000), header, "a proof is taken once: the nonce must be random");
  for (const changed of [v.signed.replace("GET", "POST"), v.signed.replace("limit=20", "limit=21"), v.signed.replace("Kk3", "Kk4"), v.signed.replace("1760000000", "1760000001")])
    assert.equal(await verifies(key.public.slice(), header, changed), false);
});

test("the key of a session cannot be taken out", async () => {
  const key: ProofKey = await makeProofKey();
  assert.equal(key.private.extractable, false);
  for (const form of ["jwk", "pkcs8"] as const) await assert.rejects(crypto.subtle.exportKey(form, key.private));
});
