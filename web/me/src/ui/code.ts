// A code as a picture on the screen.
import { qrPath } from "../wallet/qr";

const svg = "http://www.w3.org/2000/svg";

export function code(text: string, label: string): SVGElement {
  const { size, path } = qrPath(text);
  const made = document.createElementNS(svg, "svg");
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${size} ${size}`, class: "code", role: "img", "aria-label": label, "shape-rendering": "crispEdges" })) made.setAttribute(name, value);
  const dark = document.createElementNS(svg, "path");
  dark.setAttribute("d", path);
  made.append(dark);
  return made;
}

/** The same as a PNG, with lines of text below, and the letters that can be typed: for paper, and for whoever keeps a picture. */
export function paper(text: string, title: string, lines: string[], letters: string, rtl: boolean): Promise<Blob> {
  const { size, path } = qrPath(text);
  const [width, scale, line] = [900, 20, 44];
  const canvas = document.createElement("canvas");
  const draw = canvas.getContext("2d")!;
  const font = (weight: number): string => `${weight} 32px system-ui, sans-serif`;
  const typed = "28px ui-monospace, monospace";
  draw.font = typed;
  const groups = wrap(draw, letters, width - 80);
  draw.font = font(400);
  const broken = lines.flatMap((l) => wrap(draw, l, width - 80));
  canvas.width = width;
  canvas.height = size * scale + line * (broken.length + groups.length + 4);
  draw.fillStyle = "#fff";
  draw.fillRect(0, 0, width, canvas.height);
  draw.fillStyle = "#000";
  draw.save();
  draw.translate((width - size * scale) / 2, 0);
  draw.scale(scale, scale);
  draw.fill(new Path2D(path));
  draw.restore();
  draw.direction = rtl ? "rtl" : "ltr";
  draw.textAlign = "start";
  const at = rtl ? width - 40 : 40;
  let y = size * scale + line;
  draw.font = font(700);
  draw.fillText(title, at, y);
  draw.font = font(400);
  for (const l of broken) draw.fillText(l, at, (y += line));
  draw.font = typed;
  draw.direction = "ltr";
  draw.textAlign = "left";
  y += line;
  for (const l of groups) draw.fillText(l, 40, (y += line));
  return new Promise((done, fail) => canvas.toBlob((b) => (b ? done(b) : fail(new Error("picture"))), "image/png"));
}

function wrap(draw: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.match(/[^ \u200b]*[ \u200b]?/g) ?? []) {
    if (line && draw.measureText(line + word).width > width) {
      lines.push(line);
      line = "";
    }
    line += word;
  }
  return [...lines, line];
}

/** Gives a file to the phone. Its name tells nothing: the ending is of a kind of file that everybody has. */
export function save(data: Blob, end: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data);
  link.download = `pocket.${end}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
