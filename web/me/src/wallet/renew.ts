// An act whose signature has no time that a vault takes, because it waited or the phone's clock was wrong, is signed anew, as what it was.
import { correct, allowance, withdrawAllStops, type Act, type Stop } from "./acts.ts";
import { stateAssistKey } from "./assist.ts";
import { renewCard, resetCard } from "./card.ts";
import type { Deployment } from "./api.ts";
import type { Hex } from "./bytes.ts";
import type { Identity } from "./seed.ts";

/** What can be: not a yes, which an organisation waits for until a day, and whose one-time key is gone. */
const renewals: Partial<Record<Act["kind"], (me: Identity, d: Deployment, body: string, now: number) => Act>> = {
  withdrawAll: (me, d, body, now) => withdrawAllStops(me, d, (JSON.parse(body) as { stops: Stop[] }).stops, now),
  correct: (me, d, body, now) => {
    const { field, value, salt } = JSON.parse(body) as { field: string; value?: unknown; salt?: Hex };
    return correct(me, d, field, value, now, salt);
  },
  card: renewCard,
  resetCard: (me, d, body, now) => resetCard(me, d, (JSON.parse(body) as { card: Hex }).card, now),
  assistKey: (me, d, body, now) => stateAssistKey(me, d, (JSON.parse(body) as { key: Hex }).key, now),
};

/** Whether renew can sign this kind, once its owner is here. */
export const renewable = (kind: Act["kind"]): boolean => kind in renewals;

/** Whether a vault does not take an act's signature now: its time is over, or it was signed by a clock that is ahead. */
export const untimely = (act: Act, now: number): boolean => !!act.until && (now > act.until || (renewable(act.kind) && now + 2 * allowance < act.until));

/** The same act with a signature of now; undefined for what cannot be signed so. */
export function renew(act: Act, me: Identity, d: Deployment, now: number): Act | undefined {
  const made = renewals[act.kind]?.(me, d, act.body, now);
  return made && { ...made, id: act.id, ...(act.late ? { late: act.late } : {}) };
}
