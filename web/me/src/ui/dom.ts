// The page's elements, made one by one: nothing is ever parsed as HTML.

export type Child = Node | string | null | undefined | false;
type Listener = (event: Event) => unknown;
type Props = Record<string, string | number | boolean | null | undefined | Listener>;

/** Makes an element. A function is a listener, true an attribute without value, false or nothing none. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props?: Props | null, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((c): c is Node | string => c != null && c !== false && c !== ""));
  return made;
}

/** A picture says nothing to a screen reader: the word beside it does. */
export const picture = (of: string, size = ""): HTMLElement => h("span", { class: `picture ${size}`.trim(), "aria-hidden": "true" }, of);

let failed = (_: HTMLElement, e: unknown): void => {
  throw e;
};

/** Says what is done where a button's act fails. */
export const onFailure = (act: typeof failed): void => void (failed = act);

/** A button with a picture and a word; while its act runs it takes no second tap. */
export function button(label: Child, act: () => unknown, props: Props & { picture?: string | undefined } = {}): HTMLButtonElement {
  const { picture: of, ...rest } = props;
  const made = h("button", {
    type: "button",
    ...rest,
    click: async () => {
      if (made.getAttribute("aria-disabled") === "true") return;
      made.setAttribute("aria-disabled", "true");
      try {
        await act();
      } catch (e) {
        failed(made, e);
      } finally {
        made.removeAttribute("aria-disabled");
      }
    },
  }, of ? picture(of, rest.class === "tile" ? "big" : "") : null, typeof label === "string" ? h("span", null, label) : label);
  return made;
}
