/**
 * Many small images laid out on one.
 */

import { CELL_HEIGHT, CELL_WIDTH, hasInk } from "./_font.ts";
import { assertPixels, type Colour, filled, type Pixels } from "./pixels.ts";

/** Options of `contactSheet`. */
export interface ContactSheetOptions {
  /** Images a row. @default the square root of their number, rounded up */
  columns?: number;
  /** Pixels between images and around them. @default 2 */
  gap?: number;
  /** Colour behind the images. @default [255, 255, 255] */
  background?: Colour;
  /** A line of text under each image, cut to its width; ASCII and the degree sign. */
  labels?: readonly string[];
}

/**
 * Lays images out in rows, each centred in a cell of the largest width and height.
 *
 * @param images At least one image.
 * @param options Columns, gap, background and labels.
 * @returns The sheet.
 * @throws {TypeError} When an image is malformed.
 * @throws {RangeError} When there is no image, an option is outside its range, or labels are not as many as images.
 *
 * @example Four images in two rows
 * ```ts
 * import { contactSheet, filled } from "@/images/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const sheet = contactSheet(Array(4).fill(filled(10, 8)), { gap: 1 });
 * assert.deepEqual([sheet.width, sheet.height], [23, 19]);
 * ```
 */
export function contactSheet(
  images: readonly Pixels[],
  options: ContactSheetOptions = {},
): Pixels {
  const { gap = 2, background = [255, 255, 255], labels } = options;
  const columns = options.columns ?? Math.ceil(Math.sqrt(images.length));
  if (images.length === 0) {
    throw new RangeError("Cannot make contact sheet: there is no image");
  }
  if (
    !Number.isInteger(columns) || columns < 1 || !Number.isInteger(gap) ||
    gap < 0
  ) {
    throw new RangeError(
      `Cannot make contact sheet: columns ${columns} and gap ${gap}, expected integers of at least 1 and 0`,
    );
  }
  if (labels && labels.length !== images.length) {
    throw new RangeError(
      `Cannot make contact sheet: ${labels.length} labels for ${images.length} images; give each its label, "" for none`,
    );
  }
  images.forEach((image, i) => assertPixels(image, `put image ${i} on the contact sheet`));
  const cellWidth = images.reduce(
    (most, image) => Math.max(most, image.width),
    0,
  );
  const imageHeight = images.reduce(
    (most, image) => Math.max(most, image.height),
    0,
  );
  const cellHeight = imageHeight + (labels ? CELL_HEIGHT : 0);
  const rows = Math.ceil(images.length / columns);
  const used = Math.min(columns, images.length);
  const sheet = filled(
    gap + used * (cellWidth + gap),
    gap + rows * (cellHeight + gap),
    background,
  );
  const ink = 0.299 * background[0] + 0.587 * background[1] + 0.114 * background[2] > 127 ? 0 : 255;
  images.forEach((image, i) => {
    const left = gap + (i % columns) * (cellWidth + gap);
    const top = gap + Math.floor(i / columns) * (cellHeight + gap);
    paste(
      sheet,
      image,
      left + Math.floor((cellWidth - image.width) / 2),
      top + Math.floor((imageHeight - image.height) / 2),
    );
    if (labels) {
      drawText(sheet, labels[i]!, left, top + imageHeight, cellWidth, ink);
    }
  });
  return sheet;
}

function paste(sheet: Pixels, image: Pixels, left: number, top: number): void {
  const bytes = 3 * image.width;
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * bytes, (y + 1) * bytes);
    sheet.data.set(row, 3 * ((top + y) * sheet.width + left));
  }
}

function drawText(
  sheet: Pixels,
  text: string,
  left: number,
  top: number,
  width: number,
  ink: number,
): void {
  const fitting = [...text].slice(0, Math.floor((width + 1) / CELL_WIDTH));
  const start = left +
    Math.floor((width - (fitting.length * CELL_WIDTH - 1)) / 2);
  fitting.forEach((character, i) => {
    for (let y = 0; y < 7; y++) {
      for (let x = 0; x < 5; x++) {
        if (!hasInk(character, x, y)) continue;
        const at = 3 *
          ((top + 1 + y) * sheet.width + start + i * CELL_WIDTH + x);
        sheet.data.fill(ink, at, at + 3);
      }
    }
  });
}
