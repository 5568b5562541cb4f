/**
 * The one form images have in memory: RGB bytes, row by row, three to a pixel.
 */

/** An RGB image of 8 bits a channel. */
export interface Pixels {
  /** Width in pixels, at least 1. */
  readonly width: number;
  /** Height in pixels, at least 1. */
  readonly height: number;
  /** Bytes [height, width, 3] in the order R, G, B, values 0..255. */
  readonly data: Uint8Array;
}

/** An RGB colour, each channel 0..255. */
export type Colour = readonly [red: number, green: number, blue: number];

/**
 * Asserts that an image's sizes are positive integers and that its bytes are as many as they say.
 *
 * @param image The image.
 * @param action What the caller was about to do, for the message: "Cannot <action>: ...".
 * @throws {TypeError} When the image is malformed.
 *
 * @example A buffer of the wrong length
 * ```ts
 * import { assertPixels } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const bad = { width: 2, height: 2, data: new Uint8Array(4) };
 * assert.throws(() => assertPixels(bad, "show"), /Cannot show: .* 12 bytes/);
 * ```
 */
export function assertPixels(image: Pixels, action: string): void {
  const { width, height, data } = image;
  if (
    !Number.isInteger(width) || !Number.isInteger(height) || width < 1 ||
    height < 1
  ) {
    throw new TypeError(
      `Cannot ${action}: image size is ${width}x${height}, expected positive integers`,
    );
  }
  if (!(data instanceof Uint8Array) || data.length !== width * height * 3) {
    throw new TypeError(
      `Cannot ${action}: a ${width}x${height} RGB image has ${width * height * 3} bytes in a Uint8Array, ` +
        `found ${data?.length ?? "none"}`,
    );
  }
}

/**
 * Makes an image of one colour.
 *
 * @param width Width in pixels.
 * @param height Height in pixels.
 * @param colour The colour of every pixel.
 * @returns The image.
 * @throws {TypeError} When a size is not a positive integer.
 *
 * @example A grey square
 * ```ts
 * import { filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...filled(1, 2, [9, 8, 7]).data], [9, 8, 7, 9, 8, 7]);
 * ```
 */
export function filled(
  width: number,
  height: number,
  colour: Colour = [0, 0, 0],
): Pixels {
  const valid = Number.isInteger(width) && Number.isInteger(height) &&
    width > 0 && height > 0;
  const data = new Uint8Array(valid ? width * height * 3 : 0);
  const image = { width, height, data };
  assertPixels(image, "make an image");
  for (let i = 0; i < data.length; i++) data[i] = colour[i % 3]!;
  return image;
}
