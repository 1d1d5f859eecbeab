// What is kept on the phone. Nothing in it is in clear but pictures, counts and times.

const name = "page";
const stores = ["people", "acts", "device", "kept"] as const;
export type StoreName = (typeof stores)[number];

let opening: Promise<IDBDatabase> | undefined;
let wiped = false;

function open(): Promise<IDBDatabase> {
  if (wiped) return new Promise(() => undefined); // what was under way writes nothing any more, until the page is loaded anew
  return (opening ??= new Promise<IDBDatabase>((done, fail) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => {
      for (const s of stores) asked.result.createObjectStore(s);
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => {
        wiped = true; // another tab wipes everything: neither a key nor what was opened stays in this one
        asked.result.close();
        sessionStorage.clear();
        location.reload();
      };
      done(asked.result);
    };
    asked.onerror = () => fail(asked.error);
    asked.onblocked = () => fail(new Error("blocked"));
  }).catch((e: unknown) => {
    opening = undefined;
    throw e;
  }));
}

export type Thing = [store: StoreName, key: string, value: unknown];

async function transaction<T>(stores: StoreName[], act: (of: (store: StoreName) => IDBObjectStore) => IDBRequest<T> | undefined, mode: IDBTransactionMode = "readwrite"): Promise<T> {
  const all = (await open()).transaction(stores, mode, { durability: "strict" } as IDBTransactionOptions);
  const asked = act((store) => all.objectStore(store));
  return new Promise((done, fail) => {
    all.oncomplete = () => done(asked?.result as T);
    all.onerror = all.onabort = () => fail(all.error ?? asked?.error);
  });
}

const transact = <T>(store: StoreName, mode: IDBTransactionMode, act: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> => transaction([store], (of) => act(of(store)), mode);

export const get = <T>(store: StoreName, key: string): Promise<T | undefined> => transact(store, "readonly", (s) => s.get(key) as IDBRequest<T | undefined>);
export const all = <T>(store: StoreName): Promise<T[]> => transact(store, "readonly", (s) => s.getAll() as IDBRequest<T[]>);
export const put = (store: StoreName, key: string, value: unknown): Promise<unknown> => transact(store, "readwrite", (s) => s.put(value, key));
export const remove = (store: StoreName, key: string): Promise<unknown> => transact(store, "readwrite", (s) => s.delete(key));

/** Puts several things, all of them or none. */
export const putAll = (...things: Thing[]): Promise<void> => transaction(things.map(([store]) => store), (of) => {
  for (const [store, key, value] of things) of(store).put(value, key);
  return undefined;
});

/** Changes a value in one transaction, in which other things are put too; what is not there stays so, and nothing is put with it. */
export async function update<T>(store: StoreName, key: string, change: (now: T) => T, ...also: Thing[]): Promise<void> {
  await transaction([store, ...also.map(([of]) => of)], (of) => {
    const asked = of(store).get(key) as IDBRequest<T | undefined>;
    asked.onsuccess = () => {
      if (asked.result === undefined) return;
      for (const [where, at, value] of [[store, key, change(asked.result)] as Thing, ...also]) of(where).put(value, at);
    };
    return asked;
  });
}

/** Puts a value only where there is none; whether it did. */
export async function add(store: StoreName, key: string, value: unknown): Promise<boolean> {
  try {
    await transact(store, "readwrite", (s) => s.add(value, key));
    return true;
  } catch (e) {
    if (e instanceof DOMException && e.name === "ConstraintError") return false;
    throw e;
  }
}

/** Leaves nothing on this phone: data, kept files of the page, its worker, the language. */
export async function wipe(): Promise<void> {
  const was = opening;
  wiped = true;
  (await was)?.close();
  opening = undefined;
  localStorage.clear(); // the database last: other tabs are loaded anew as soon as it goes, and find nothing else
  sessionStorage.clear();
  for (const worker of (await navigator.serviceWorker?.getRegistrations?.()) ?? []) await worker.unregister();
  for (const cache of await caches.keys()) await caches.delete(cache);
  await new Promise<void>((done, fail) => {
    const asked = indexedDB.deleteDatabase(name);
    asked.onsuccess = () => done();
    asked.onerror = () => {
      wiped = false;
      fail(asked.error);
    };
  });
}
