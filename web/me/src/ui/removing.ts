// Leaving nothing on this phone. What somebody has given goes on without it: it can be stopped first, and
// then nothing is removed before the stop has arrived, because nobody can send it once the keys are gone.
import { button, h, picture } from "./dom";
import { confirmed, gone, leaveAll, me } from "../inside";
import { back, go, instead, onLeave, only, refresh, words, type Screen, type View } from "./frame";
import { stopEverything } from "./given";
import { home } from "./home";
import { t } from "../lang/words";
import { vault, type Me } from "../me";
import { answered, onChange } from "../store/queue";
import { people } from "../store/people";

/** What is removed: everything of everybody, or one person's. */
type Removal = (who: Me) => Promise<void>;

const warned = (key: string): HTMLElement => words(key, {}, "p", { class: "warning plain" });

export async function removing(): Promise<View> {
  const who = me();
  onLeave(onChange(() => void refresh()));
  const count = (await who.waiting()).filter((w) => w.state === "waiting").length;
  return { title: "more.leave", body: [
    h("div", { class: "hero" }, picture("🧹", "huge")), warned("more.leave.ask"),
    count ? h("div", { class: "warning" }, picture("⏳"), h("div", null, words("net.waiting", { count }), words("leave.waits"))) : null,
    button(t("more.leave"), () => go(sure(leaveAll, true)), { class: "wide no", picture: "🧹" }),
    button(t("more.leave.mine"), () => go(sure(gone, false)), { class: "wide no", picture: "👤" }),
    button(t("common.cancel"), back, { class: "wide" }),
  ] };
}

/** Asks what is to become of the permissions, where there can be any. */
const sure = (remove: Removal, everybody: boolean): Screen => async () => {
  const who = me();
  const others = everybody && (await people()).length > 1;
  const may = who.state.enrolled;
  const now = everybody ? () => remove(who) : () => go(confirmed(async (who) => () => remove(who)));
  return { title: "more.leave", body: [
    everybody ? warned("more.leave.again") : null,
    may && words("leave.goes"),
    may && button(t("leave.stop"), () => go(confirmed(async (who) => () => stopping(who, remove))), { class: "wide main", picture: "✋" }),
    may && who.givers(vault.now()).length > 1 && words("children.stopped", {}, "p", { class: "quiet" }),
    others && words("leave.others", {}, "p", { class: "quiet" }),
    button(t(may ? "leave.keep" : "common.yes"), now, { class: "wide no", picture: "🧹" }),
    button(t("common.cancel"), () => only(home), { class: "wide" }),
  ] };
};

/** Stops, then removes. Whoever goes elsewhere meanwhile has stopped, and keeps what is here. */
async function stopping(who: Me, remove: Removal): Promise<void> {
  await instead(onItsWay);
  const left = new AbortController();
  onLeave(() => left.abort());
  const stopped = await stopAll(who, left.signal);
  if (left.signal.aborted) return;
  await (stopped ? remove(who) : instead(notTaken(remove)));
}

const onItsWay: Screen = () => ({ title: "more.leave", body: [
  h("div", { class: "hero" }, picture("✋", "huge")),
  h("div", { role: "status" }, words("given.sending"), words("leave.then")),
  button(t("common.cancel"), () => only(home), { class: "wide" }),
] });

const notTaken = (remove: Removal): Screen => () => ({ title: "more.leave", body: [
  h("div", { role: "alert" }, warned("leave.failed")),
  button(t("common.again"), () => go(confirmed(async (who) => () => stopping(who, remove))), { class: "wide main", picture: "🔁" }),
  button(t("common.cancel"), () => only(home), { class: "wide" }),
] });

/** Stops what this person and the children have given, however long the way takes. Whether it has stopped. */
export async function stopAll(who: Me, left?: AbortSignal): Promise<boolean> {
  if (who.state.unasked) await who.find().catch(() => undefined);
  if (who.state.unasked) return false; // a child may have permissions of which nothing is known here yet
  const keys = await Promise.all(who.givers(vault.now()).map((g) => stopEverything(who, g)));
  const stops = await Promise.all(keys.flat().map((key) => answered(key, left)));
  return !left?.aborted && stops.every((w) => w?.state !== "failed"); // also where somebody else has taken the answer
}
