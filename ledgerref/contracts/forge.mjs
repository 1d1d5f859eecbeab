// Runs forge: the pinned one where npm has it for this platform, else the one on the path.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const platform = { darwin: "darwin", linux: "linux", win32: "win32" }[process.platform];
const machine = { arm64: "arm64", x64: "amd64" }[process.arch];
const suffix = process.platform === "win32" ? ".exe" : "";

let forge = "forge";
try {
  forge = createRequire(import.meta.url).resolve(`@foundry-rs/forge-${platform}-${machine}/bin/forge${suffix}`);
} catch {
  // not installed for this platform
}
const { error, status } = spawnSync(forge, process.argv.slice(2), { stdio: "inherit" });
if (error) console.error(`cannot run ${forge}: ${error.message}`);
process.exitCode = status ?? 1;
