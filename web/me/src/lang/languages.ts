// The page's languages. The picture stands for no country: it is something to point at for whoever
// cannot read a language's name.

declare const LANGUAGES: Record<string, { path: string; digest: string }>;

export interface Language {
  code: string;
  name: string;
  picture: string;
  rtl?: true;
}

export const languages: Language[] = [
  { code: "en", name: "English", picture: "🐟" },
  { code: "fr", name: "Français", picture: "🌼" },
  { code: "es", name: "Español", picture: "🦋" },
  { code: "ar", name: "العربية", picture: "🐪", rtl: true },
  { code: "my", name: "မြန်မာ", picture: "🐘" },
  { code: "sw", name: "Kiswahili", picture: "🦒" },
  { code: "uk", name: "Українська", picture: "🌻" },
];

export const files = LANGUAGES;

const chosenAt = "language";

/** The language that was chosen on this phone. */
export function chosen(): Language | undefined {
  try {
    return languages.find((l) => l.code === localStorage.getItem(chosenAt));
  } catch {
    return undefined;
  }
}

export function choose(l: Language): void {
  try {
    localStorage.setItem(chosenAt, l.code);
  } catch {
    /* asked again next time */
  }
}
