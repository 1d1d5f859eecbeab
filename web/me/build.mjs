// Builds dist: the files of the page with their bytes as they are served. The same sources give the
// same bytes on every machine; a compressed form that opens to them already is left as it is,
// because compressors differ by version.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import zlib from "node:zlib";

const here = import.meta.dirname;
const from = (...name) => join(here, "src", ...name);
const dist = join(here, "dist");
const files = new Map(); // path → bytes

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");
const keep = (path, bytes) => files.set(path, Buffer.from(bytes));
// named by content: may be kept by browsers for ever
const keepLasting = (name, bytes) => {
  const [, stem, end] = /^(.*)(\.[a-z0-9]+)$/.exec(name);
  const path = `a/${stem}-${hash(bytes).slice(0, 12)}${end}`;
  keep(path, bytes);
  return path;
};

const common = { bundle: true, minify: true, format: "esm", target: "es2020", charset: "utf8", legalComments: "none", write: false, logLevel: "warning", absWorkingDir: here };

// languages: only the chosen one is ever fetched
const languages = {};
const audio = {};
for (const file of readdirSync(from("lang"))
  .filter((f) => /^[a-z-]+\.json$/.test(f) && f !== "reviews.json")
  .sort()) {
  const language = file.slice(0, -5);
  const source = readFileSync(from("lang", file));
  const path = keepLasting(file, JSON.stringify(JSON.parse(source)));
  languages[language] = { path, digest: hash(files.get(path)) };
  audio[language] = {};
  const spoken = from("lang", "audio", language);
  for (const name of existsSync(spoken) ? readdirSync(spoken).sort() : []) {
    audio[language][name.replace(/\.mp3$/, "")] = keepLasting(`${language}-${name}`, readFileSync(join(spoken, name)));
  }
}
const reviews = JSON.parse(readFileSync(from("lang", "reviews.json")));

const define = { LANGUAGES: JSON.stringify(languages), REVIEWS: JSON.stringify(reviews), AUDIO: JSON.stringify(audio) };
const made = await build({
  ...common,
  define,
  splitting: true,
  metafile: true,
  outdir: dist,
  entryPoints: { boot: from("boot.ts") },
  entryNames: "a/[name]-[hash]",
  chunkNames: "a/[name]-[hash]",
});
for (const { path, contents } of made.outputFiles) keep(path.slice(dist.length + 1), contents);
const script = [...files.keys()].find((p) => /^a\/boot-.*\.js$/.test(p));
// what the first script imports is asked for together with it
const beside = made.metafile.outputs[`dist/${script}`].imports.filter((i) => i.kind === "import-statement").map((i) => i.path.slice("dist/".length));

const css = await build({ ...common, entryPoints: [from("page.css")], outdir: dist });
const style = keepLasting("page.css", css.outputFiles[0].contents);
const icon = keepLasting("icon.svg", readFileSync(from("icon.svg")));
const icons = [192, 512].map((size) => ({ size, path: keepLasting(`icon-${size}.png`, readFileSync(from(`icon-${size}.png`))) }));
keep(
  "manifest.webmanifest",
  JSON.stringify({
    name: "Pocket",
    short_name: "Pocket",
    id: "/me/",
    start_url: "/me/",
    scope: "/me/",
    display: "standalone",
    background_color: "#ffffff",
    theme_color: "#ffffff",
    icons: icons.map(({ size, path }) => ({ src: path, sizes: `${size}x${size}`, type: "image/png", purpose: "any maskable" })),
  }),
);
keep(
  "index.html",
  readFileSync(from("index.html"), "utf8")
    .replace("%style%", style)
    .replace("%script%", script)
    .replace("%beside%", beside.map((p) => `<link rel="modulepreload" href="${p}">`).join(""))
    .replaceAll("%icon%", icon)
    .replace(/\n\s*/g, ""),
);

// what the page needs without a network; the chosen language is kept when it is fetched
const shell = [...files.keys()].filter((p) => p !== "index.html" && !p.endsWith(".mp3") && !p.endsWith(".json") && !/icon-\d/.test(p)).sort();
const version = hash(
  [...files.keys()]
    .sort()
    .map((p) => p + hash(files.get(p)))
    .join(),
).slice(0, 12);
const worker = await build({ ...common, define: { SHELL: JSON.stringify(shell), VERSION: JSON.stringify(version), LANGUAGES: define.LANGUAGES }, entryPoints: { sw: from("sw.ts") }, outdir: dist });
keep("sw.js", worker.outputFiles[0].contents);

const before = new Map();
for (const name of existsSync(dist) ? readdirSync(dist, { recursive: true, withFileTypes: true }) : []) {
  const path = join(name.parentPath, name.name);
  if (name.isFile() && /\.(gz|br)$/.test(name.name)) before.set(path.slice(dist.length + 1), readFileSync(path));
}
rmSync(dist, { recursive: true, force: true });
const store = (path, bytes) => {
  mkdirSync(dirname(join(dist, path)), { recursive: true });
  writeFileSync(join(dist, path), bytes);
};
const forms = [
  [".gz", (b) => zlib.gzipSync(b, { level: 9 }), zlib.gunzipSync],
  [".br", (b) => zlib.brotliCompressSync(b, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: b.length } }), zlib.brotliDecompressSync],
];
const opens = (open, packed, bytes) => {
  try {
    return open(packed).equals(bytes);
  } catch {
    return false;
  }
};
const total = { plain: 0, ".gz": 0, ".br": 0 };
for (const [path, bytes] of files) {
  store(path, bytes);
  total.plain += bytes.length;
  for (const [end, pack, open] of forms) {
    const was = before.get(path + end);
    const packed = was && opens(open, was, bytes) ? was : /\.(png|mp3)$/.test(path) ? bytes : pack(bytes);
    if (packed.length < bytes.length) store(path + end, packed);
    total[end] += Math.min(packed.length, bytes.length);
  }
}
console.log(`page: ${files.size} files, ${total.plain} bytes; gzip ${total[".gz"]}, brotli ${total[".br"]}`);
