/** Figures as a page: zoom, values under the cursor, curves to switch off in the legend. */
import { PLOTLY_ADDRESS, PLOTLY_CONFIG, plotlySource } from "./_plotly.ts";
import { type Figure, scaleFigure } from "./figure.ts";

/** What {@link figureHtml} may be told. */
export interface FigureHtmlOptions {
  /** Where the page has plotly.js from: in itself (1.5 MB, opens anywhere) or from its maker's server (small). @default {"embedded"} */
  readonly plotlyFrom?: "embedded" | "cdn";
  /** How many times as large as on paper. @default {2} */
  readonly zoom?: number;
}

/** JSON that may stand inside a script element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

/** A script element with plotly.js inside. */
export async function plotlyElement(): Promise<string> {
  return `<script>${(await plotlySource()).replaceAll(/<\/(?=script)/gi, "<\\/")}</script>`;
}

/**
 * Writes a figure as a page.
 *
 * @param figure The figure, any trace that plotly's cartesian bundle has.
 * @param options Where plotly.js is from, size.
 * @returns The page. Embedded, it asks the network for nothing.
 * @throws {RangeError} When the zoom is not above 0.
 *
 * @example A small page
 * ```ts
 * import { figureHtml } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const data = [{ type: "scatter", x: [1, 2], y: [3, 4] }];
 * const line = { data, layout: { width: 336, height: 200 }, description: "a line" };
 * const page = await figureHtml(line, { plotlyFrom: "cdn" });
 * assert.match(page, /<title>a line<\/title>/);
 * assert.ok(page.length < 2000);
 * ```
 */
export async function figureHtml(figure: Figure, options: FigureHtmlOptions = {}): Promise<string> {
  const { plotlyFrom = "embedded", zoom = 2 } = options;
  const { data, layout } = scaleFigure(figure, zoom);
  const title = figure.description.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const plotly = plotlyFrom === "cdn" ? `<script src="${PLOTLY_ADDRESS}"></script>` : await plotlyElement();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>body { margin: 24px; background: #ffffff; }</style>
${plotly}
</head>
<body>
<div id="figure"></div>
<script>
const figure = ${scriptJson({ data, layout, config: PLOTLY_CONFIG })};
Plotly.newPlot("figure", figure.data, figure.layout, figure.config);
</script>
</body>
</html>
`;
}
