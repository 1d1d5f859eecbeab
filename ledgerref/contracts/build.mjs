// Compiles the contracts into artefacts/. With --check, compares with what is committed and writes nothing.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compiler, here, readSource, settings } from "./solc.mjs";

const names = ["ConsentLedger", "InstitutionRegistry", "KeyRegistry"];
const check = process.argv.includes("--check");

const output = JSON.parse(
  compiler().compile(
    JSON.stringify({
      language: "Solidity",
      sources: Object.fromEntries(names.map((name) => [`src/${name}.sol`, { content: readSource(`src/${name}.sol`).contents }])),
      settings: {
        ...settings,
        outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
      },
    }),
    { import: readSource },
  ),
);

const problems = (output.errors ?? []).filter(
  (problem) => problem.severity === "error" || problem.sourceLocation?.file.startsWith("src/"),
);
for (const problem of problems) console.error(problem.formattedMessage);
if (problems.length) process.exit(1);

mkdirSync(join(here, "artefacts"), { recursive: true });
let stale = false;
for (const name of names) {
  const { abi, evm } = output.contracts[`src/${name}.sol`][name];
  const path = join(here, "artefacts", `${name}.json`);
  const text =
    JSON.stringify(
      { abi, bytecode: "0x" + evm.bytecode.object, deployedBytecode: "0x" + evm.deployedBytecode.object },
      null,
      1,
    ) + "\n";
  if (!check) {
    writeFileSync(path, text);
  } else if (!existsSync(path) || readFileSync(path, "utf8") !== text) {
    console.error(`artefacts/${name}.json is stale: run npm run build`);
    stale = true;
  }
  console.log(`${name}: ${evm.deployedBytecode.object.length / 2} bytes`);
}
process.exit(stale ? 1 : 0);
