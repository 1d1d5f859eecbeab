// An organisation: its name and kind, or the picture that the person chose in place of both.
import { h, picture } from "./dom";
import { t } from "../lang/words";
import type { Institution } from "../wallet/wire";
import { me } from "../inside";

const kinds: Record<Institution["kind"], string> = { hospital: "🏥", clinic: "⚕️", school: "🏫", registrar: "🏛️", agency: "🤲", border: "🛂", bank: "🏦", employer: "🏭", accreditor: "⚖️", unknown: "❔" };

/** full: who asks is shown by name, whatever picture stands for it elsewhere. */
export function who(i: Institution | undefined, options: { full?: boolean } = {}): HTMLElement {
  const own = i && !options.full ? me().state.pictures[i.id] : undefined;
  if (own) return h("div", { class: "who" }, picture(own, "big"), h("span", { class: "unseen", "data-say": "" }, own));
  return h("div", { class: "who" }, picture(kinds[i?.kind ?? "unknown"], "big"), h("div", null,
    h("bdi", { "data-say": "", class: "name" }, i?.name ?? t("common.unknown")),
    i && h("div", { class: "quiet", "data-say": "" }, t(`kind.${i.kind}`))));
}
