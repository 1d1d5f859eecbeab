// A helper's device: the person's card and six digits open a narrow key for ten minutes. It stops what
// stands, and answers the one request that was opened first. Nothing is kept or queued here, and to end
// is to leave the page: what was in memory goes with it.
import { isHelping } from "../app";
import { question } from "./asked";
import { cardIn, tried, unsealed } from "./card";
import { code, save } from "./code";
import { button, h, picture } from "./dom";
import { back, go, instead, only, words, type Screen, type View } from "./frame";
import { askPin, PinError } from "./pin";
import { requestIn, scanner } from "./scan";
import { date, moment, t } from "../lang/words";
import { consentable } from "../lang/reviews";
import { catalog, vault } from "../me";
import { opened } from "../opened";
import { Problem, type Deployment } from "../wallet/api";
import { assistWithdraw, assistWithdrawAll, decodeAssist, giveAssisted, type Help } from "../wallet/assist";
import { unbase64, type Hex } from "../wallet/bytes";
import { answerAssisted, type Answered, type Assistant } from "../wallet/grant";
import { zeroHash } from "../wallet/seed";
import type { Asked, Notice, Standing } from "../wallet/wire";

const lasts = 10 * 60; // seconds, of a session

/** One person who is helped. */
interface Helped {
  a: Assistant;
  d: Deployment;
  ends: number;
  request: Hex;
}

export function help(): View {
  const { request: there, person } = opened();
  const request = person ? undefined : there; // what somebody on this phone has read is not asked of another
  return { title: "help.title", body: [
    h("div", { class: "hero" }, picture("🤝", "huge")),
    words("help.what"),
    words("help.rules", {}, "p", { class: "warning plain" }),
    button(t("help.answer"), () => go(request ? withCard(requestIn(`${location.origin}/me/#r=${request}`) as Hex) : scanner("home.scan", async (text) => instead(withCard(requestIn(text) as Hex)))), { class: "wide main", picture: "📷" }),
    button(t("help.stop"), () => go(withCard(zeroHash)), { class: "wide", picture: "✋" }),
  ] };
}

const withCard = (request: Hex): Screen => scanner("help.card", async (text) => {
  const card = await cardIn(text);
  const d = await vault.deployment();
  await instead(() => askPin("help.pin", async (pin) => {
    const { keys, blob } = await tried(card, "assist", pin);
    if (!blob) throw new PinError("help.nohelp");
    const a = decodeAssist(await unsealed(keys, unbase64(blob)));
    await vault.openAssist(a, d, request).catch(tooSoon);
    isHelping();
    setTimeout(end, lasts * 1000);
    await only(board({ a, d, request, ends: vault.now() + lasts }));
  }));
}, true);

function tooSoon(e: unknown): never {
  throw e instanceof Problem && e.status === 409 ? new PinError("help.again") : e;
}

/** Leaves nothing of somebody who was helped. */
const end = (): void => location.reload();

/** After another card was made, or when the time is over, nothing is taken any more. */
function ended(e: unknown): never {
  throw e instanceof Problem && (e.status === 401 || e.code === "signature") ? new PinError("help.ended") : e;
}

const board = (one: Helped): Screen => async () => {
  const standing = await vault.standing(one.a, one.d).catch(ended);
  return { title: "help.title", first: true, body: [
    words("help.until", { time: moment(one.ends) }, "p", { class: "quiet" }),
    one.request !== zeroHash && button(t("help.open"), () => go(ask(one)), { class: "wide main", picture: "❓" }),
    standing.length ? null : words("given.none"),
    ...standing.map((g) => h("article", { class: "card" },
      h("p", null, h("bdi", { "data-say": "", class: "name" }, g.name || t("common.unknown"))),
      words("given.until", { date: date(g.expires) }),
      button(t("given.stop"), () => go(sure(one, g)), { class: "no wide", picture: "✋" }))),
    standing.length > 1 && button(t("given.all"), () => go(sure(one)), { class: "wide no", picture: "✋" }),
    button(t("help.end"), end, { class: "wide", picture: "✅" }),
  ] };
};

/** Asks once more, in front of the person, before something is stopped: all of it without a permission. */
const sure = (one: Helped, of?: Standing): Screen => () => ({ title: "given.stop", body: [
  of && h("p", null, h("bdi", { "data-say": "", class: "name" }, of.name || t("common.unknown"))),
  words(of ? "help.sure" : "given.all.ask"),
  h("div", { class: "answer" },
    button(t("common.no"), () => back(), { class: "no", picture: "↩️" }),
    button(t("common.yes"), async () => {
      await vault.send(of ? assistWithdraw(one.a, one.d, of.id, vault.now()) : assistWithdrawAll(one.a, one.d, vault.now())).catch(ended); // nothing waits here to be sent later: what was not taken has not stopped
      await instead(done(one, "given.stopped"));
    }, { class: "yes", picture: "✋" })),
] });

const done = (one: Helped, key: string): Screen => () => ({ title: key, body: [
  h("div", { class: "hero" }, picture(key === "help.given" ? "👍" : "✋", "huge")),
  key === "help.given" && words("asked.done.can"),
  button(t("common.ok"), () => only(board(one)), { class: "wide main", picture: "✅" }),
] });

const ask = (one: Helped): Screen => async () => {
  const [asking, fields, may] = await Promise.all([vault.asked(one.request), catalog(), consentable()]);
  if (asking.status !== "requested") throw new PinError("asked.answered");
  return question(asking, fields, may, (on, notice) => go(signing(one, asking, on, notice)), () => instead(declined(one, asking)));
};

/** A no that is not sent: it would close the request for good, on the word of a device that is not the person's. */
const declined = (one: Helped, asking: Asked): Screen => () => ({ title: "asked.done.no", body: [
  h("div", { class: "hero" }, picture("✋", "huge")),
  words("help.no", { date: date(asking.document.answer_by) }),
  button(t("common.ok"), () => only(board(one)), { class: "wide main", picture: "✅" }),
] });

/** The organisation that helps signs for this one permission, at its own computer. */
function signing(one: Helped, asking: Asked, on: string[], notice: Notice): Screen {
  const made: Answered = answerAssisted(one.a, one.d.ledger, one.d.origin, asking.id, asking.document, { fields: on, language: notice.language }, vault.now());
  const text = `${made.receipt.id} ${asking.id}`;
  return () => ({ title: "help.sign", body: [
    words("help.sign.what"),
    h("div", { class: "paper" }, code(text, t("help.sign")), h("p", { class: "letters", dir: "ltr" }, text)),
    button(t("help.sign.save"), () => save(new Blob([text + "\n"], { type: "text/plain" }), "txt"), { class: "wide", picture: "💾" }),
    button(t("help.sign.scan"), () => go(scanner("help.sign.scan", async (signed) => {
      await vault.send(giveAssisted(made.signed, made.receipt, helpIn(signed)), one.a, one.d);
      await only(done(one, "help.given"));
    })), { class: "wide main", picture: "📷" }),
  ] });
}

/** What `wrappy institution assist` prints. */
function helpIn(text: string): Help {
  try {
    const { institution, key, not_before, until, signature } = JSON.parse(text) as Help;
    if (institution && key && not_before && until && signature) return { institution, key, not_before, until, signature };
  } catch {
    /* something else was scanned */
  }
  throw new PinError("scan.other");
}
