// Writes the Go bindings from artefacts/ with the abigen that tools/go.mod pins. With --check,
// compares with what is committed and writes nothing.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { here } from "./solc.mjs";

const files = {
  ConsentLedger: "consentledger_gen.go",
  InstitutionRegistry: "institutionregistry_gen.go",
  KeyRegistry: "keyregistry_gen.go",
};
const check = process.argv.includes("--check");
const work = mkdtempSync(join(tmpdir(), "bindings-"));
let stale = false;
try {
  for (const [name, file] of Object.entries(files)) {
    const { abi, bytecode } = JSON.parse(readFileSync(join(here, "artefacts", `${name}.json`), "utf8"));
    // inherited by all three, and abigen would declare its output type in each file
    const bound = abi.filter((entry) => entry.name !== "eip712Domain");
    writeFileSync(join(work, "abi"), JSON.stringify(bound));
    writeFileSync(join(work, "bin"), bytecode.slice(2));
    const abigen = ["tool", "-modfile=../../tools/go.mod", "abigen", "--v2", "--pkg", "contracts", "--type", name];
    const raw = execFileSync("go", [...abigen, "--abi", join(work, "abi"), "--bin", join(work, "bin")], {
      cwd: here,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
      maxBuffer: 1 << 26,
    });
    const text = execFileSync("gofmt", { input: raw, encoding: "utf8", maxBuffer: 1 << 26 });
    const path = join(here, file);
    if (!check) {
      writeFileSync(path, text);
    } else if (!existsSync(path) || readFileSync(path, "utf8") !== text) {
      console.error(`${file} is stale: run npm run build`);
      stale = true;
    }
  }
} finally {
  rmSync(work, { recursive: true });
}
process.exitCode = stale ? 1 : 0;
