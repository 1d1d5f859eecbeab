import decodeQR from "qr/decode.js";

/** The text of the code in a picture (RGBA, as ImageData has it); undefined where there is none. */
export function readQR(image: { width: number; height: number; data: Uint8Array | Uint8ClampedArray }): string | undefined {
  try {
    return decodeQR(image);
  } catch {
    return undefined;
  }
}
