// The card: with it and the six digits everything comes back on another phone.
import { button, h, picture } from "./dom";
import { confirmed, enterRestored, me, type Next } from "../inside";
import { code, paper, save } from "./code";
import { back, go, instead, onLeave, only, refresh, words, type Screen, type View } from "./frame";
import { home } from "./home";
import { askPin, PinError } from "./pin";
import { scanner } from "./scan";
import { current, moment, t } from "../lang/words";
import { vault, type Me } from "../me";
import { Problem, Unreachable } from "../wallet/api";
import { opened, answered as forgetOpened } from "../opened";
import { first } from "../app";
import { device, isHere } from "../store/people";
import { get, put, remove } from "../store/db";
import { answered, keep, onChange, sealed } from "../store/queue";
import { askRestore, cancelRestore, Card, CardError, isCard, makeCard, OtherVaultError, readCard, tryPin, type CardKeys, type CardKind } from "../wallet/card";
import { assistKey } from "../wallet/assist";
import { hex, random, unhex, type Hex } from "../wallet/bytes";
import { decodeIdentity } from "../wallet/seed";
import { openRecord, sealRecord } from "../wallet/seal";
import { WrongPinError } from "../wallet/pin";
import type { OwnCard } from "../wallet/wire";

export async function card(): Promise<View> {
  const who = me();
  await who.collect();
  const made = who.state.card;
  if (made?.taken) return shown(made.link)();
  if (made) {
    onLeave(onChange(() => void refresh()));
    return { title: "card.title", body: [h("div", { class: "hero" }, picture("⏳", "huge")), words("card.waits", {}, "p", { role: "status" }), button(t("common.ok"), () => only(home), { class: "wide main", picture: "✅" })] };
  }
  let state: OwnCard | undefined;
  let fresh = true;
  try {
    state = await vault.card(who.identity, await who.check());
  } catch (e) {
    if (!(e instanceof Unreachable)) throw e;
    fresh = false;
  }
  return { title: "card.title", body: [
    state?.restore?.state === "pending" ? h("div", { class: "warning", role: "alert" }, picture("⚠️"), words("card.pending"), button(t("card.pending.stop"), () => go(confirmed((who) => cancel(who, state.restore!.pickup))), { class: "no wide", picture: "✋" })) : null,
    fresh ? null : words("net.off", {}, "p", { class: "quiet" }),
    h("div", { class: "hero" }, picture("📇", "huge")),
    words("card.what"),
    state || !fresh ? words("card.new", {}, "p", { class: "warning plain" }) : null,
    button(t("card.make"), () => go(confirmed(make)), { class: "wide main", picture: "📇" }),
  ] };
}

/** The vault may take the card when nobody looks, and the one before opens nothing from then on. So its link is kept before it is sent. */
async function make(who: Me, pin: string): Promise<Next> {
  const d = await who.deployment();
  const one = new Card();
  const now = vault.now();
  const assist = who.identity.assistKey(now); // of this card alone: what an earlier card let helpers do ends with it
  const acts = [await sealed(who.id, assistKey(who.identity, d, now)), await sealed(who.id, await makeCard(who.identity, d, one, pin, assist, now))];
  await who.change((s) => void (s.card = { id: one.id, link: one.link(location.origin, d.origin) }), ...acts);
  return () => instead(card);
}

/** The card, until its owner says that they have it: then it is kept nowhere on the phone. */
const shown = (text: string): Screen => () => {
  const lines = [t("card.text"), t("card.found")];
  const letters = text.split("#c=")[1]!.replace(/(.{5})/g, "$1 ");
  return { title: "card.title", body: [
    h("div", { class: "paper" }, code(text, t("card.title")), words("card.text"), words("card.found"), h("p", { class: "letters", dir: "ltr" }, letters)),
    button(t("card.save"), async () => save(await paper(text, t("card.title"), lines, letters, !!current().rtl), "png"), { class: "wide main", picture: "🖼️" }),
    button(t("card.print"), () => print(), { class: "wide", picture: "🖨️" }),
    button(t("common.ok"), () => seen(text), { class: "wide", picture: "✅" }),
  ] };
};

async function seen(link: string): Promise<void> {
  await me().change((s) => {
    if (s.card?.link === link) delete s.card;
  });
  back();
}

async function cancel(who: Me, pickup: Hex): Promise<Next> {
  const w = await answered(await keep(who.id, cancelRestore(who.identity, await who.deployment(), pickup)));
  if (w?.state !== "done") throw new PinError("waiting.failed");
  return () => instead(() => ({ title: "card.title", body: [words("card.pending.stopped", {}, "p", { class: "good plain" }), button(t("card.make"), () => go(confirmed(make)), { class: "wide main", picture: "📇" })] }));
}

/** A restore that waits for its delay. Several people may have one on a phone; they are kept together, sealed by this phone's own key. */
interface Pending { card: Hex; pickup: Hex; ready: number }
const pendingAt = "restore";

async function pending(): Promise<Pending[]> {
  const kept = await get<Uint8Array<ArrayBuffer>>("kept", pendingAt);
  return kept ? [await openRecord<Pending | Pending[]>(await device(), pendingAt, kept)].flat() : [];
}

/** Forgets what is known of a card's restore, and keeps what is known now. */
async function note(card: Hex, now?: Pending): Promise<void> {
  const all = [...(await pending()).filter((p) => p.card !== card), ...(now ? [now] : [])];
  await (all.length ? put("kept", pendingAt, await sealRecord(await device(), pendingAt, all)) : remove("kept", pendingAt));
}

const waits = (p: Pending): boolean => vault.now() < p.ready;

export async function restoring(): Promise<View> {
  const fromLink = opened().card;
  if (fromLink) return withCard(`#c=${fromLink}`);
  const waiting = (await pending()).filter(waits);
  return waiting.length ? delayed(waiting) : scanning();
}

/** The card that a text is: of another place, or misread, it is told before a try is spent. */
export async function cardIn(text: string): Promise<Card> {
  if (!isCard(text)) throw new PinError("scan.other");
  const { origin } = await vault.deployment();
  try {
    return readCard(text, origin);
  } catch (e) {
    throw e instanceof CardError || e instanceof OtherVaultError ? new PinError("card.wrong") : e;
  }
}

const scanning: Screen = () => scanner("card.scan", async (text) => {
  await cardIn(text); // what is wrong with it is told where it can be shown or typed again
  await instead(() => withCard(text));
}, true)();

const delayed = (waiting: Pending[]): View => ({ title: "card.restore", body: [
  h("div", { class: "hero" }, picture("⏳", "huge")), ...waiting.map((p) => words("card.delay", { time: moment(p.ready) })),
  button(t("common.ok"), first, { class: "wide main" }),
  button(t("card.another"), () => go(scanning), { class: "wide", picture: "📇" }),
] });

async function withCard(text: string): Promise<View> {
  const d = await vault.deployment();
  const one = await cardIn(text);
  const kept = async (): Promise<Pending | undefined> => (await pending()).find((p) => p.card === one.id);
  const before = await kept();
  if (before && waits(before)) {
    forgetOpened();
    return delayed([before]);
  }
  return askPin("pin.enter", async (pin, hidden) => {
    const { keys } = await tried(one, "restore", pin);
    const known = await kept(); // not where a try before has found out that it was stopped
    if (known) return finish(known, keys, pin, hidden);
    const pickup = random(32);
    const { ready } = (await vault.send(askRestore(keys, d, pickup, vault.now())).catch(told)) as { ready: number };
    const asked: Pending = { card: one.id, pickup: hex(pickup), ready };
    await note(one.id, asked);
    if (!waits(asked)) return finish(asked, keys, pin, hidden);
    forgetOpened();
    await instead(() => delayed([asked]));
  }, [h("div", { class: "hero" }, picture("📇", "huge")), words("card.pin")]);
}

async function finish(asked: Pending, keys: CardKeys, pin: string, hidden: number): Promise<void> {
  const blob = await vault.pickUp(asked.card, unhex(asked.pickup)).catch(async (e: unknown) => {
    if (!(e instanceof Problem && e.status === 404)) throw e;
    await note(asked.card); // it never will be there: the next try asks anew
    throw new PinError("card.stopped");
  });
  const identity = decodeIdentity(await unsealed(keys, blob));
  forgetOpened();
  const taken = (): Promise<void> => note(asked.card); // not before their key is kept: the vault gives the card's once, and two days later again
  if (await isHere(identity)) {
    await taken();
    throw new PinError("card.twice");
  }
  await enterRestored(identity, pin, hidden, asked.card, taken);
}

/** A try of the digits, which the vault counts; with the card's blob, where this kind has one at once. */
export async function tried(card: Card, kind: CardKind, pin: string): Promise<{ keys: CardKeys; blob: string | undefined }> {
  const begun = await tryPin(card, kind, pin);
  const { evaluated, blob } = await vault.tryCard(card.id, kind, begun.blinded).catch(told);
  return { keys: begun.answer(evaluated), blob };
}

/** What a card's blob holds, for the right digits. */
export const unsealed = (keys: CardKeys, blob: Uint8Array<ArrayBuffer>): Promise<Uint8Array> => keys.open(blob).catch((e: unknown) => {
  throw e instanceof WrongPinError ? new PinError("card.wrong") : e;
});

/** What the vault says of a card that does not open. */
function told(e: unknown): never {
  if (e instanceof Problem && e.code === "card-tries") throw new PinError("card.guesses");
  if (e instanceof Problem && (e.code === "signature" || e.status === 404)) throw new PinError("card.wrong");
  throw e;
}
