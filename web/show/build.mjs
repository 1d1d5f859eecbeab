// Builds dist: the page behind a code on a screen, with its bytes as they are served. A compressed
// form that opens to the same bytes already is left as it is, because compressors differ by version.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import zlib from 'node:zlib'

const here = import.meta.dirname
const from = name => readFileSync(join(here, 'src', name), 'utf8')
const texts = JSON.stringify(JSON.parse(from('texts.json')))
const files = {
  'index.html': from('index.html').replace(/\n/g, ''),
  'show.css': from('show.css').replace(/\n/g, ''),
  'show.js': from('show.js').replace("'%texts%'", () => texts).replace(/^ +/gm, '').replace(/^\/\/.*\n/gm, ''),
}
const forms = {
  gz: [b => zlib.gzipSync(b, { level: 9 }), zlib.gunzipSync],
  br: [b => zlib.brotliCompressSync(b, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: b.length } }), zlib.brotliDecompressSync],
}
const opens = (open, path, bytes) => { try { return open(readFileSync(path)).equals(bytes) } catch { return false } }
mkdirSync(join(here, 'dist'), { recursive: true })
let sent = 0
for (const [name, text] of Object.entries(files)) {
  const bytes = Buffer.from(text)
  const path = join(here, 'dist', name)
  writeFileSync(path, bytes)
  for (const [end, [pack, open]] of Object.entries(forms)) {
    if (!existsSync(`${path}.${end}`) || !opens(open, `${path}.${end}`, bytes)) writeFileSync(`${path}.${end}`, pack(bytes))
  }
  sent += readFileSync(`${path}.br`).length
}
console.log(`code: ${Object.keys(files).length} files, brotli ${sent} bytes`)
