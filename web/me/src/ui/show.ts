// A code on the screen: whoever scans it sees what was picked, once, within five minutes.
import { button, h, picture } from "./dom";
import { confirmed, me, type Next } from "../inside";
import { code } from "./code";
import { fieldIn } from "./fields";
import { go, instead, onLeave, only, words, type Screen, type View } from "./frame";
import { home } from "./home";
import { consentable } from "../lang/reviews";
import { current, t } from "../lang/words";
import { language } from "./more";
import { PinError } from "./pin";
import { catalog, vault, type Me } from "../me";
import { keep } from "../store/queue";
import { Unreachable } from "../wallet/api";
import { give, withdraw } from "../wallet/acts";
import { makeCode, type Code } from "../wallet/show";
import { showSeconds } from "../wallet/grant";
import type { OwnGrant } from "../wallet/wire";

/** What policy opens to whoever holds a code; the photo first, because the rest proves the phone alone. */
const fields = ["identity.photo", "identity.name", "identity.birth_date", "identity.over_18", "identity.over_16"];

export async function show(): Promise<View> {
  const [all, may] = await Promise.all([catalog(), consentable()]);
  const on = new Set<string>();
  const make = button(t("show.make"), () => go(confirmed((who) => begin(who, [...on]))), { class: "wide main", picture: "🔳", disabled: true });
  return { title: "show.title", body: [
    words("show.who"),
    h("fieldset", null, h("legend", { "data-say": "show.pick" }, t("show.pick")), ...fields.filter((f) => all.fields.some((one) => one.name === f)).map((name) => {
      const f = fieldIn(all, name);
      const toggle = h("input", { type: "checkbox", role: "switch", change: () => {
        if (toggle.checked) on.add(name);
        else on.delete(name);
        make.toggleAttribute("disabled", !on.size || !may);
      } });
      return h("label", { class: "row" }, picture(f.picture), h("span", { "data-say": name }, f.label), toggle, h("span", { class: "switch", "aria-hidden": "true" }));
    })),
    words("show.phone", {}, "p", { class: "quiet" }),
    may ? null : h("div", { class: "warning" }, words("asked.unreviewed"), button(t("more.language"), () => go(language), { picture: "🗣️" })),
    make,
  ] };
}

async function begin(who: Me, picked: string[]): Promise<Next> {
  const [d, { jurisdiction: country = "" }] = await Promise.all([who.check(), vault.ledger()]).catch((e: unknown) => {
    throw e instanceof Unreachable ? new PinError("net.needed") : e; // it lasts five minutes, and cannot wait
  });
  const notice = { language: current().code, text: t("show.who") };
  const made = makeCode(who.identity, d.ledger, d.origin, location.origin, { fields: picked, jurisdiction: country, notice }, vault.now());
  await who.change((s) => {
    s.receipts.push(made.receipt);
    s.notices[made.receipt.id] = notice;
  });
  await keep(who.id, give(made.signed, made.receipt));
  return () => instead(onScreen(made));
}

/** Waits until it counts, then shows it for as long as it does. */
const onScreen = (made: Code): Screen => () => {
  const until = made.signed.grant.not_before + showSeconds;
  const place = h("div", { role: "status" }, picture("⏳", "huge"), words("given.wait"));
  const left = h("p", { class: "quiet" });
  let going = true;
  onLeave(() => (going = false));
  const stop = async (): Promise<void> => {
    await keep(me().id, withdraw(made.receipt));
    await only(home);
  };
  const now = async (): Promise<OwnGrant | undefined> => (await vault.grants(me().identity, await me().deployment()).catch(() => [])).find((g) => g.id === made.receipt.id);
  void (async () => {
    while (going && vault.now() < until) {
      const status = (await now())?.status;
      if (status === "given" || (status && status !== "requested")) break;
      await new Promise((later) => setTimeout(later, 1500));
    }
    if (going && vault.now() < until) place.replaceChildren(code(made.link, t("show.code")), words("show.code"));
    for (let second = 0; going; second++) {
      left.textContent = vault.now() < until ? t("show.left", { count: Math.ceil((until - vault.now()) / 60) }) : "";
      if (vault.now() >= until) {
        place.replaceChildren(picture("⌛", "huge"), words("show.over"));
        return;
      }
      if (second % 3 === 2 && (await now())?.used) {
        if (going) {
          left.textContent = "";
          place.replaceChildren(picture("👀", "huge"), words("show.seen"));
        }
        return;
      }
      await new Promise((later) => setTimeout(later, 1000));
    }
  })();
  return { title: "show.title", body: [h("div", { class: "hero" }, place), left, words("show.phone", {}, "p", { class: "quiet" }), button(t("given.stop"), stop, { class: "wide no", picture: "✋" })] };
};
