/** Figures as parts of a larger page: plotly.js once, an element for each figure. */
import { PLOTLY_CONFIG } from "./_plotly.ts";
import { type Figure, scaleFigure } from "./figure.ts";
import { plotlyElement, scriptJson } from "./figure_html.ts";

/** What {@link figureParts} gives. */
export interface FigureParts {
  /** A script element with plotly.js, 1.5 MB, for the head of the page; it asks the network for nothing. */
  readonly script: string;
  /** An element for each figure, in their order, with what it shows as a text for screen readers. */
  readonly elements: readonly string[];
}

/** What {@link figureParts} may be told. */
export interface FigurePartsOptions {
  /** How many times as large as on paper. @default {2} */
  readonly zoom?: number;
}

/**
 * Makes the parts of a page with several figures.
 *
 * @param figures The figures, any traces that plotly's cartesian bundle has.
 * @param options Size.
 * @returns The script, and the elements that draw when they are reached.
 * @throws {RangeError} When the zoom is not above 0.
 *
 * @example One figure
 * ```ts
 * import { figureParts } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const data = [{ type: "scatter", x: [1, 2], y: [3, 4] }];
 * const line = { data, layout: { width: 336, height: 200 }, description: 'a "line"' };
 * const { elements } = await figureParts([line], { zoom: 1.5 });
 * assert.match(elements[0]!, /^<div id="figure-0" class="figure" role="img" aria-label="a &quot;line&quot;" style="width: 504px/);
 * ```
 */
export async function figureParts(figures: readonly Figure[], options: FigurePartsOptions = {}): Promise<FigureParts> {
  const { zoom = 2 } = options;
  return {
    script: await plotlyElement(),
    elements: figures.map((figure, k) => {
      const { data, layout } = scaleFigure(figure, zoom), id = `figure-${k}`;
      const label = figure.description.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
      const size = `width: ${layout.width}px; height: ${layout.height}px`;
      const call = scriptJson([id, data, layout, PLOTLY_CONFIG]);
      return `<div id="${id}" class="figure" role="img" aria-label="${label}" style="${size}"></div>
<script>Plotly.newPlot(...${call});</script>`;
    }),
  };
}
