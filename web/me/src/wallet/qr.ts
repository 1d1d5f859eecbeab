// Codes on the screen and on paper. Reading one is in qrread.ts, which only the camera needs.
import encodeQR from "qr";

/** The modules of a code, dark ones true, with the quiet zone of four around it. */
export const qrModules = (text: string): boolean[][] => encodeQR(text, "raw", { ecc: "medium", border: 4 });

/** A code as the path of an SVG whose viewBox is "0 0 size size". */
export function qrPath(text: string): { size: number; path: string } {
  const modules = qrModules(text);
  let path = "";
  for (const [y, row] of modules.entries()) {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      let width = 1;
      while (row[x + width]) width++;
      path += `M${x} ${y}h${width}v1h-${width}z`;
      x += width;
    }
  }
  return { size: modules.length, path };
}
