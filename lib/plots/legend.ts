/**
 * Legends below the axes, where they hide no data: entries in columns, each block with a title of its own.
 *
 * plotly lays out a legend when it draws; here its height must be known before, because the height of the figure
 * follows from it. The constants are plotly's (src/components/legend in plotly.js 4).
 */
import { EDGE, FIGURE_WIDTHS, INK, LETTERS, type Panel, points } from "./style.ts";
import { textWidth, wrapText } from "./text_width.ts";

/** One block of a legend. */
export interface LegendBlock {
  /** Texts, as a reader sees them; they are broken into lines where they are too long. */
  readonly entries: readonly string[];
  /** Text above the block. */
  readonly title?: string;
}

/** Where the blocks are, and how much room they take. */
export interface LegendLayout {
  /** Height of all blocks, points. */
  readonly height: number;
  /** Texts of the entries with line breaks, for each block. */
  readonly lines: readonly (readonly string[][])[];
  /** `legend`, `legend2`, ...: attributes of the layout. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Pixels: symbol, room between symbol and text, between entries and at both ends, least height of an entry, more of it. */
const SYMBOL = 30, INSIDE = 10, GAP = 5, LEAST = 16, MORE = 3;
/** Height of a line of text in sizes of the font, as plotly counts. */
const LINE = 1.3;
/** A height above every legend's, pixels; plotly would cut one at half the figure. */
const NO_LIMIT = 10_000;

/**
 * Name of a legend, as traces refer to it.
 *
 * @param index Number of the block, from 0.
 * @returns `legend`, `legend2`, ...
 *
 * @example The second
 * ```ts
 * import { legendName } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(legendName(1), "legend2");
 * ```
 */
export function legendName(index: number): string {
  return index === 0 ? "legend" : `legend${index + 1}`;
}

/**
 * Lays legends out below each other, from the left end of the figure, under the horizontal axis.
 *
 * @param blocks Blocks from top to bottom.
 * @param panel Data area that they belong to.
 * @returns Their height, their texts, and plotly's attributes.
 *
 * @example Two entries share a row
 * ```ts
 * import { layOutLegends } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const panel = { width: "column", height: 100, left: 30 } as const;
 * const one = layOutLegends([{ entries: ["mini"] }], panel);
 * assert.equal(layOutLegends([{ entries: ["mini", "heads"] }], panel).height, one.height);
 * ```
 */
export function layOutLegends(blocks: readonly LegendBlock[], panel: Panel): LegendLayout {
  const room = points(FIGURE_WIDTHS[panel.width] - EDGE.right);
  const size = points(LETTERS.legend);
  const x = -panel.left / (FIGURE_WIDTHS[panel.width] - EDGE.right - panel.left);
  let below = points(EDGE.axis);
  const laid = blocks.map(({ entries, title }, index) => {
    const widest = Math.max(...entries.map((entry) => textWidth(entry, size)));
    const around = SYMBOL + INSIDE + GAP;
    const columns = Math.max(1, Math.min(entries.length, Math.floor((room + GAP - 1) / (around + widest))));
    const most = Math.floor((room + GAP - 1) / columns) - around;
    const lines = entries.map((entry) => wrapText(entry, size, most));
    const attributes = {
      orientation: "h",
      x,
      xanchor: "left",
      y: -below / points(panel.height),
      yanchor: "top",
      maxheight: NO_LIMIT,
      font: { size },
      itemwidth: SYMBOL,
      entrywidthmode: "pixels",
      entrywidth: most,
      bgcolor: "rgba(0,0,0,0)",
      ...(title === undefined ? {} : { title: { text: title, side: "top", font: { size, color: INK.quiet } } }),
    };
    below += 2 * GAP + (title === undefined ? 0 : size * LINE);
    for (let first = 0; first < lines.length; first += columns) {
      const deepest = Math.max(...lines.slice(first, first + columns).map((each) => each.length));
      below += Math.max(LEAST, deepest * size * LINE) + MORE;
    }
    return { lines, entry: [legendName(index), attributes] as const };
  });
  return {
    height: below / points(1) - EDGE.axis,
    lines: laid.map((block) => block.lines),
    attributes: Object.fromEntries(laid.map((block) => block.entry)),
  };
}
