/**
 * Whether an image file can be trained on.
 */

import { decodeImage, imageFormat } from "@/images/mod.ts";

/**
 * How closely a file is looked at: "full" decodes it; "quick" looks at its beginning, size and end, which finds empty
 * and cut files; "none" only at whether there are bytes.
 */
export type ImageCheck = "full" | "quick" | "none";

/**
 * Says what is wrong with an image file.
 *
 * @param bytes The file.
 * @param check How closely to look.
 * @returns Why it cannot be used, or undefined when nothing was found.
 *
 * @example A JPEG that was cut
 * ```ts
 * import { imageFault } from "@/datasets/mod.ts";
 * import { encodeJpeg, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const jpeg = await encodeJpeg(filled(112, 112, [1, 2, 3]));
 * assert.equal(await imageFault(jpeg, "full"), undefined);
 * assert.match((await imageFault(jpeg.subarray(0, 300), "quick"))!, /cut short/);
 * ```
 */
export async function imageFault(bytes: Uint8Array, check: ImageCheck): Promise<string | undefined> {
  if (bytes.length === 0) return "it has no bytes";
  if (check === "none") return undefined;
  const fault = quickFault(bytes); // a decoder forgives a missing end
  if (fault !== undefined || check === "quick") return fault;
  try {
    await decodeImage(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) {
      return error.message.replace(/^Cannot decode the image: /, "");
    }
    throw error;
  }
}

/** Looks at the frame of the file: JPEG markers, PNG's first and last chunk, WebP's stated length. */
function quickFault(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const format = imageFormat(bytes);
  if (format === "JPEG") return jpegFault(view);
  if (format === "PNG") {
    if (bytes.length < 45) return "the PNG file is cut short";
    const empty = view.getUint32(16) === 0 || view.getUint32(20) === 0;
    const end = String.fromCharCode(...bytes.subarray(-8, -4));
    return empty ? "the PNG file has no pixels" : end === "IEND" ? undefined : "the PNG file is cut short";
  }
  if (format === "WebP") return view.getUint32(4, true) + 8 > bytes.length ? "the WebP file is cut short" : undefined;
  return format === undefined ? "it is no image file" : undefined;
}

/** Walks the segments up to the picture and looks for the end behind it. */
function jpegFault(view: DataView): string | undefined {
  const cut = "the JPEG file is cut short";
  let sized = false;
  for (let at = 2; at + 4 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return "the JPEG file is damaged";
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++; // padding
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      if (at + 9 > view.byteLength) return cut;
      if (view.getUint16(at + 5) === 0 || view.getUint16(at + 7) === 0) return "the JPEG file has no pixels";
      sized = true;
    }
    const next = at + 2 + view.getUint16(at + 2);
    if (marker === 0xda) {
      for (let end = view.byteLength - 2; end >= next; end--) {
        if (view.getUint16(end) === 0xffd9) return sized ? undefined : "the JPEG file has no size";
      }
      return cut;
    }
    at = next;
  }
  return cut;
}
