// Six digits, by a keypad that is always there: a phone's own keyboard covers half of a small screen.
import { h, picture } from "./dom";
import { tell, timesHidden, trouble, type View } from "./frame";
import { t } from "../lang/words";

const length = 6;

/** Digits that anybody would try first. */
export const weak = (pin: string): boolean => /^(.)\1+$/.test(pin) || "01234567890".includes(pin) || "09876543210".includes(pin) || /^(..)\1\1$/.test(pin) || /^(...)\1$/.test(pin);

/** A screen that asks for six digits. `done` gets them, and how often the page had been hidden then; what it throws is shown, and they are asked for again. */
export function askPin(title: string, done: (pin: string, hidden: number) => Promise<void>, above: (Node | false | undefined)[] = []): View {
  let pin = "";
  const field = h("input", { type: "password", inputmode: "none", autocomplete: "one-time-code", maxlength: length, "aria-label": t(title), class: "pin", input: () => { pin = field.value.replace(/\D/g, ""); void shown(); } });
  const note = h("div", { class: "note" });
  const pad = h("div", { class: "pad", dir: "ltr" }, ...["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "⌫"].map((key) =>
    key === "" ? h("span") : h("button", { type: "button", "aria-label": key === "⌫" ? t("pin.erase") : false, click: () => {
      if (busy) return;
      pin = key === "⌫" ? pin.slice(0, -1) : (pin + key).slice(0, length);
      void shown();
    } }, key)));
  let busy = false;
  async function shown(): Promise<void> {
    field.value = pin;
    note.replaceChildren();
    tell(t("pin.filled", { count: pin.length }));
    if (pin.length < length || busy) return;
    busy = true;
    const given = pin;
    const hidden = timesHidden();
    note.replaceChildren(h("p", { role: "status" }, picture("⏳"), t("pin.working")));
    await new Promise((painted) => setTimeout(painted, 60)); // what follows may hold a slow phone for seconds
    try {
      await done(given, hidden);
    } catch (e) {
      note.replaceChildren(trouble(e));
    }
    pin = field.value = "";
    busy = false;
  }
  return { title, body: [...above.filter((n): n is Node => !!n), field, note, pad] };
}

export class PinError extends Error {
  readonly key: string;
  readonly values: Record<string, string | number>;
  constructor(key: string, values: Record<string, string | number> = {}) {
    super(key);
    this.key = key;
    this.values = values;
  }
}
