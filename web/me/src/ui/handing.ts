// Handing a child's key over to the child, who is of age: a file and a code, as in moving.
import { button, h, picture } from "./dom";
import { confirmed, type Next } from "../inside";
import { children } from "./children";
import { go, instead, only, words, type Screen } from "./frame";
import { home } from "./home";
import { ready } from "./leaving";
import { everything } from "./mine";
import { t } from "../lang/words";
import { PinError } from "./pin";
import { vault, type Me } from "../me";
import { drop, waiting } from "../store/queue";
import { stateFacts } from "../wallet/acts";
import { grown, pictureOf, type Child } from "../wallet/child";
import { exportFile } from "../wallet/export";
import { MovingCode, sealMoving } from "../wallet/moving";

const whose = (c: Child): HTMLElement => h("div", { class: "hero" }, picture(pictureOf(c), "huge"));
const after = (): HTMLElement => words("hand.after", { children: t("children.title"), forget: t("hand.forget") });
const warning = (key: string): HTMLElement => h("div", { class: "warning" }, picture("⚠️"), words(key));

export const handing = (c: Child): Screen => () => ({ title: "hand.title", body: [
  whose(c),
  words("hand.what"),
  after(),
  warning("hand.card"),
  button(t("move.make"), () => go(confirmed((who) => handOver(who, c), () => [whose(c)])), { class: "wide main", picture: "🗝️" }),
] });

/** What rules may know of somebody of age is stated before the file is made: whatever place takes the file reads it there, and from
 *  then on nothing is released by what another key permits. */
async function handOver(who: Me, c: Child): Promise<Next> {
  const of = who.childs(c);
  const d = await who.check();
  if (!grown(c, vault.now())) throw new PinError("hand.early"); // by the vault's clock, which the phone may have heard just now
  const { minor, representative, never_countries } = await vault.facts(of.identity, d);
  if (minor || representative) await vault.send(stateFacts(of.identity, d, { minor: false, representative: false, never_countries }, vault.now()));
  const all = await everything(who, of);
  const made = MovingCode.make();
  const file = await sealMoving(of.identity, exportFile(all.vaultPart, who.permissions(of).receipts), made);
  await who.change((s) => {
    for (const one of s.children) if (one.id === c.id) one.handed = true;
  });
  vault.forget(of.identity);
  return () => instead(ready("hand.title", file, made, [words("hand.there", { come: t("come.title") }), after()], ["hand.warn", "hand.card"]));
}

export const forgetting = (c: Child): Screen => confirmed(async (who) => {
  const stops = ["withdraw", "withdrawAll"];
  if ((await waiting(c.id)).some((w) => w.state === "waiting" && stops.includes(w.kind))) throw new PinError("leave.waits");
  await who.forget(c);
  await drop(c.id);
  return async () => {
    await only(home);
    await go(children);
  };
}, () => [whose(c), words("hand.sure")]);
