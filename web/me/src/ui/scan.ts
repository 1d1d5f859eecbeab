// A code by the camera, or from a picture where there is none.
import { button, h } from "./dom";
import { instead, onLeave, trouble, words, type Screen } from "./frame";
import { PinError } from "./pin";
import { t } from "../lang/words";
import { asked } from "./asked";
import { readQR } from "../wallet/qrread";

const longest = 1024; // pixels of a side that is looked at

/** Looks for a code until `found` takes one; what it throws is shown, and it looks on. A card's letters can be typed as well. */
export const scanner = (title: string, found: (text: string) => Promise<void>, card = false): Screen => () => {
  const video = h("video", { playsinline: true, muted: true, "aria-hidden": "true", class: "camera" });
  const note = h("div", { role: "status" });
  let going = true;
  const take = async (text: string): Promise<boolean> => {
    try {
      await found(text);
      return true;
    } catch (e) {
      note.replaceChildren(trouble(e));
      return false;
    }
  };
  const camera = async (): Promise<void> => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
    const end = (): void => {
      going = false;
      for (const track of stream.getTracks()) track.stop();
    };
    if (!going) return end();
    onLeave(end);
    video.srcObject = stream;
    await video.play();
    while (going) {
      const text = video.videoWidth ? readQR(pixels(video, video.videoWidth, video.videoHeight)) : undefined;
      if (text && (await take(text))) return end();
      await new Promise((later) => setTimeout(later, 200));
    }
  };
  onLeave(() => (going = false));
  camera().catch(() => {
    video.remove();
    if (going && !note.firstChild) note.replaceChildren(words("scan.nocamera")); // what was wrong with a picture stays
  });
  const file = h("input", { type: "file", accept: "image/*", class: "unseen", tabindex: -1, "aria-label": t("scan.file"), change: async () => {
    const picked = file.files?.[0];
    file.value = "";
    if (!picked) return;
    try {
      const image = await createImageBitmap(picked);
      const text = readQR(pixels(image, image.width, image.height));
      if (!text) throw new PinError("scan.none");
      if (await take(text)) going = false;
    } catch (e) {
      note.replaceChildren(trouble(e instanceof PinError ? e : new PinError("scan.none")));
    }
  } });
  const letters = h("input", { type: "text", dir: "ltr", autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-label": t("card.letters"), class: "wide" });
  const typed = async (): Promise<void> => {
    const text = letters.value.replace(/\s/g, "");
    if (!text) return letters.focus();
    if (await take(text.includes("#") ? text : `#c=${text}`)) going = false;
  };
  return { title, body: [video, note, file, button(t("scan.file"), () => file.click(), { class: "wide", picture: "🖼️" }), ...(card ? [words("card.letters"), letters, button(t("common.ok"), typed, { class: "wide", picture: "⌨️" })] : [])] };
};

function pixels(from: CanvasImageSource, width: number, height: number): ImageData {
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = h("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(from, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** A request's id in a code of this vault's page. */
export function requestIn(text: string): string {
  const start = `${location.origin}/me/#r=`;
  const id = text.slice(start.length);
  if (!text.startsWith(start) || !/^0x[0-9a-f]{64}$/.test(id)) throw new PinError("scan.other");
  return id;
}

/** What somebody shows of themselves is looked at where everybody looks at it. */
export const shownIn = (text: string): boolean => text.startsWith(`${location.origin}/show/#`);

export const scan: Screen = () => scanner("scan.title", async (text) => (shownIn(text) ? location.assign(text) : instead(asked(requestIn(text)))))();
