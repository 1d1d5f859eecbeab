// A phone without a screen, for tests against a running vault: a line of JSON in, a line out. It does
// with the wallet what the page does.
import { createInterface } from "node:readline";
import * as acts from "../src/wallet/acts.ts";
import { Problem, sameDeployment, Vault, type Deployment } from "../src/wallet/api.ts";
import { hex, random, unbase64, utf8, type Hex } from "../src/wallet/bytes.ts";
import { askRestore, cancelRestore, Card, decodeIdentity, makeCard, readCard, resetCard, tryPin, type CardKeys } from "../src/wallet/card.ts";
import { exportFile, readExport } from "../src/wallet/export.ts";
import { answer, answerAssisted, type Answered, type Assistant, type Receipt } from "../src/wallet/grant.ts";
import { assistKey, assistWithdraw, decodeAssist, giveAssisted } from "../src/wallet/assist.ts";
import { checkHistory, keepPromise, nothingKept } from "../src/wallet/history.ts";
import type { Log } from "../src/wallet/log.ts";
import { checkErasure, checkProof, checkWithdrawn } from "../src/wallet/proof.ts";
import { Identity } from "../src/wallet/seed.ts";
import { checkShown, makeCode } from "../src/wallet/show.ts";
import type { Erased, Given, Withdrawn } from "../src/wallet/wire.ts";

const base = process.env["VAULT"]!;
const sent: string[] = []; // all that left the phone
const vault = new Vault({
  base, origin: base,
  fetch: (url, init) => {
    sent.push(url, JSON.stringify(init.headers), String(init.body ?? ""));
    return fetch(url, init);
  },
});

const me = Identity.make();
let d: Deployment;
let log: Log;
let kept = nothingKept;
let card: Card;
let keys: CardKeys;
let pickup: Uint8Array;
let helped: Assistant;
let answered: Answered;
const receipts = new Map<Hex, Receipt>();

const commands: Record<string, (args: any) => Promise<unknown>> = {
  async enrol() {
    d = await vault.deployment();
    log = { origin: d.origin, key: d.logKey };
    const act = acts.enrol(me, d, "KE", vault.now());
    await vault.send(act);
    await vault.send(act); // the answer was lost
    if (!sameDeployment(d, await vault.deployment())) throw new Error("another vault");
    return { identity: me.id };
  },
  async asked({ id }) {
    return vault.asked(id);
  },
  async give({ id, fields }) {
    const asked = await vault.asked(id);
    const { signed, receipt } = answer(me, d.ledger, d.origin, id, asked.document, { fields, language: "en" }, vault.now());
    receipts.set(receipt.id, receipt);
    const act = acts.give(signed, receipt);
    const given = (await vault.send(act)) as Given;
    const again = (await vault.send(act)) as Given;
    if (given.grant !== receipt.id || again.grant !== receipt.id) throw new Error("another grant");
    if (checkProof(log, given.proof).kind !== "granted") throw new Error("another entry");
    kept = keepPromise(kept, given.proof);
    return { grant: receipt.id };
  },
  async refuse({ id }) {
    const act = acts.refuse(me, d, id, vault.now());
    await vault.send(act);
    await vault.send(act);
    return {};
  },
  async grants() {
    return (await vault.grants(me, d)).map((g) => ({ id: g.id, status: g.status, institution: g.institution?.name, fields: g.document.fields }));
  },
  async history() {
    const checked = await checkHistory(me.id, log, kept, await vault.history(me, d), (path) => vault.logFile(path), vault.now());
    const promised = kept.promises.length;
    kept = JSON.parse(JSON.stringify(checked.kept));
    return { faults: checked.faults, reached: checked.reached, promised, open: kept.promises.length, sequence: kept.sequence, entries: checked.entries.map((e) => ({ kind: e.kind, mark: e.mark, institution: e.institution, fields: e.fields.map((f) => f.field), reasons: e.reasons })) };
  },
  async withdraw({ grant }) {
    const act = acts.withdraw(receipts.get(grant)!);
    const done = (await vault.send(act)) as Withdrawn;
    if (done.proof) {
      checkWithdrawn(log, grant, done.proof);
      kept = keepPromise(kept, done.proof);
    }
    await vault.send(act);
    return done;
  },
  async withdrawAll() {
    return vault.send(acts.withdrawAll(me, d, [...receipts.values()], vault.now()));
  },
  async facts(facts) {
    await vault.send(acts.stateFacts(me, d, facts, vault.now()));
    return vault.facts(me, d);
  },
  async correct({ field, value }) {
    const act = acts.correct(me, d, field, value, vault.now());
    await vault.send(act, me, d);
    return vault.send(act, me, d);
  },
  async export() {
    const read = readExport(log, me.id, await vault.sendRaw(acts.exportOrder(me, d, [], vault.now()), me, d));
    return { values: read.values, grants: read.grants.map((g) => ({ id: g.id, status: g.status })), file: exportFile(read.vaultPart, [...receipts.values()]) };
  },
  async card({ pin }) {
    card = new Card();
    const now = vault.now();
    await vault.send(assistKey(me, d, now));
    await vault.send(await makeCard(me, d, card, pin, me.assistKey(now), now));
    return { link: card.link(base, d.origin), card: await vault.card(me, d) };
  },
  async tryPin({ link, pin }) {
    const read = readCard(link, d.origin);
    const begun = await tryPin(read, "restore", pin);
    const got = await vault.tryCard(read.id, "restore", begun.blinded);
    keys = begun.answer(got.evaluated);
    return { left: got.left };
  },
  async restore() {
    pickup = random(32);
    const asked = await vault.send(askRestore(keys, d, pickup, vault.now()));
    return { asked, card: await vault.card(me, d) };
  },
  async pickUp() {
    return { same: decodeIdentity(await keys.open(await vault.pickUp(keys.card, pickup))).id === me.id };
  },
  async cancel() {
    const own = await vault.card(me, d);
    await vault.send(cancelRestore(me, d, own!.restore!.pickup));
    await vault.send(resetCard(me, d, card.id, vault.now()));
    return vault.card(me, d);
  },
  // What a helper's device does: in a process of its own, which never has the person's seed.
  async help({ link, pin, request }) {
    d = await vault.deployment();
    const read = readCard(link, d.origin);
    const begun = await tryPin(read, "assist", pin);
    const got = await vault.tryCard(read.id, "assist", begun.blinded);
    helped = decodeAssist(await begun.answer(got.evaluated).open(unbase64(got.blob!)));
    await vault.openAssist(helped, d, request);
    return { left: got.left, identity: helped.identity };
  },
  async answerAssisted({ id }) {
    const asked = await vault.asked(id);
    answered = answerAssisted(helped, d.ledger, d.origin, id, asked.document, { fields: asked.document.fields, language: "en" }, vault.now());
    return { grant: answered.receipt.id };
  },
  async giveAssisted({ help }) {
    return vault.send(giveAssisted(answered.signed, answered.receipt, help), helped, d);
  },
  async standing() {
    return vault.standing(helped, d);
  },
  async assistWithdraw({ grant }) {
    return vault.send(assistWithdraw(helped, d, grant, vault.now()));
  },
  async show({ fields }) {
    const code = makeCode(me, d.ledger, d.origin, base, { fields, jurisdiction: "KE", notice: { language: "en", text: "Whoever scans this sees what you picked, once." } }, vault.now());
    receipts.set(code.receipt.id, code.receipt);
    await vault.send(acts.give(code.signed, code.receipt));
    return { link: code.link, grant: code.receipt.id };
  },
  async checkShown({ statement, signature, proof }) {
    return checkShown(log, statement, signature, proof);
  },
  async erase() {
    const act = acts.erase(me, d);
    const first = checkErasure(log, me.id, (await vault.send(act)) as Erased);
    const again = checkErasure(log, me.id, (await vault.send(act)) as Erased);
    return { receipt: first, same: JSON.stringify(first) === JSON.stringify(again) };
  },
  /** Whether any secret of the phone has left it, in whatever spelling. */
  async leaked() {
    const secrets = [me.seedBytes(), me.pageKey(), me.root.bytes(), me.session.bytes()].map((b) => hex(b).slice(2));
    const spelled = secrets.flatMap((s) => [s, Buffer.from(s, "hex").toString("base64").replace(/=+$/, ""), Buffer.from(s, "hex").toString("base64url")]);
    const all = sent.join("\n");
    return { leaked: spelled.filter((s) => all.includes(s)).length, sent: utf8(all).length, urls: sent.filter((s) => s.startsWith("http") && s.includes(me.id)).length };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...args } = JSON.parse(line);
  let out: unknown;
  try {
    out = { ok: (await commands[name]!(args)) ?? {} };
  } catch (e) {
    out = { error: e instanceof Problem ? e.code : `${(e as Error).name}: ${(e as Error).message}` };
  }
  console.log(JSON.stringify(out));
}
