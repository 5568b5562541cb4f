/**
 * Moving pictures: GIF and WebP files from frames.
 */

import { bytesOf, sharp } from "./_sharp.ts";
import { assertPixels, type Pixels } from "./pixels.ts";

/** Options of `encodeAnimation`. */
export interface AnimationOptions {
  /** File format; WebP is smaller and has all colours, GIF is shown everywhere. @default "gif" */
  format?: "gif" | "webp";
  /** How long each frame stays, in milliseconds; GIF rounds to 10. @default 80 */
  delayMs?: number;
  /** How often to play; 0 is for ever. @default 0 */
  loop?: number;
  /** Quality of WebP, 1..100; 100 is without loss. @default 90 */
  quality?: number;
}

/**
 * Encodes frames of one size as an animation.
 *
 * @param frames At least one frame.
 * @param options Format, delay, repetitions and quality.
 * @returns The bytes of the file.
 * @throws {TypeError} When a frame is malformed or differs in size from the first.
 * @throws {RangeError} When there is no frame or an option is outside its range.
 *
 * @example Two frames
 * ```ts
 * import { encodeAnimation, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const bytes = await encodeAnimation([filled(8, 8), filled(8, 8, [255, 0, 0])]);
 * assert.equal(new TextDecoder().decode(bytes.subarray(0, 6)), "GIF89a");
 * ```
 */
export async function encodeAnimation(
  frames: readonly Pixels[],
  options: AnimationOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { format = "gif", delayMs = 80, loop = 0, quality = 90 } = options;
  const [first] = frames;
  if (!first) {
    throw new RangeError("Cannot encode animation: there is no frame");
  }
  if (
    !(delayMs >= 10 && delayMs <= 65535) || !Number.isInteger(loop) ||
    loop < 0 || loop > 65535 ||
    !Number.isInteger(quality) || quality < 1 || quality > 100
  ) {
    throw new RangeError(
      `Cannot encode animation: delayMs ${delayMs}, loop ${loop}, quality ${quality}; ` +
        "expected 10..65535, 0..65535 and 1..100",
    );
  }
  const { width, height } = first;
  const stacked = new Uint8Array(frames.length * width * height * 3);
  frames.forEach((frame, i) => {
    assertPixels(frame, `encode frame ${i}`);
    if (frame.width !== width || frame.height !== height) {
      throw new TypeError(
        `Cannot encode animation: frame ${i} is ${frame.width}x${frame.height}, frame 0 is ${width}x${height}`,
      );
    }
    stacked.set(frame.data, i * width * height * 3);
  });
  const image = sharp(stacked, {
    raw: {
      width,
      height: height * frames.length,
      channels: 3,
      pageHeight: height,
    },
    limitInputPixels: false,
  });
  const delay = Array<number>(frames.length).fill(Math.round(delayMs));
  return bytesOf(
    await (format === "gif"
      ? image.gif({ delay, loop })
      : image.webp({ delay, loop, quality, lossless: quality === 100 }))
      .toBuffer(),
  );
}
