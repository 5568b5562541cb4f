/** Figures as SVG: lines and letters, at the size they have on paper. */
import { drawSvg } from "./_plotly.ts";
import type { Figure } from "./figure.ts";

/** What {@link figureSvg} may be told. */
export interface FigureSvgOptions {
  /** How many times as large as on paper; the drawing is the same. @default {1} */
  readonly zoom?: number;
}

/** Points in a CSS pixel. */
const POINT = 72 / 96;
/** Letters that mean something in XML. */
const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/**
 * Writes a figure as an SVG file that stands on its own. The same figure always gives the same text.
 *
 * Letters stay letters, in the first of the house style's fonts that the viewer has; what is measured is the widest of
 * them. plotly.js is loaded when the first figure is written.
 *
 * @param figure The figure; flat traces only (`scatter`, `bar`, `box`, `violin`, `histogram`), as there is no browser.
 * @param options Size.
 * @returns The file: width and height in points, coordinates in CSS pixels, the description as its title.
 * @throws {RangeError} When the zoom is not a number above 0.
 *
 * @example A line
 * ```ts
 * import { figureSvg } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const data = [{ type: "scatter", x: [1, 2], y: [3, 4] }];
 * const svg = await figureSvg({ data, layout: { width: 336, height: 200 }, description: "a line" });
 * assert.match(svg, /^<svg [^>]*width="252pt" height="150pt"[^>]* viewBox="0 0 336 200"/);
 * assert.match(svg, /<title>a line<\/title>/);
 * ```
 */
export async function figureSvg(figure: Figure, options: FigureSvgOptions = {}): Promise<string> {
  const { layout: { width, height }, description } = figure;
  const { zoom = 1 } = options;
  if (!(zoom > 0 && zoom < Infinity)) {
    throw new RangeError(`Cannot write an SVG ${zoom} times as large: expected a number above 0`);
  }
  const drawn = await drawSvg(figure);
  const open = drawn.indexOf(">") + 1;
  const head = drawn.slice(0, open)
    .replace(/ width="[^"]*"/, ` width="${width * POINT * zoom}pt"`)
    .replace(/ height="[^"]*"/, ` height="${height * POINT * zoom}pt"`)
    .replace(' style=""', ' role="img"');
  const title = description.replace(/[&<>"]/g, (letter) => ESCAPES[letter]!);
  return `${head}<title>${title}</title>${drawn.slice(open)}`;
}
