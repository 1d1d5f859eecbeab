// What is read aloud by whom: a recording where there is one, else a voice of the language, else nobody, and that is said.
import assert from "node:assert/strict";
import { test } from "node:test";

const said: string[] = [];
const texts: Record<string, string> = { "common.yes": "Yes", "common.on": "Switched on", "common.off": "Switched off", "given.until": "until {date}" };
const local = (lang: string) => ({ lang, localService: true });
let voices = [local("en-GB")];
Object.assign(globalThis, {
  LANGUAGES: { en: { path: "en.json", digest: "" } },
  AUDIO: { en: { "common.yes": "yes.mp3", "common.on": "on.mp3", "identity.name": "name.mp3", "given.until": "until.mp3" } },
  fetch: async () => ({ ok: true, json: async () => texts }),
  document: { documentElement: {} },
  speechSynthesis: { getVoices: () => voices, cancel: () => undefined, speak: (u: any) => { said.push(`voice ${u.voice.lang} ${u.text}`); setTimeout(() => u.onend()); } },
  SpeechSynthesisUtterance: class { text: string; constructor(text: string) { this.text = text; } },
  Audio: class { file: string; onended = (): void => undefined; constructor(file: string) { this.file = file; } async play(): Promise<void> { said.push(`recording ${this.file}`); setTimeout(() => this.onended()); } pause(): void {} },
});
Object.assign(globalThis, { window: globalThis });

const part = (key: string | undefined, text: string, more: object = {}): object => ({
  dataset: key === undefined ? {} : { say: key }, lang: "", classList: { add: () => undefined, remove: () => undefined }, closest: () => null,
  cloneNode: () => ({ textContent: text, querySelectorAll: () => [] }), ...more,
});

async function hear(...all: object[]): Promise<{ heard: string[]; whole: boolean }> {
  const { load } = await import("../lang/words.ts");
  const { say } = await import("./speak.ts");
  await load({ code: "en", name: "English", picture: "" });
  said.length = 0;
  const whole = await say({ querySelectorAll: () => all } as unknown as Element);
  return { heard: [...said], whole };
}

test("recorded by key, by a button's word and by a field's name; never where something is filled in", async () => {
  voices = [local("en-GB")];
  const { heard, whole } = await hear(part("identity.name", "Name"), part(undefined, "", { checked: true }), part(undefined, "", { checked: false }), part(undefined, "Yes"), part(undefined, "Yes 2"), part("given.until", "until 3 May"), part("", "  "));
  assert.deepEqual(heard, ["recording name.mp3", "recording on.mp3", "voice en-GB Switched off", "recording yes.mp3", "voice en-GB Yes 2", "voice en-GB until 3 May"]);
  assert.equal(whole, true);
});

test("without a voice of the language what is recorded is said, and that the rest is not", async () => {
  voices = [local("fr_FR")];
  assert.deepEqual(await hear(part(undefined, "Yes"), part("", "Stop")), { heard: ["recording yes.mp3"], whole: false });
  assert.deepEqual(await hear(part(undefined, "Yes"), part("", "Français", { lang: "fr" }), part("", "Kiswahili", { lang: "sw" })), { heard: ["recording yes.mp3", "voice fr_FR Français"], whole: true });
  voices = [{ lang: "en-US", localService: false }];
  assert.deepEqual(await hear(part("", "Stop")), { heard: [], whole: false }, "what is on the screen would leave the phone");
  voices = [];
  assert.deepEqual(await hear(part("", "Stop")), { heard: [], whole: false });
});
