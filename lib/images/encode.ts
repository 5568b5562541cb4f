/**
 * Pixels to JPEG and PNG files.
 *
 * Equal pixels give equal bytes: no metadata, no timestamps, baseline coding, one thread. libjpeg-turbo's integer
 * transform is exact on every processor, so the bytes depend on the version of sharp only (pinned in deno.json).
 */

import { bytesOf, pipeline } from "./_sharp.ts";
import { assertPixels, type Pixels } from "./pixels.ts";

/** Options of `encodeJpeg`. */
export interface JpegOptions {
  /** Quality, an integer in 1..100. @default 95 */
  quality?: number;
  /** Whether colour has the resolution of brightness or half of it. @default "4:4:4" */
  chroma?: "4:4:4" | "4:2:0";
}

/**
 * Encodes an image as baseline JPEG.
 *
 * @param image The image.
 * @param options Quality and colour resolution.
 * @returns The bytes of the file; the same for the same pixels and options.
 * @throws {TypeError} When the image is malformed.
 * @throws {RangeError} When the quality is not an integer in 1..100.
 *
 * @example A face-sized JPEG
 * ```ts
 * import { encodeJpeg, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const bytes = await encodeJpeg(filled(112, 112, [200, 150, 120]));
 * assert.deepEqual([...bytes.subarray(0, 3)], [0xff, 0xd8, 0xff]);
 * ```
 */
export async function encodeJpeg(
  image: Pixels,
  options: JpegOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { quality = 95, chroma = "4:4:4" } = options;
  assertPixels(image, "encode JPEG");
  if (!Number.isInteger(quality) || quality < 1 || quality > 100) {
    throw new RangeError(
      `Cannot encode JPEG: quality is ${quality}, expected an integer in 1..100`,
    );
  }
  return bytesOf(
    await pipeline(image).jpeg({
      quality,
      chromaSubsampling: chroma,
      progressive: false,
      mozjpeg: false,
    }).toBuffer(),
  );
}

/**
 * Encodes an image as PNG, without loss.
 *
 * @param image The image.
 * @returns The bytes of the file.
 * @throws {TypeError} When the image is malformed.
 *
 * @example There and back
 * ```ts
 * import { decodeImage, encodePng, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = filled(3, 2, [1, 2, 3]);
 * assert.deepEqual(await decodeImage(await encodePng(image)), image);
 * ```
 */
export async function encodePng(
  image: Pixels,
): Promise<Uint8Array<ArrayBuffer>> {
  assertPixels(image, "encode PNG");
  return bytesOf(
    await pipeline(image).png({ compressionLevel: 6, adaptiveFiltering: false })
      .toBuffer(),
  );
}
