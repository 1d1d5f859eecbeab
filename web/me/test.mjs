// Bundles every *.test.ts below src and runs it with node's own test runner.
// Arguments are parts of file names: node test.mjs history proof
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const wanted = process.argv.slice(2);
const tests = readdirSync("src", { recursive: true })
  .filter((name) => name.endsWith(".test.ts") && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .map((name) => join("src", name));
if (tests.length === 0) throw new Error("no such test");
const folder = mkdtempSync(join(tmpdir(), "page-test-"));
try {
  await build({ entryPoints: tests, outdir: folder, outbase: "src", bundle: true, platform: "node", format: "esm", outExtension: { ".js": ".mjs" }, sourcemap: "inline", logLevel: "error" });
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".mjs")).map((name) => join(folder, name));
  const run = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-reporter=spec", ...files], { stdio: "inherit" });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
