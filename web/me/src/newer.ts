// A page that stays open while another version takes its place at the vault: a file of its own that it has not fetched yet is gone there.

/** Gives way to the newer version. What was done is kept, and the digits are asked for again. */
export async function newer(): Promise<void> {
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.update();
    const next = registration?.waiting ?? registration?.installing;
    if (next) await takesOver(next);
  } catch {
    /* no network: the page as it is comes back */
  }
  location.reload();
}

const takesOver = (next: ServiceWorker): Promise<void> => new Promise((done) => {
  const look = (): void => {
    if (next.state === "installed") next.postMessage("now");
    if (next.state === "activated" || next.state === "redundant") done();
  };
  next.addEventListener("statechange", look);
  look();
});
