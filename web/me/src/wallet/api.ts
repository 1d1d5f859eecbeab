// The one module that talks to a vault. Everything else is pure.
import { base64, equal, FormError, fromUtf8, hex, isHash, unbase64, unhex, type Hex } from "./bytes.ts";
import type { Act } from "./acts.ts";
import { checkAsked, type Assistant } from "./grant.ts";
import { openAssistSession } from "./assist.ts";
import { makeProofKey, openSession, proofHeader, prove, sessionHeader, sessionSeconds, type ProofKey } from "./session.ts";
import { Identity } from "./seed.ts";
import type { Domain } from "./typed.ts";
import type { Asked, CardEvaluation, Catalog, ErasureWindow, Facts, HistoryPage, Institution, Ledger, OwnCard, OwnGrant, Representative, Standing } from "./wire.ts";

/** Largest answer that is read, in bytes; an export has a bound of its own. */
const maxAnswer = 8 << 20;
export const maxExport = 64 << 20;

/** A vault's refusal: an RFC 9457 problem document. code is the last part of its type, "signature" for example. */
export class Problem extends Error {
  override name = "Problem";
  readonly code: string;
  readonly status: number;
  readonly reasons: readonly string[];
  /** Seconds to wait before the same is sent again, where the vault says so. */
  readonly retryAfter: number | undefined;
  readonly document: Record<string, unknown>;

  constructor(status: number, document: Record<string, unknown>, retryAfter?: number) {
    const type = typeof document["type"] === "string" ? document["type"] : "";
    super(typeof document["title"] === "string" ? document["title"] : `the vault answered ${status}`);
    this.code = type.startsWith("urn:wrappy:problem:") ? type.slice(19) : "unknown";
    this.status = status;
    this.reasons = Array.isArray(document["reasons"]) ? document["reasons"].filter((r) => typeof r === "string") : [];
    this.retryAfter = retryAfter;
    this.document = document;
  }
}

/** No answer came: nothing is known of what became of what was sent. Send the same again. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

/** Whether what failed so may succeed when it is sent again, unchanged. */
export const retryable = (e: unknown): boolean => e instanceof Unreachable || (e instanceof Problem && (e.status === 429 || e.status >= 500 || e.code === "session"));

/** What a vault says of its ledger and log. Keep it at the first visit and compare with same(): signatures are bound to it. */
export interface Deployment {
  /** Domain of everything but registration. */
  ledger: Domain;
  /** KeyRegistry's. */
  registry: Domain;
  institutions: Domain;
  /** Of the vault's log: what is signed for this vault says so. */
  origin: string;
  /** Ed25519. */
  logKey: Uint8Array;
}

export function deploymentOf(l: Ledger): Deployment {
  const domain = (contract: Hex): Domain => {
    unhex(contract, 20);
    return { chainId: BigInt(l.chain_id), contract };
  };
  const logKey = unbase64(l.log.public_key);
  if (logKey.length !== 32 || !l.log.origin || !/^[1-9][0-9]*$/.test(l.chain_id)) throw new FormError("what the vault says of itself cannot be used");
  return { ledger: domain(l.consent_ledger), registry: domain(l.key_registry), institutions: domain(l.institution_registry), origin: l.log.origin, logKey };
}

/** Whether a vault is the one that was first used. Sign nothing for another. */
export const sameDeployment = (a: Deployment, b: Deployment): boolean =>
  a.origin === b.origin && equal(a.logKey, b.logKey) && (["ledger", "registry", "institutions"] as const).every((d) => a[d].chainId === b[d].chainId && a[d].contract === b[d].contract);

export interface Options {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Base URL of the vault, without a slash at its end; "" for the page's own. */
  base: string;
  /** Of the page: what a session is bound to. */
  origin: string;
  /** The phone's clock, in milliseconds. */
  clock?: () => number;
  /** Milliseconds until an answer must be whole; twice that for an export. */
  timeout?: number;
}

/** Whose session something comes in: the person's, which opens by itself, or a helper's device's, which openAssist opens. */
export type Who = Identity | Assistant;

interface OpenSession {
  id: string;
  key: ProofKey;
  until: number;
}

/** A vault over HTTP. Every method throws Problem, Unreachable or FormError. */
export class Vault {
  readonly #o: Required<Options>;
  readonly #sessions = new WeakMap<Who, OpenSession>();
  #ahead = 0; // seconds that the vault's clock is ahead of the phone's

  constructor(options: Options) {
    this.#o = { clock: Date.now, timeout: 30_000, ...options };
  }

  /** Unix seconds by the vault's clock, as far as it is known: cheap phones are off by hours, and what is signed then is refused. */
  now(): number {
    return Math.floor(this.#o.clock() / 1000) + this.#ahead;
  }

  async deployment(): Promise<Deployment> {
    return deploymentOf(await this.#get<Ledger>("/v1/ledger"));
  }

  ledger = (): Promise<Ledger> => this.#get("/v1/ledger");
  catalog = (): Promise<Catalog> => this.#get("/v1/catalog");
  erasureWindow = (): Promise<ErasureWindow> => this.#get("/v1/erasure");

  institution(id: Hex): Promise<Institution> {
    unhex(id);
    return this.#get(`/v1/institutions/${id}`);
  }

  /** A request, whose content is what its id says. TermError where it is not. */
  async asked(id: Hex): Promise<Asked> {
    unhex(id);
    const shown = await this.#get<Asked>(`/v1/asked/${id}`);
    checkAsked(id, shown);
    return shown;
  }

  /** Everything that the person has given at this vault. */
  async grants(me: Identity, d: Deployment): Promise<OwnGrant[]> {
    return (await this.#pages<{ grants: OwnGrant[]; next?: string }>(me, d, "/v1/person/grants")).flatMap((p) => p.grants);
  }

  /** The person's history from its beginning; history.ts checks it. A vault may give it in pages. */
  history(me: Identity, d: Deployment): Promise<HistoryPage[]> {
    return this.#pages(me, d, "/v1/person/history");
  }

  facts(me: Identity, d: Deployment): Promise<Facts> {
    return this.#read(me, d, "/v1/person/facts");
  }

  /** Who gives for somebody; undefined where this vault has no place of theirs, or none any more. */
  async representative(me: Identity, d: Deployment): Promise<Representative | undefined> {
    try {
      await this.#session(me, d);
    } catch (e) {
      if (e instanceof Problem && e.code === "session") return undefined;
      throw e;
    }
    return this.#read(me, d, "/v1/person/representative");
  }

  /** The person's card, and whether somebody asked for a restore: look whenever the page opens. undefined where there is none. */
  async card(me: Identity, d: Deployment): Promise<OwnCard | undefined> {
    try {
      return await this.#read<OwnCard>(me, d, "/v1/person/card");
    } catch (e) {
      if (e instanceof Problem && e.status === 404) return undefined;
      throw e;
    }
  }

  /** A try of a PIN, which is counted. Problem "card-tries" with retryAfter after too many, "not-found" for a card that opens nothing (any more). */
  tryCard(card: Hex, kind: "restore" | "assist", blinded: string): Promise<CardEvaluation> {
    return this.#post("/v1/cards/evaluations", { card, kind, blinded });
  }

  /** What a restore gives, once it is ready. Problem "restore-waits" with retryAfter before, "not-found" where it was stopped. */
  async pickUp(card: Hex, secret: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    return unbase64((await this.#post<{ blob: string }>("/v1/cards/blobs", { card, secret: hex(secret) })).blob);
  }

  /** A public file of the log: "checkpoint", "tile/0/000.p/7". undefined where there is none. */
  async logFile(path: string): Promise<Uint8Array | undefined> {
    try {
      return await this.#send("GET", `/log/${path}`, {}, undefined, 64 << 10);
    } catch (e) {
      if (e instanceof Problem && e.status === 404) return undefined;
      throw e;
    }
  }

  /** Sends an act, and the same act again as often as need be. The answer's body, parsed; undefined where it has none. */
  async send(act: Act, me?: Who, d?: Deployment): Promise<unknown> {
    const body = await this.sendRaw(act, me, d);
    return body.length ? parse(body) : undefined;
  }

  /** send for an answer that is no JSON document: an export. */
  async sendRaw(act: Act, me?: Who, d?: Deployment): Promise<Uint8Array> {
    const headers = { "Content-Type": act.kind === "import" ? "application/x-ndjson" : "application/json" };
    if (!act.session) return this.#send("POST", act.path, headers, act.body);
    if (!me || !d) throw new FormError("this act comes in a session: give identity and deployment");
    return this.#inSession(me, d, "POST", act.path, headers, act.body, act.kind === "export" ? maxExport : maxAnswer);
  }

  /** Opens the session of a helper's device, for ten minutes and one request (zeroHash: none). It cannot be extended, and
   *  the next can be opened five minutes after its end. */
  async openAssist(a: Assistant, d: Deployment, request: Hex): Promise<void> {
    await this.#open(a, this.now() + 590, { request }, (nonce, key, expires) => openAssistSession(a, d.ledger, d.origin, this.#o.origin, request, nonce, key, expires), "/v1/assist/sessions");
  }

  /** What stands, in a helper's device's session. */
  async standing(a: Assistant, d: Deployment): Promise<Standing[]> {
    return (await this.#pages<{ grants: Standing[]; next?: string }>(a, d, "/v1/assist/grants")).flatMap((p) => p.grants);
  }

  /** Forgets a session: after the screen was locked. */
  forget(me: Who): void {
    this.#sessions.delete(me);
  }

  async #pages<P extends { next?: string }>(me: Who, d: Deployment, path: string): Promise<P[]> {
    const pages: P[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined; ) {
      const page: P = await this.#read(me, d, cursor ? `${path}?cursor=${encodeURIComponent(cursor)}` : path);
      pages.push(page);
      if (pages.length > 10_000) throw new FormError("a list without an end");
      cursor = page.next;
    }
    return pages;
  }

  async #read<T>(me: Who, d: Deployment, path: string): Promise<T> {
    return parse(await this.#inSession(me, d, "GET", path, {})) as T;
  }

  async #get<T>(path: string): Promise<T> {
    return parse(await this.#send("GET", path, {})) as T;
  }

  async #post<T>(path: string, body: unknown): Promise<T> {
    return parse(await this.#send("POST", path, { "Content-Type": "application/json" }, JSON.stringify(body))) as T;
  }

  async #inSession(me: Who, d: Deployment, method: string, path: string, headers: Record<string, string>, body?: string, most = maxAnswer): Promise<Uint8Array> {
    for (let again = false; ; again = true) {
      const s = await this.#session(me, d);
      try {
        const proof = await prove(s.key, method, path, s.id, this.now());
        return await this.#send(method, path, { ...headers, [sessionHeader]: s.id, [proofHeader]: proof }, body, most);
      } catch (e) {
        if (again || !(e instanceof Problem && e.code === "session")) throw e;
        this.#sessions.delete(me); // the vault was started anew, or the time is over
      }
    }
  }

  async #session(me: Who, d: Deployment): Promise<OpenSession> {
    const open = this.#sessions.get(me);
    if (open && this.now() < open.until) return open;
    if (!(me instanceof Identity)) throw new Problem(401, { type: "urn:wrappy:problem:session", title: "the helper's session is over, or was not opened" });
    return this.#open(me, this.now() + sessionSeconds, {}, (nonce, key, expires) => openSession(me, d.ledger, d.origin, this.#o.origin, nonce, key, expires), "/v1/sessions");
  }

  async #open(me: Who, expires: number, more: object, sign: (nonce: Hex, proofKey: Hex, expires: number) => Hex, path: string): Promise<OpenSession> {
    const { nonce } = parse(await this.#send("POST", "/v1/sessions/nonce", {})) as { nonce: Hex };
    if (!isHash(nonce)) throw new FormError("nonce");
    const key = await makeProofKey();
    const identity = me instanceof Identity ? me.id : me.identity;
    const body = { identity, origin: this.#o.origin, ...more, nonce, proof_key: base64(key.public), expires, signature: sign(nonce, key.digest, expires) };
    const made = await this.#post<{ session: string }>(path, body);
    const session = { id: made.session, key, until: expires - 30 };
    this.#sessions.set(me, session);
    return session;
  }

  async #send(method: string, path: string, headers: Record<string, string>, body?: string, most = maxAnswer): Promise<Uint8Array> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), most === maxExport ? 2 * this.#o.timeout : this.#o.timeout);
    const sent = Math.floor(this.#o.clock() / 1000);
    let answer: Response;
    let bytes: Uint8Array;
    try {
      answer = await this.#o.fetch(this.#o.base + path, {
        method, headers, ...(body === undefined ? {} : { body }), signal: stop.signal, cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer",
      });
      bytes = await bounded(answer, most);
    } catch (e) {
      if (e instanceof FormError) throw e;
      throw new Unreachable("no answer came");
    } finally {
      clearTimeout(timer);
    }
    const date = Date.parse(answer.headers.get("Date") ?? "");
    if (date) this.#ahead = ahead(Math.floor(date / 1000), sent, Math.floor(this.#o.clock() / 1000));
    if (answer.ok) return bytes;
    const wait = Number(answer.headers.get("Retry-After") ?? NaN);
    throw new Problem(answer.status, problemOf(bytes), Number.isFinite(wait) ? wait : undefined);
  }
}

/** Seconds between a clock and the phone's, which it was seen at between two times: a slow line does not make the phone wrong. */
const ahead = (time: number, sent: number, come: number): number => (time < sent ? time - sent : time > come ? time - come : 0);

async function bounded(answer: Response, most: number): Promise<Uint8Array> {
  const reader = answer.body?.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let piece = await reader?.read(); reader && piece && !piece.done; piece = await reader.read()) {
    size += piece.value.length;
    if (size > most) {
      await reader.cancel();
      throw new FormError(`an answer of more than ${most} bytes`);
    }
    parts.push(piece.value);
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** Every answer is an object. FormError. */
function parse(bytes: Uint8Array): object {
  let read: unknown;
  try {
    read = JSON.parse(fromUtf8(bytes));
  } catch {
    throw new FormError("the vault's answer is not JSON");
  }
  if (typeof read !== "object" || read === null || Array.isArray(read)) throw new FormError("the vault's answer is no object");
  return read;
}

function problemOf(bytes: Uint8Array): Record<string, unknown> {
  try {
    return parse(bytes) as Record<string, unknown>;
  } catch {
    return {};
  }
}
