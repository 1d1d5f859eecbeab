// Coming from another place, as the same person: by the file and the code that were made there.
import { button, h, picture, type Child } from "./dom";
import { confirmed, enterMoved, gone, me } from "../inside";
import { back, go, instead, onLeave, only, refresh, tell, trouble, words, type Screen } from "./frame";
import { home } from "./home";
import { mine } from "./mine";
import { PinError } from "./pin";
import { scanner } from "./scan";
import { choose } from "./welcome";
import { t } from "../lang/words";
import { sameLedger, vault, type Me } from "../me";
import { isHere } from "../store/people";
import { again, onChange } from "../store/queue";
import { retryable } from "../wallet/api";
import type { Hex } from "../wallet/bytes";
import { verifierKey } from "../wallet/log";
import { bare, checkMoving, CodeError, digits, groups, isGroup, maxMoving, MovingCode, MovingError, openMoving, type Moved } from "../wallet/moving";

/** Whether the screen that is made now is still shown: who hid it meanwhile is shown nothing. */
function staying(): () => boolean {
  let here = true;
  onLeave(() => (here = false));
  return () => here;
}

/** In words that say what to do. */
function plain(e: unknown): unknown {
  if (e instanceof CodeError) return new PinError("scan.other");
  if (!(e instanceof MovingError)) return e;
  return new PinError({ key: "come.nokey", file: "come.nofile", code: "come.wrong", damaged: "come.damaged" }[e.why], { move: t("mine.move") });
}

/** A button that takes a file of the phone to the next screen. */
export function fileButton(label: string, props: Record<string, string>, note: HTMLElement, take: (file: Uint8Array<ArrayBuffer>) => Promise<Screen>): Child[] {
  const stays = staying();
  const file = h("input", { type: "file", class: "unseen", tabindex: -1, "aria-label": t(label), change: async () => {
    const picked = file.files?.[0];
    file.value = "";
    if (!picked) return;
    note.replaceChildren();
    try {
      if (picked.size > maxMoving) throw new MovingError("file");
      const next = await take(new Uint8Array(await picked.arrayBuffer()));
      if (stays()) await go(next);
    } catch (e) {
      note.replaceChildren(trouble(plain(e)));
    }
  } });
  return [file, button(t(label), () => file.click(), props)];
}

export const coming: Screen = () => {
  const note = h("div", { role: "status" });
  return { title: "come.title", body: [
    h("div", { class: "hero" }, picture("🚚", "huge")),
    words("come.how", { mine: t("home.mine"), move: t("mine.move") }),
    h("div", { class: "warning" }, picture("⚠️"), words("come.own")), note,
    ...fileButton("come.file", { class: "wide main", picture: "📂" }, note, async (file) => {
      checkMoving(file);
      return typing(file, arriving);
    }),
  ] };
};

async function arriving(moved: Moved): Promise<Screen> {
  if (await isHere(moved.identity)) throw new PinError("come.twice");
  await onOneLedger(moved.exported.ledger);
  return () => choose((pin, hidden) => enterMoved(moved, pin, hidden));
}

/** Where no answer comes this place says later on which ledger it is, before anything is made known to it. */
export async function onOneLedger(ledger: [string, Hex]): Promise<void> {
  const d = await vault.deployment().catch((e: unknown) => {
    if (!retryable(e)) throw e;
  });
  if (d && !sameLedger({ ledger }, d)) throw new PinError("come.ledger");
}

type Taken = (moved: Moved) => Promise<Screen>;

/** Asks for the code of a file, a group at a time, and says of each whether it is right. */
export const typing = (file: Uint8Array<ArrayBuffer>, taken: Taken): Screen => () => {
  const stays = staying();
  const note = h("div", { class: "note", role: "status" });
  const marks = Array.from({ length: groups }, () => h("span", { class: "picture", "aria-hidden": "true" }));
  const fields = marks.map((_, place) => h("input", { type: "text", inputmode: "numeric", autocomplete: "off", spellcheck: "false", "aria-label": t("come.group", { place: String(place + 1) }), input: () => typed(place) }));
  const right = (place: number): boolean => isGroup(fields[place]!.value, place);
  const show = (place: number): void => {
    const whole = fields[place]!.value.length === digits;
    marks[place]!.textContent = right(place) ? "✔️" : whole ? "❌" : "";
    fields[place]!.setAttribute("aria-invalid", String(whole && !right(place)));
  };
  const typed = (from: number): void => {
    let rest = bare(fields[from]!.value).replace(/\D/g, "");
    if (rest.length < 2 * digits) rest = rest.slice(0, digits); // more was pasted, and goes on in the next groups
    for (let place = from; place < groups && (rest || place === from); place++) {
      fields[place]!.value = rest.slice(0, digits);
      rest = rest.slice(digits);
      show(place);
    }
    const wrong = fields.findIndex((f, place) => f.value.length === digits && !right(place));
    note.replaceChildren(...(wrong < 0 ? [] : [trouble(new PinError("come.group.bad", { place: String(wrong + 1) }))]));
    if (right(from)) {
      tell(t("come.group.good", { place: String(from + 1) }));
      const next = fields.findIndex((_, place) => !right(place));
      if (next < 0) return void open();
      if (!fields[next]!.value) fields[next]!.focus();
    }
  };
  const open = async (): Promise<void> => {
    try {
      const next = await taken(await openMoving(file, MovingCode.read(fields.map((f) => f.value).join(" "))));
      if (stays()) await go(next);
    } catch (e) {
      note.replaceChildren(trouble(plain(e)));
    }
  };
  return { title: "come.code", body: [
    words("come.code.how"),
    h("ol", { class: "groups typed", dir: "ltr" }, ...fields.map((f, place) => h("li", null, f, marks[place]!))),
    note,
    button(t("come.scan"), () => go(scanning(file, taken)), { class: "wide", picture: "📷" }),
  ] };
};

const scanning = (file: Uint8Array<ArrayBuffer>, taken: Taken): Screen => () => {
  const stays = staying();
  return scanner("come.scan", async (text) => {
    try {
      const next = await taken(await openMoving(file, MovingCode.read(text)));
      if (stays()) await instead(next);
    } catch (e) {
      throw plain(e);
    }
  })();
};

/** What has become of what was brought. */
export const came: Screen = async () => {
  const who = me();
  const { came: c } = who.state;
  const acts = (await who.waiting()).filter((w) => w.kind === "import" || w.kind === "enrol");
  const seen = async (): Promise<void> => {
    await who.change((s) => void delete s.came);
    await only(home);
  };
  if (!c) return home();
  onLeave(onChange(() => void refresh())); // and inside.ts, once it is known where this is; what is children's comes after one's own
  if (c.here !== undefined) {
    const behind = c.unnamed + (c.refused ?? 0);
    return { title: arrived(who), body: [
      h("div", { class: "hero" }, picture("✅", "huge")),
      words("come.here", { count: c.here }, "p", { class: "good plain" }),
      behind ? words("come.behind", { count: behind }, "p", { class: "warning plain" }) : null,
      ...(isSame(who) ? [words("come.same")] : [words("come.again"), words("come.erase")]),
      h("div", { class: "warning" }, picture("🗝️"), words("come.key")),
      button(t("home.mine"), async () => {
        await only(home);
        await go(mine);
      }, { class: "wide main", picture: "📁" }),
      button(t("common.ok"), seen, { class: "wide", picture: "✅" }),
    ] };
  }
  const elsewhere = isElsewhere(who);
  const failed = acts.filter((w) => w.state !== "waiting" && w.state !== "done");
  if (elsewhere || failed.length) return { title: "come.going", body: [
    h("div", { class: "hero came" }, picture("⚠️", "huge")),
    words(elsewhere ? "come.ledger" : "come.failed", {}, "p", { class: "warning plain", role: "alert" }),
    elsewhere ? button(t("more.leave.mine"), () => go(confirmed(async (who) => () => gone(who))), { class: "wide no", picture: "👤" }) : button(t("common.again"), async () => {
      for (const w of failed) await (w.kind === "enrol" && w.person === who.id ? who.enrol() : again(w));
    }, { class: "wide main", picture: "🔁" }),
    button(t("common.back"), back, { class: "wide" }),
  ] };
  return { title: "come.going", body: [h("div", { class: "hero came", role: "status" }, picture("⏳", "huge"), words("come.way"))] };
};

function isElsewhere(who: Me): boolean {
  const d = who.kept();
  return !!d && !!who.state.came && !sameLedger(who.state.came, d);
}

/** Whether another phone made the file at this place: then there is no other to go back to. */
function isSame(who: Me): boolean {
  const d = who.kept();
  return !!d && who.state.came?.log === verifierKey({ origin: d.origin, key: d.logKey });
}

const arrived = (who: Me): string => (isSame(who) ? "come.same.title" : "come.done");

/** On the first screen, for as long as it was not seen to its end. */
export const note = (who: Me): Child =>
  who.state.came ? button(t(who.state.came.here === undefined ? "come.going" : arrived(who)), () => go(came), { class: "wide came", picture: who.state.came.here === undefined ? "⏳" : "📦" }) : null;
