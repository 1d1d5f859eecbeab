// Reads a screen aloud: what somebody has recorded, and the rest by the phone's own voice.
import { current, recording, t } from "../lang/words";

let playing: { stop: () => void } | undefined;

export function hush(): void {
  playing?.stop();
  playing = undefined;
}

interface Part { at: HTMLElement; key: string; text: string }

/** What is on the screen, in its order: what is marked to be said, what a button says, and whether a switch is on. */
function parts(page: Element): Part[] {
  return [...page.querySelectorAll<HTMLElement>("[data-say], button > span:not(.picture), .row input")].filter((at) => !at.closest("[hidden]") && (at.dataset.say !== undefined || !at.closest("header"))).map((at) => {
    if ("checked" in at) return { at, key: at.checked ? "common.on" : "common.off", text: t(at.checked ? "common.on" : "common.off") };
    const words = at.cloneNode(true) as HTMLElement;
    for (const picture of words.querySelectorAll(".picture")) picture.remove();
    return { at, key: at.dataset.say ?? "", text: (words.textContent ?? "").trim() };
  }).filter((p) => p.text);
}

/** The phone's own voices: others send what is on the screen to whoever has made them. Browsers tell voices a moment after they are first asked. */
async function voices(): Promise<SpeechSynthesisVoice[]> {
  if (!("speechSynthesis" in window)) return [];
  for (let tries = 0; tries < 10 && !speechSynthesis.getVoices().length; tries++) await new Promise((later) => setTimeout(later, 100));
  return speechSynthesis.getVoices().filter((v) => v.localService);
}

const languageOf = (code: string): string => code.split(/[-_]/)[0]!.toLowerCase();

/** Reads aloud. A second tap stops it. Whether all was said: a phone may have no voice for the language. */
export async function say(page: Element): Promise<boolean> {
  if (playing) {
    hush();
    return true;
  }
  let going = true;
  let stopOne = () => {};
  playing = { stop: () => { going = false; stopOne(); } };
  const mine = playing;
  const own = await voices();
  let all = true;
  for (const { at, key, text } of parts(page)) {
    if (!going) break;
    const file = recording(key, text);
    const language = at.lang || current().code;
    const fit = own.filter((v) => languageOf(v.lang) === languageOf(language));
    const voice = fit.find((v) => v.default) ?? fit[0];
    if (!file && !voice) {
      if (language === current().code) all = false; // the name of another language may stay unsaid
      continue;
    }
    at.classList.add("said");
    await new Promise<void>((done) => {
      if (file) {
        const sound = new Audio(file);
        stopOne = () => { sound.pause(); done(); };
        sound.onended = sound.onerror = () => done();
        sound.play().catch(() => done());
      } else {
        const words = new SpeechSynthesisUtterance(text);
        words.lang = language;
        words.voice = voice!;
        stopOne = () => { speechSynthesis.cancel(); done(); };
        words.onend = words.onerror = () => done();
        speechSynthesis.speak(words);
      }
    });
    at.classList.remove("said");
  }
  if (playing === mine) playing = undefined;
  return all || !going;
}
