// The compiler as this folder uses it: solc-js with one set of settings, imports from here and node_modules only.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const here = dirname(fileURLToPath(import.meta.url));

export const settings = {
  evmVersion: "osaka",
  viaIR: true,
  optimizer: { enabled: true, runs: 10000 },
  metadata: { bytecodeHash: "none", appendCBOR: false },
};

/** Loads the compiler, which leaves crash handlers on the process that would hide our own errors. */
export function compiler() {
  const solc = createRequire(import.meta.url)("solc");
  process.removeAllListeners("uncaughtException");
  process.removeAllListeners("unhandledRejection");
  return solc;
}

/** Answers the compiler's question for a source; never with a file outside this folder. */
export function readSource(name) {
  for (const root of [here, join(here, "node_modules")]) {
    const file = resolve(root, name);
    if (!file.startsWith(here + "/")) continue;
    try {
      return { contents: readFileSync(file, "utf8") };
    } catch {
      // the next root
    }
  }
  return { error: "not found: " + name };
}
