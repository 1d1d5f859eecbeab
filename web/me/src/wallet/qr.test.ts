import assert from "node:assert/strict";
import { test } from "node:test";
import { qrModules, qrPath } from "./qr.ts";
import { readQR } from "./qrread.ts";

/** Draws the path as a browser would, so many pixels a module. */
function picture(text: string, scale: number): { width: number; height: number; data: Uint8ClampedArray } {
  const { size, path } = qrPath(text);
  const width = size * scale;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y, w] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    for (let py = Number(y) * scale; py < (Number(y) + 1) * scale; py++)
      for (let px = Number(x) * scale; px < (Number(x) + Number(w)) * scale; px++) data.set([0, 0, 0], (py * width + px) * 4);
  return { width, height: width, data };
}

const texts = [
  `https://vault.example/me/#r=0x${"3a".repeat(32)}`, "https://vault.example/me/#c=AWgZ1ODJQd1YejnkhNXA2u-DCut_PZqI2pRlP32CGeBybyza3w", "https://vault.example/show/#d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3c",
];

test("what is drawn is read", () => {
  for (const text of texts) for (const scale of [2, 3, 5]) assert.equal(readQR(picture(text, scale)), text);
  const { size } = qrPath(texts[0]!);
  assert.equal(size, qrModules(texts[0]!).length);
});

test("a spoiled code is read, and what is none is nothing", () => {
  const p = picture(texts[1]!, 4);
  let seed = 1;
  for (let i = 0; i < p.data.length; i += 4) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    const noise = (seed >> 16) % 80;
    for (let c = 0; c < 3; c++) p.data[i + c] = p.data[i + c]! > 127 ? 255 - noise : noise;
  }
  assert.equal(readQR(p), texts[1]);
  assert.equal(readQR({ width: 100, height: 100, data: new Uint8ClampedArray(40_000).fill(255) }), undefined);
  const cut = picture(texts[1]!, 4);
  cut.data.fill(255, 0, cut.data.length * 0.6);
  assert.equal(readQR(cut), undefined);
  assert.equal(readQR({ width: 0, height: 0, data: new Uint8ClampedArray() }), undefined);
});
