// Keeps the page for where there is no network. It holds files of the page alone: no answer of the
// vault, and nothing that waits to be sent, so that another version takes its place without loss.
/// <reference lib="webworker" />
export {};
declare const self: ServiceWorkerGlobalScope;
declare const SHELL: string[];
declare const VERSION: string;
declare const LANGUAGES: Record<string, { path: string }>;

const cache = `page-${VERSION}`;
const front = "./";

self.addEventListener("install", (e) => e.waitUntil(fill()));

async function fill(): Promise<void> {
  const kept = await caches.open(cache);
  await kept.addAll([new Request(front, { cache: "no-cache" }), ...SHELL]);
  // the languages that the version before has
  for (const r of (await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()))).flat()) {
    const language = LANGUAGES[/\/a\/([a-z]+)-[0-9a-f]+\.json$/.exec(r.url)?.[1] ?? ""];
    if (language) await kept.add(language.path);
  }
}

// Not before every open page of the version before has gone: none is changed under somebody's act. One of them may ask for it, for want of a file.
self.addEventListener("message", (e) => {
  if (e.data === "now") void self.skipWaiting();
});

self.addEventListener("activate", (e) =>
  e.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== cache) await caches.delete(name);
      await self.clients.claim();
    })(),
  ),
);

self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  const scope = new URL(self.registration.scope);
  if (e.request.method !== "GET" || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
  if (e.request.mode === "navigate") e.respondWith(stored(front, e.request));
  else if (url.pathname.startsWith(`${scope.pathname}a/`)) e.respondWith(stored(e.request, e.request));
});

async function stored(key: RequestInfo, request: Request): Promise<Response> {
  const kept = await caches.open(cache);
  const found = await kept.match(key);
  if (found) return found;
  const fetched = await fetch(request);
  if (fetched.ok && request.mode !== "navigate") await kept.put(key, fetched.clone());
  return fetched;
}
