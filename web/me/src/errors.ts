// What went wrong, in words that say what to do.
import { t } from "./lang/words";
import { PinError } from "./ui/pin";

export function describe(e: unknown): string {
  if (e instanceof PinError) return t(e.key, e.values);
  const name = e instanceof Error ? e.name : "";
  const problem = e as { status?: number; code?: string };
  if (name === "Unreachable" || e instanceof TypeError) return t("error.net");
  if (name === "TermError" || name === "FormError" || name === "OtherVault") return t("error.answer");
  if (name === "LateError") return t("asked.late");
  if (name === "Problem") return t(problem.status === 401 ? "home.pending" : problem.status === 404 ? "asked.gone" : problem.status === 429 ? "error.busy" : problem.status! >= 500 ? "error.net" : "error.refused");
  return t("error.other");
}
