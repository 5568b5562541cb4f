/** Figures as pixels. */
import sharp from "sharp";
import { drawSvg } from "./_plotly.ts";
import type { Figure } from "./figure.ts";

/** What {@link figurePng} may be told. */
export interface FigurePngOptions {
  /** Pixels in a CSS pixel: 1 is 96 to the inch, 4 is 384. @default {4} */
  readonly scale?: number;
}

/** Most pixels on a side. */
const MOST = 20_000;
/** Dots in an inch at which librsvg, through sharp, draws a CSS pixel as a pixel. */
const UNIT_DENSITY = 72;

let letters: Promise<boolean> | undefined;

/** Whether this machine has a font: without one every letter becomes the same box, and nothing says so. */
function hasLetters(): Promise<boolean> {
  const draw = (letter: string) => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24">' +
      `<text x="2" y="18" font-family="sans-serif" font-size="14">${letter}</text></svg>`;
    return sharp(new TextEncoder().encode(svg)).ensureAlpha().raw().toBuffer();
  };
  letters ??= Promise.all([draw("i"), draw("W")]).then(([narrow, wide]) => !narrow.equals(wide));
  return letters;
}

/**
 * Writes a figure as a PNG file on white, with the fonts of this machine.
 *
 * @param figure The figure; flat traces only, as for `figureSvg`.
 * @param options Scale.
 * @returns The file: width and height of the layout times the scale, rounded.
 * @throws {RangeError} When the scale is not above 0 or the picture would have more than 20,000 pixels on a side.
 * @throws {Error} When this machine has no font.
 *
 * @example Two pixels for one
 * ```ts
 * import { decodeImage } from "@/images/mod.ts";
 * import { figurePng } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const data = [{ type: "scatter", x: [1, 2], y: [3, 4] }];
 * const png = await figurePng({ data, layout: { width: 200, height: 150 }, description: "a line" }, { scale: 2 });
 * assert.equal((await decodeImage(png)).width, 400);
 * ```
 */
export async function figurePng(figure: Figure, options: FigurePngOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { scale = 4 } = options;
  const [width, height] = [figure.layout.width, figure.layout.height].map((side) => Math.round(side * scale));
  if (!(scale > 0) || !(width! >= 1 && height! >= 1 && Math.max(width!, height!) <= MOST)) {
    throw new RangeError(
      `Cannot write a PNG at scale ${scale}: expected 1 to ${MOST} pixels a side, found ${width} x ${height}`,
    );
  }
  if (!await hasLetters()) {
    throw new Error(
      "Cannot write a PNG: this machine has no font; install one (Debian: fonts-dejavu-core), or write SVG or HTML",
    );
  }
  const svg = new TextEncoder().encode(await drawSvg(figure));
  const density = UNIT_DENSITY * scale;
  const bytes = await sharp(svg, { density }).resize(width, height, { fit: "fill" }).flatten({ background: "#ffffff" })
    .png({ compressionLevel: 9 }).toBuffer();
  return new Uint8Array(bytes);
}
