/**
 * Image files to pixels.
 *
 * Bytes are foreign: the format is told by its magic number and must be one of a short list (so no SVG, no PDF),
 * the number of pixels is limited before anything is allocated, and a file cut short is an error, not a grey area.
 */

import { bytesOf, sharp } from "./_sharp.ts";
import type { Pixels } from "./pixels.ts";

/** Options of `decodeImage`. */
export interface DecodeOptions {
  /**
   * Most pixels (width times height) an image may claim. The default is that of a 64-megapixel camera;
   * a small file can claim far more and fill the memory.
   * @default 67108864
   */
  maxPixels?: number;
  /** What to call the bytes in messages. @default the path, or "the image" */
  name?: string;
}

const MAGIC: readonly [format: string, offset: number, bytes: string][] = [
  ["JPEG", 0, "\xff\xd8\xff"],
  ["PNG", 0, "\x89PNG\r\n\x1a\n"],
  ["WebP", 8, "WEBP"],
  ["GIF", 0, "GIF8"],
  ["TIFF", 0, "II*\0"],
  ["TIFF", 0, "MM\0*"],
  ["AVIF", 4, "ftypavif"],
];

/**
 * Tells the format of an image file from its first bytes.
 *
 * @param bytes The file, or at least its first 12 bytes.
 * @returns "JPEG", "PNG", "WebP", "GIF", "TIFF", "AVIF", or undefined when it is none of them.
 *
 * @example A JPEG's first bytes
 * ```ts
 * import { imageFormat } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(imageFormat(new Uint8Array([0xff, 0xd8, 0xff, 0xe0])), "JPEG");
 * assert.equal(imageFormat(new TextEncoder().encode("<svg>")), undefined);
 * ```
 */
export function imageFormat(bytes: Uint8Array): string | undefined {
  for (const [format, offset, magic] of MAGIC) {
    let same = bytes.length >= offset + magic.length;
    for (let i = 0; same && i < magic.length; i++) {
      same = bytes[offset + i] === magic.charCodeAt(i);
    }
    if (same) return format;
  }
  return undefined;
}

/**
 * Decodes a JPEG, PNG, WebP, GIF (first frame), TIFF or AVIF file to RGB.
 *
 * Grey and CMYK images and 16-bit channels become 8-bit sRGB, transparency is dropped, and a camera's
 * orientation tag is applied.
 *
 * @param source The bytes of the file, or its path.
 * @param options Limit of pixels and name for messages.
 * @returns The pixels.
 * @throws {SyntaxError} When the bytes are no image of these formats, are damaged or cut short.
 * @throws {RangeError} When the image has more than `maxPixels` pixels.
 * @throws {Deno.errors.NotFound} When the path does not exist.
 *
 * @example Decode what was encoded
 * ```ts
 * import { decodeImage, encodeJpeg, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = await decodeImage(await encodeJpeg(filled(112, 112, [90, 90, 90])));
 * assert.deepEqual([image.width, image.height, image.data[0]], [112, 112, 90]);
 * ```
 */
export async function decodeImage(
  source: Uint8Array | string,
  options: DecodeOptions = {},
): Promise<Pixels> {
  const { maxPixels = 67108864 } = options;
  const name = options.name ??
    (typeof source === "string" ? `"${source}"` : "the image");
  if (!Number.isSafeInteger(maxPixels) || maxPixels < 1) {
    throw new RangeError(
      `Cannot decode ${name}: maxPixels is ${maxPixels}, expected a positive integer`,
    );
  }
  const bytes = typeof source === "string" ? await Deno.readFile(source) : source;
  const format = imageFormat(bytes);
  if (format === undefined) {
    const first = Array.from(
      bytes.subarray(0, 8),
      (b) => b.toString(16).padStart(2, "0"),
    );
    throw new SyntaxError(
      `Cannot decode ${name}: its first bytes are ${first.join(" ") || "missing"}, ` +
        "expected a JPEG, PNG, WebP, GIF, TIFF or AVIF file",
    );
  }
  try {
    const { data, info } = await sharp(bytes, {
      limitInputPixels: maxPixels,
      failOn: "error",
    })
      .autoOrient().toColourspace("srgb").removeAlpha().raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return {
      width: info.width,
      height: info.height,
      data: bytesOf(data),
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (/pixel limit/.test(reason)) {
      throw new RangeError(
        `Cannot decode ${name}: the ${format} file claims more than ${maxPixels} pixels; ` +
          "raise maxPixels if it is to be trusted",
        { cause },
      );
    }
    throw new SyntaxError(
      `Cannot decode ${name}: the ${format} file of ${bytes.length} bytes is damaged or cut short (${reason})`,
      { cause },
    );
  }
}
