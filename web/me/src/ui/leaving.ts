// Going to another place: one file and one code, with which the same person is there.
import { button, h, picture } from "./dom";
import { confirmed, me, takeOver, type Next } from "../inside";
import { usualAge } from "./children";
import { came, fileButton, onOneLedger, typing } from "./came";
import { code, save } from "./code";
import { go, instead, only, words, type Screen, type View } from "./frame";
import { home } from "./home";
import { everything } from "./mine";
import { PinError } from "./pin";
import { t } from "../lang/words";
import { vault, type Me } from "../me";
import { bornOf, grown } from "../wallet/child";
import { exportFile, type Exported } from "../wallet/export";
import { checkMoving, exportOf, isMoving, MovingCode, sealMoving, type Moved, type MovingChild } from "../wallet/moving";

export const move = (): View => {
  const who = me();
  const note = h("div", { role: "status" });
  return { title: "mine.move", body: [
    h("div", { class: "hero" }, picture("🚚", "huge")),
    words("move.how"),
    h("div", { class: "warning" }, picture("⚠️"), words("move.warn")),
    button(t("move.make"), () => go(confirmed(leave)), { class: "wide main", picture: "🗝️" }),
    h("hr"),
    words("move.back"), note,
    ...fileButton("mine.bring", { class: "wide", picture: "📥" }, note, (file) => bringing(who, file)),
  ] };
};

async function leave(who: Me): Promise<Next> {
  const all = await everything(who);
  const children = await withChildren(who);
  const made = MovingCode.make();
  const file = await sealMoving(who.identity, exportFile(all.vaultPart, who.state.receipts), made, children);
  return () => instead(ready("mine.move", file, made, [words("move.there", { come: t("come.title") }), words("move.erase")], ["move.warn"]));
}

/** The children for whom this person gives or is about to; who decides alone, or has somebody else, stays. */
async function withChildren(who: Me): Promise<MovingChild[]> {
  await who.find();
  if (who.state.unasked) throw new PinError("error.net"); // nobody is left behind unseen
  const age = who.state.majority ?? usualAge;
  const [, ...givers] = who.givers(vault.now());
  const list: MovingChild[] = [];
  for (const c of [...who.state.children].sort((a, b) => a.index - b.index)) {
    const giver = givers.find((g) => g.id === c.id);
    if (giver) list.push({ index: c.index, born: bornOf(c, age)!, file: exportFile((await everything(who, giver)).vaultPart, c.receipts) });
    else if (!c.other && !c.handed && !grown(c, vault.now()) && c.born) list.push({ index: c.index, born: c.born, file: "" });
  }
  return list;
}

/** File and code, once: neither is kept here. then is what is done with both, warned what to know of them. */
export const ready = (title: string, file: Uint8Array<ArrayBuffer>, made: MovingCode, then: HTMLElement[], warned: string[]): Screen => () => ({ title, body: [
  h("ol", { class: "steps" },
    h("li", null, button(t("move.keep"), () => save(new Blob([file], { type: "application/octet-stream" }), "bin"), { class: "wide main", picture: "📦" })),
    h("li", null, words("move.write"),
      h("ol", { class: "groups", dir: "ltr" }, ...made.groups.map((g) => h("li", null, h("span", null, g)))),
      h("details", null, h("summary", null, picture("🔳"), h("span", { "data-say": "move.scan" }, t("move.scan"))), code(made.text, t("move.code")))),
    ...then.map((step) => h("li", null, step))),
  ...warned.map((key) => h("div", { class: "warning" }, picture("⚠️"), words(key))),
  button(t("common.ok"), () => only(home), { class: "wide", picture: "✅" }),
] });

/** What another place gave, to somebody who is here already: a moving file of theirs, or what they took along. */
async function bringing(who: Me, file: Uint8Array<ArrayBuffer>): Promise<Screen> {
  if (isMoving(file)) return typing(file, async ({ identity, ...moved }) => {
    if (identity.id !== who.identity.id) throw new PinError("come.other");
    return taken(who, moved);
  });
  return taken(who, { exported: read(who, file), children: [] });
}

function read(who: Me, file: Uint8Array): Exported {
  try {
    return exportOf(file, who.identity);
  } catch (e) {
    if (/another person/.test((e as Error).message)) throw new PinError("come.other");
    checkMoving(file); // an export is none, and tells so
    throw e;
  }
}

async function taken(who: Me, moved: Pick<Moved, "exported" | "children">): Promise<Screen> {
  await onOneLedger(moved.exported.ledger);
  await takeOver(who, moved);
  return came;
}
