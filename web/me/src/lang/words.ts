// The words of the chosen language: one flat file, plurals by CLDR's categories.
import { files, type Language } from "./languages";

type Entry = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Value = string | number;

declare const AUDIO: Record<string, Record<string, string>>;

let words: Record<string, Entry> = {};
let language: Language;
let plural: Intl.PluralRules;

/** The words are not there, as where this page is older than what the vault serves. */
export class Gone extends Error {}

/** Fetches the words of a language, and nothing of another. Gone. */
export async function load(l: Language): Promise<void> {
  const answer = await fetch(files[l.code]!.path);
  if (!answer.ok) throw new Gone("words");
  words = await answer.json();
  language = l;
  plural = new Intl.PluralRules(l.code);
  document.documentElement.lang = l.code;
  document.documentElement.dir = l.rtl ? "rtl" : "ltr";
}

export const current = (): Language => language;

/** SHA-256 of the words as they were fetched: what a reader's review is of. */
export const digest = (code = language.code): string => files[code]!.digest;

/** A text with its values filled in; `count` chooses the plural. */
export function t(key: string, values: Record<string, Value> = {}): string {
  const entry = words[key] ?? key;
  const text = typeof entry === "string" ? entry : (entry[plural.select(Number(values.count))] ?? entry.other ?? key);
  const said = text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? "";
    return typeof value === "number" ? value.toLocaleString(language.code) : language.rtl ? `\u2068${value}\u2069` : value; // a name in another script must not turn the sentence round
  });
  return language.code === "my" ? said.replace(/([\u1000-\u1038\u103a-\u103f])(?=[\u1000-\u1021](?![\u1039\u103a]|\u1037\u103a))/g, "$1\u200b") : said; // between syllables: a browser that finds no end of a word cuts through one
}

export const has = (key: string): boolean => key in words;

/** Recorded speech of a text, where somebody has recorded it: by its key, or by the text where it stands alone, as on a button. What
 *  is filled in cannot be recorded. */
export function recording(key: string, text: string): string | undefined {
  const all = AUDIO[language.code] ?? {};
  const of = key || Object.keys(all).find((k) => words[k] === text) || "";
  return of in words && words[of] !== text ? undefined : all[of];
}

const seconds = (n: number): Date => new Date(n * 1000);
/** Whether the browser can write days in the language: where it cannot it would write them in its own. */
const written = (): boolean => Intl.DateTimeFormat.supportedLocalesOf(language.code).length > 0;
const numbers = "en-GB"; // day, month, year
/** Of Unix seconds. */
export const date = (n: number): string => (written() ? seconds(n).toLocaleDateString(language.code, { day: "numeric", month: "long", year: "numeric" }) : seconds(n).toLocaleDateString(numbers));
export const moment = (n: number): string =>
  seconds(n).toLocaleString(written() ? language.code : numbers, { day: "numeric", month: written() ? "long" : "numeric", hour: "2-digit", minute: "2-digit" });
export const year = (n: number): string => new Date(Date.UTC(n, 6, 1)).toLocaleDateString(language.code, { year: "numeric", timeZone: "UTC" });
export const clock = (d: Date): string => d.toLocaleTimeString(language.code, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
