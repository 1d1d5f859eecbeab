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
        asked.result.close(); // another tab wipes everything
        opening = undefined;
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

async function transact<T>(store: StoreName, mode: IDBTransactionMode, act: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await open()).transaction(store, mode, { durability: "strict" } as IDBTransactionOptions);
  const asked = act(transaction.objectStore(store));
  return new Promise((done, fail) => {
    transaction.oncomplete = () => done(asked.result);
    transaction.onerror = transaction.onabort = () => fail(transaction.error ?? asked.error);
  });
}

export const get = <T>(store: StoreName, key: string): Promise<T | undefined> => transact(store, "readonly", (s) => s.get(key) as IDBRequest<T | undefined>);
export const all = <T>(store: StoreName): Promise<T[]> => transact(store, "readonly", (s) => s.getAll() as IDBRequest<T[]>);
export const put = (store: StoreName, key: string, value: unknown): Promise<unknown> => transact(store, "readwrite", (s) => s.put(value, key));
export const remove = (store: StoreName, key: string): Promise<unknown> => transact(store, "readwrite", (s) => s.delete(key));

/** Puts several things, all of them or none. */
export async function putAll(...things: [store: StoreName, key: string, value: unknown][]): Promise<void> {
  const transaction = (await open()).transaction(things.map(([store]) => store), "readwrite", { durability: "strict" } as IDBTransactionOptions);
  for (const [store, key, value] of things) transaction.objectStore(store).put(value, key);
  await new Promise<void>((done, fail) => {
    transaction.oncomplete = () => done();
    transaction.onerror = transaction.onabort = () => fail(transaction.error);
  });
}

/** Changes a value in one transaction; what is not there stays so. */
export async function update<T>(store: StoreName, key: string, change: (now: T) => T): Promise<void> {
  await transact(store, "readwrite", (s) => {
    const asked = s.get(key) as IDBRequest<T | undefined>;
    asked.onsuccess = () => {
      if (asked.result !== undefined) s.put(change(asked.result), key);
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
  await new Promise<void>((done, fail) => {
    const asked = indexedDB.deleteDatabase(name);
    asked.onsuccess = () => done();
    asked.onerror = () => {
      wiped = false;
      fail(asked.error);
    };
  });
  localStorage.clear();
  sessionStorage.clear();
  for (const cache of await caches.keys()) await caches.delete(cache);
  for (const worker of (await navigator.serviceWorker?.getRegistrations?.()) ?? []) await worker.unregister();
}
