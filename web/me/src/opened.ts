// What a link or code opened: a request, or a card. It comes in the address's fragment, which no
// server sees, and leaves the address at once, so that nobody reads it there or in the history.

const openedAt = "opened";

export interface Opened {
  request?: string;
  card?: string;
  /** Who has read it: nobody else on this phone is asked what they were asked. */
  person?: string;
}

export function keepOpened(): void {
  const [kind, value] = [location.hash[1], location.hash.slice(3)];
  if (location.hash) history.replaceState(history.state, "", location.pathname);
  // a reload must find it again, and another tab must not
  try {
    if (value && (kind === "r" || kind === "c")) sessionStorage.setItem(openedAt, JSON.stringify(kind === "r" ? { request: value } : { card: value }));
  } catch {
    /* then it is lost at a reload */
  }
}

/** A request that was scanned is found again after a reload as well. */
export function remember(request: string, person: string): void {
  try {
    sessionStorage.setItem(openedAt, JSON.stringify({ request, person } satisfies Opened));
  } catch {
    /* then it is lost at a reload */
  }
}

export function opened(): Opened {
  try {
    return JSON.parse(sessionStorage.getItem(openedAt) ?? "{}") as Opened;
  } catch {
    return {};
  }
}

export function answered(): void {
  try {
    sessionStorage.removeItem(openedAt);
  } catch {
    /* was not kept either */
  }
}
