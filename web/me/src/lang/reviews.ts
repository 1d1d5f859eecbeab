// In which languages people may say yes: those whose words a reader of that language has checked. A
// review is of one wording, by its digest: another word, and it is over.
import { current, digest } from "./words";

declare const REVIEWS: Record<string, string>;

export type Review = "authors" | "operator" | undefined;

let stated: Promise<Record<string, string>> | undefined;

/** What the vault's operator states: language → digest of the words that a reader of theirs has checked. */
const operators = (): Promise<Record<string, string>> =>
  (stated ??= fetch("reviews").then((r) => (r.ok ? (r.json() as Promise<Record<string, string>>) : {})).catch(() => {
    stated = undefined;
    return {};
  }));

export async function review(language: string): Promise<Review> {
  if (REVIEWS[language] === digest(language)) return "authors";
  return (await operators())[language] === digest(language) ? "operator" : undefined;
}

export const consentable = async (): Promise<boolean> => !!(await review(current().code));
