import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { after, test } from "node:test";
import { erase, exportOrder, give, withdraw, type Act } from "./acts.ts";
import { deploymentOf, Problem, retryable, sameDeployment, Unreachable, Vault, type Deployment } from "./api.ts";
import { FormError, hex, unhex, type Hex } from "./bytes.ts";
import { Identity } from "./seed.ts";
import type { Ledger } from "./wire.ts";

type Handler = (request: IncomingMessage, body: string, answer: ServerResponse) => void;
let handler: Handler = () => {};
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => (body += piece));
  request.on("end", () => handler(request, body, response));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
after(() => server.close());
const base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
const vault = (more: Partial<ConstructorParameters<typeof Vault>[0]> = {}): Vault => new Vault({ fetch, base, origin: base, timeout: 2000, ...more });
const json = (answer: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void => void answer.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(value));

const address: Hex = `0x${"c0".repeat(20)}`;
const ledger: Ledger = {
  chain_id: "20015998343868", consent_ledger: address, institution_registry: address, key_registry: address, head: { block: 1, hash: `0x${"00".repeat(32)}`, time: 1, age_ms: 0 },
  log: { origin: "vault.example/log", public_key: Buffer.alloc(32, 7).toString("base64") }, policy: { digest: `0x${"00".repeat(32)}`, revision: 1 },
};
const d: Deployment = deploymentOf(ledger);
const act: Act = { id: "a", kind: "withdraw", path: "/v1/person/withdrawals", body: "{}", session: false };

test("a refusal is told by its code; what may be sent again is known", async () => {
  const cases: [number, unknown, Record<string, string>, string, number | undefined, boolean][] = [
    [403, { type: "urn:wrappy:problem:signature", title: "Not signed by the expected key" }, {}, "signature", undefined, false],
    [403, { type: "urn:wrappy:problem:denied", title: "Denied", reasons: ["withdrawn", 7] }, {}, "denied", undefined, false],
    [429, { type: "urn:wrappy:problem:rate-limited", title: "Too many requests" }, { "Retry-After": "10" }, "rate-limited", 10, true],
    [503, { type: "urn:wrappy:problem:unavailable", title: "x" }, { "Retry-After": "5" }, "unavailable", 5, true],
    [500, "a text", {}, "unknown", undefined, true],
    [404, ["a list"], { "Retry-After": "soon" }, "unknown", undefined, false],
    [409, { type: "https://elsewhere.example/conflict" }, {}, "unknown", undefined, false],
  ];
  for (const [status, body, headers, code, wait, again] of cases) {
    handler = (_, __, answer) => json(answer, status, body, headers);
    const e = await vault().send(act).then(() => assert.fail("no refusal"), (e: unknown) => e as Problem);
    assert.ok(e instanceof Problem);
    assert.deepEqual([e.status, e.code, e.retryAfter, retryable(e)], [status, code, wait, again]);
    if (code === "denied") assert.deepEqual(e.reasons, ["withdrawn"]);
  }
});

test("no answer, half an answer and an endless one are bounded", async () => {
  const refused: Record<string, [Handler, Function]> = {
    "closed at once": [(request) => request.socket.destroy(), Unreachable],
    "cut short": [(_, __, answer) => { answer.writeHead(200, { "Content-Length": "100" }).write("{"); setTimeout(() => answer.socket?.destroy(), 20); }, Unreachable],
    "never ending": [(_, __, answer) => void answer.writeHead(200).write("{"), Unreachable],
    "never beginning": [() => {}, Unreachable],
    "too long": [(_, __, answer) => { answer.writeHead(200); const more = (): void => void (answer.destroyed || (answer.write(Buffer.alloc(1 << 20, 32)), setImmediate(more))); more(); }, FormError],
    "elsewhere": [(_, __, answer) => void answer.writeHead(302, { Location: "https://elsewhere.example/" }).end(), Unreachable],
    "not JSON": [(_, __, answer) => void answer.writeHead(200).end("<html>"), FormError],
    "null": [(_, __, answer) => void answer.writeHead(200).end("null"), FormError],
    "a list": [(_, __, answer) => void answer.writeHead(200).end("[]"), FormError],
    "not UTF-8": [(_, __, answer) => void answer.writeHead(200).end(Buffer.from([0x22, 0xff, 0x22])), FormError],
  };
  for (const [name, [answers, want]] of Object.entries(refused)) {
    handler = answers;
    await assert.rejects(vault({ timeout: name === "too long" ? 60_000 : 500 }).send(act), (e: unknown) => e instanceof want && (want === FormError || retryable(e)), name);
  }
  handler = (_, __, answer) => void answer.writeHead(204).end();
  assert.equal(await vault().send(act), undefined);
});

test("what a vault says of itself is checked and compared", async () => {
  handler = (_, __, answer) => json(answer, 200, ledger);
  assert.ok(sameDeployment(await vault().deployment(), d));
  const other = `0x${"c1".repeat(20)}` as Hex;
  for (const changed of [{ ...ledger, chain_id: "1" }, { ...ledger, consent_ledger: other }, { ...ledger, key_registry: other }, { ...ledger, institution_registry: other }, { ...ledger, log: { ...ledger.log, origin: "other" } }, { ...ledger, log: { ...ledger.log, public_key: Buffer.alloc(32, 8).toString("base64") } }])
    assert.equal(sameDeployment(deploymentOf(changed), d), false);
  for (const bad of [{ ...ledger, chain_id: "0x1" }, { ...ledger, chain_id: "" }, { ...ledger, consent_ledger: "0x" as Hex }, { ...ledger, log: { origin: "", public_key: ledger.log.public_key } }, { ...ledger, log: { origin: "x", public_key: "AAAA" } }]) assert.throws(() => deploymentOf(bad));
});

test("a clock that is hours off follows the vault's", async () => {
  const real = Math.floor(Date.now() / 1000);
  handler = (_, __, answer) => json(answer, 200, ledger);
  const phone = vault({ clock: () => Date.now() - 7 * 3600_000 });
  assert.ok(Math.abs(phone.now() - (real - 7 * 3600)) < 5);
  await phone.ledger();
  assert.ok(Math.abs(phone.now() - real) < 5);
});

test("a line that takes its time does not make a right clock wrong", async () => {
  let waited = 0;
  handler = (_, __, answer) => {
    json(answer, 200, ledger);
    waited += 20_000; // until the answer is read
  };
  const phone = vault({ clock: () => Date.now() + waited });
  await phone.ledger();
  assert.ok(Math.abs(phone.now() - Math.floor((Date.now() + waited) / 1000)) < 2);
});

test("a session is opened once, anew when the vault forgot it, and every request has a proof of its own", async () => {
  const me = Identity.make();
  const seen: { path: string; session: string; proof: string; body: string }[] = [];
  let forget = false;
  handler = (request, body, answer) => {
    const header = (name: string): string => String(request.headers[name] ?? "");
    seen.push({ path: request.url!, session: header("wrappy-session"), proof: header("wrappy-proof"), body });
    if (request.url === "/v1/sessions/nonce") return json(answer, 201, { nonce: `0x${"77".repeat(32)}`, expires: 0 });
    if (request.url === "/v1/sessions") return json(answer, 201, { session: `s${seen.length}`, expires: 0 });
    if (forget) {
      forget = false;
      return json(answer, 401, { type: "urn:wrappy:problem:session", title: "No valid session" });
    }
    if (request.url === "/v1/person/grants") return json(answer, 200, { grants: [], next: "a&b" });
    return json(answer, 200, { grants: [{ id: "x" }] });
  };
  const phone = vault();
  assert.equal((await phone.grants(me, d)).length, 1);
  forget = true;
  await phone.facts(me, d);
  await phone.sendRaw(exportOrder(me, d, [], phone.now()), me, d);
  const opened = seen.filter((s) => s.path === "/v1/sessions");
  assert.equal(opened.length, 2);
  assert.ok(seen.some((s) => s.path === "/v1/person/grants?cursor=a%26b"));
  const proofs = seen.filter((s) => s.proof).map((s) => s.proof);
  assert.equal(new Set(proofs).size, proofs.length);
  assert.equal(new Set(opened.map((s) => JSON.parse(s.body).proof_key)).size, 2, "a session's key was used twice");
  assert.ok(seen.filter((s) => s.path.startsWith("/v1/person")).every((s) => s.session && /^\d+\.[A-Za-z0-9_-]{86}$/.test(s.proof)));
  phone.forget(me);
  await phone.facts(me, d);
  assert.equal(seen.filter((s) => s.path === "/v1/sessions").length, 3);
  handler = (_, __, answer) => json(answer, 401, { type: "urn:wrappy:problem:session" });
  await assert.rejects(phone.facts(me, d), (e: unknown) => e instanceof Problem && e.code === "session", "it is tried once more, and not for ever");
  await assert.rejects(phone.send({ ...act, session: true }), FormError, "whose session?");
});

test("a helper's session is not opened by itself", async () => {
  const helper = { identity: hex(unhex(`0x${"11".repeat(32)}`)), key: Identity.make().root };
  handler = (request, _, answer) => (request.url === "/v1/sessions/nonce" ? json(answer, 201, { nonce: `0x${"77".repeat(32)}` }) : request.url === "/v1/assist/sessions" ? json(answer, 201, { session: "s" }) : json(answer, 200, { grants: [] }));
  const phone = vault();
  await assert.rejects(phone.standing(helper, d), (e: unknown) => e instanceof Problem && e.code === "session");
  await phone.openAssist(helper, d, `0x${"22".repeat(32)}`);
  assert.deepEqual(await phone.standing(helper, d), []);
  phone.forget(helper);
  await assert.rejects(phone.standing(helper, d), (e: unknown) => e instanceof Problem && e.code === "session");
});

test("a list without an end is left", async () => {
  const me = Identity.make();
  handler = (request, _, answer) => (request.url === "/v1/sessions/nonce" ? json(answer, 201, { nonce: "0x77" }) : json(answer, 200, {}));
  await assert.rejects(vault().grants(me, d), /nonce/);
  for (const id of ["0x12", "", `0x${"AB".repeat(32)}`, `0x${"11".repeat(32)}/../x`]) await assert.rejects(async () => vault().asked(id as Hex), FormError);
});

test("acts name themselves, and what ends a permission waits for nothing", () => {
  const me = Identity.make();
  assert.equal(erase(me, d).until, undefined);
  assert.equal(erase(me, d).id, erase(me, d).id);
  const receipt = { id: `0x${"31".repeat(32)}` as Hex, withdrawal: "0x" as Hex } as Parameters<typeof withdraw>[0];
  assert.equal(withdraw(receipt).until, undefined);
  assert.equal(withdraw(receipt).session, false);
  assert.equal(give({ deadline: 5 } as Parameters<typeof give>[0], receipt).until, 5);
});

test("somebody whom the vault does not know is told from a vault that does not answer", async () => {
  const refusal = (answer: ServerResponse, status: number, code: string): void => json(answer, status, { type: `urn:wrappy:problem:${code}`, title: "x" });
  let [open, read]: ((answer: ServerResponse) => void)[] = [];
  handler = ({ url }, _, answer) => {
    if (url === "/v1/sessions/nonce") json(answer, 201, { nonce: `0x${"11".repeat(32)}`, expires: 9 });
    else if (url === "/v1/sessions") open!(answer);
    else read!(answer);
  };
  const opens = (answer: ServerResponse): void => json(answer, 201, { session: "s", expires: 9 });
  const ask = (): Promise<unknown> => vault().representative(Identity.make(), d);
  [open, read] = [opens, (answer) => json(answer, 200, { representative: `0x${"22".repeat(32)}`, until: 86400, stated_at: 1 })];
  assert.deepEqual(await ask(), { representative: `0x${"22".repeat(32)}`, until: 86400, stated_at: 1 });
  read = (answer) => json(answer, 200, {});
  assert.deepEqual(await ask(), {}, "nobody gives for them");
  open = (answer) => refusal(answer, 401, "session");
  assert.equal(await ask(), undefined);
  for (const [status, code] of [[429, "rate-limited"], [500, "internal"], [503, "unavailable"], [503, "stale-view"]] as const) {
    open = (answer) => refusal(answer, status, code);
    await assert.rejects(ask(), (e: unknown) => e instanceof Problem && e.code === code);
  }
  [open, read] = [opens, (answer) => refusal(answer, 401, "session")];
  await assert.rejects(ask(), Problem, "a session that was lost");
  open = (answer) => void answer.socket?.destroy();
  await assert.rejects(ask(), Unreachable);
});
