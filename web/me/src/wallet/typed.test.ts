import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, unhex, type Hex } from "./bytes.ts";
import { Key, signedBy } from "./seed.ts";
import { digest, documents, structHash, type Domain } from "./typed.ts";
import { vectors } from "./testing.ts";

const file = vectors("consent/testdata/vectors.json");
const domain: Domain = { chainId: BigInt(file.domain.chainId), contract: file.domain.verifyingContract };
const spelled = (v: any): string => `${v.primaryType}(${v.types[v.primaryType].map((m: any) => `${m.type} ${m.name}`).join(",")})`;

test("every signed document is the Go code's, byte for byte", () => {
  const known = new Set<string>(Object.values(documents));
  const seen = new Set<string>();
  for (const v of file.typed) {
    const type = spelled(v);
    assert.ok(known.has(type), `${v.name} is not in the table`);
    seen.add(type);
    const hash = structHash(type as any, v.message as never);
    assert.equal(hex(hash), v.structHash, v.name);
    const signed = digest(domain, hash);
    assert.equal(hex(signed), v.digest, v.name);
    const key = new Key(unhex(v.privateKey));
    assert.equal(key.sign(signed), v.signature, v.name);
    assert.ok(signedBy(signed, v.signature, key.address), v.name);
  }
  assert.deepEqual([...known].filter((type) => !seen.has(type)), [], "no vector");
});

test("no signature is another document's, another chain's or another contract's", () => {
  const domains = { same: domain, chain: { ...domain, chainId: domain.chainId + 1n }, contract: { ...domain, contract: `0x${"c1".repeat(20)}` as Hex } };
  const digests = new Set<string>();
  for (const [n, made] of file.typed.entries()) {
    const address = new Key(unhex(made.privateKey)).address;
    for (const [where, d] of Object.entries(domains)) {
      digests.add(hex(digest(d, unhex(made.structHash))));
      // recovering takes long: of all others, which have other digests, the next three
      for (const tried of [made, ...[1, 2, 3].map((k) => file.typed[(n + k) % file.typed.length])])
        assert.equal(signedBy(digest(d, unhex(tried.structHash)), made.signature, address), made === tried && where === "same", `${made.name} as ${tried.name}, ${where}`);
    }
  }
  assert.equal(digests.size, 3 * file.typed.length, "two documents have one digest");
});

test("a signature has one form", () => {
  const v = file.typed[0];
  const address = new Key(unhex(v.privateKey)).address;
  const signed = unhex(v.digest);
  const raw = unhex(v.signature, 65);
  const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const high = (n - BigInt(hex(raw.subarray(32, 64)))).toString(16).padStart(64, "0");
  const changed = (at: number, to: number): Hex => {
    const c = raw.slice();
    c[at] = to;
    return hex(c);
  };
  for (const [name, signature] of Object.entries({
    "high s": `${hex(raw.subarray(0, 32))}${high}${raw[64] === 27 ? "1c" : "1b"}`, "v of 0": changed(64, raw[64]! - 27), "v of 29": changed(64, 29), "other v": changed(64, 55 - raw[64]!),
    "zero r": `0x${"00".repeat(32)}${hex(raw.subarray(32)).slice(2)}`, "a byte changed": changed(5, raw[5]! ^ 1), "cut": hex(raw.subarray(0, 64)), "upper case": v.signature.toUpperCase().replace("X", "x"), "nothing": "0x",
  })) assert.equal(signedBy(signed, signature as Hex, address), false, name);
});

test("what is not of its type is not signed", () => {
  for (const [name, bad] of Object.entries({
    "short identity": { identity: "0x00", vault: "v", time: 1 }, "negative time": { identity: `0x${"00".repeat(32)}`, vault: "v", time: -1 },
    "time above 64 bits": { identity: `0x${"00".repeat(32)}`, vault: "v", time: 1n << 64n }, "fraction": { identity: `0x${"00".repeat(32)}`, vault: "v", time: 1.5 },
    "upper case": { identity: `0x${"AA".repeat(32)}`, vault: "v", time: 1 },
  })) assert.throws(() => structHash(documents.withdrawAll, bad as never), name);
});
