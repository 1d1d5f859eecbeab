// Sessions, which only read: docs/protocol/identity.md, "Session".
import { base64url, concat, hex, utf8, type Hex } from "./bytes.ts";
import { documents, sign, type Domain } from "./typed.ts";
import type { Identity } from "./seed.ts";

export const sessionHeader = "Wrappy-Session";
export const proofHeader = "Wrappy-Proof";

/** How long a session is asked for, in seconds; a vault allows 15 minutes. */
export const sessionSeconds = 600;

/** The P-256 key of one session. It cannot be taken out of the browser, and without it a
 *  stolen session id reads nothing. */
export interface ProofKey {
  readonly private: CryptoKey;
  /** DER SubjectPublicKeyInfo. */
  readonly public: Uint8Array;
  /** SHA-256 of public, as it stands in the signed session. */
  readonly digest: Hex;
}

export async function makeProofKey(): Promise<ProofKey> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  return { private: pair.privateKey, public: spki, digest: hex(new Uint8Array(await crypto.subtle.digest("SHA-256", spki))) };
}

/** The value of proofHeader for one request; good once. pathAndQuery is as sent, from the slash on. */
export async function prove(key: ProofKey, method: string, pathAndQuery: string, session: string, now: number): Promise<string> {
  const text = utf8(["wrappy session proof v1", method, pathAndQuery, session, String(now)].join("\n"));
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.private, text);
  return `${now}.${base64url(new Uint8Array(signature))}`;
}

/** Signs for a session at the vault whose log has this origin. Origin is the page's. */
export function openSession(me: Identity, domain: Domain, vault: string, origin: string, nonce: Hex, proofKey: Hex, expires: number): Hex {
  return sign(me.session, domain, documents.session, { identity: me.id, vault, origin, nonce, proofKey, expires });
}

/** SubjectPublicKeyInfo of a P-256 point x ‖ y, as values' writers carry it. */
export const spkiOf = (point: Uint8Array): Uint8Array<ArrayBuffer> =>
  concat(Uint8Array.of(0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04), point);
