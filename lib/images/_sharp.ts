/**
 * sharp (https://sharp.pixelplumbing.com), set up once for this project.
 *
 * One libvips thread an image: faces are 112x112, where splitting one image among threads costs more than it
 * gives, and the cores belong to ONNX Runtime and to the render workers. No operation cache: no image is read
 * twice, and a cache keyed by file name could return what a file used to hold.
 */

import sharp, { type Sharp } from "sharp";
import type { Pixels } from "./pixels.ts";

sharp.concurrency(1);
sharp.cache(false);

/** A sharp pipeline that starts from RGB bytes. */
export function pipeline(image: Pixels): Sharp {
  return sharp(image.data, {
    raw: { width: image.width, height: image.height, channels: 3 },
    limitInputPixels: false,
  });
}

/** The bytes of a Buffer without the Buffer class, which tests and structured clones tell apart. */
export function bytesOf(buffer: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    buffer.buffer as ArrayBuffer,
    buffer.byteOffset,
    buffer.byteLength,
  );
}

export { sharp };
