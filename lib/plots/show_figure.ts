/**
 * Figures in a notebook. Every front end takes what it knows best: plotly's own JSON (VS Code, JupyterLab with plotly's
 * extension), a page that draws with plotly.js and shows a picture where it may not or cannot (Jupyter, nbconvert,
 * GitHub), an SVG, or a sentence.
 */
import { jupyterDisplay } from "@/images/mod.ts";
import { PLOTLY_ADDRESS, PLOTLY_CONFIG } from "./_plotly.ts";
import { type Figure, scaleFigure } from "./figure.ts";
import { plotlyElement, scriptJson } from "./figure_html.ts";
import { figurePng } from "./figure_png.ts";
import { figureSvg } from "./figure_svg.ts";

/** Content in several MIME types; JSON types hold values, the others text. */
export type FigureBundle = Readonly<Record<string, unknown>>;

/** What a notebook can show. */
export interface Displayed {
  /** What the notebook's kernel calls. */
  [jupyterDisplay](): Promise<FigureBundle>;
}

/** A figure as a notebook shows it. */
export interface ShownFigure extends Displayed {
  /** The figure itself, as it is on paper. */
  readonly figure: Figure;
}

/** What {@link showFigure} may be told. */
export interface ShowFigureOptions {
  /** How many times as large as on paper. @default {1.75} */
  readonly zoom?: number;
}

/** Pixels of the picture in a pixel of the screen. */
const FINENESS = 2;

/** A name that follows from the figure, so that a notebook that is run again stays as it was. */
function nameOf(text: string): string {
  let hash = 2166136261;
  for (let k = 0; k < text.length; k++) hash = Math.imul(hash ^ text.charCodeAt(k), 16777619);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** Draws with the page's plotly.js, loading it once if there is none; until then, and without, the picture stays. */
const SCRIPT = `(({ name, data, layout, config }) => {
  const draw = () => {
    for (const place of document.querySelectorAll('[data-figure="' + name + '"]:not([data-drawn])')) {
      place.dataset.drawn = "";
      place.replaceChildren();
      Plotly.newPlot(place, data, layout, config);
    }
  };
  if (window.Plotly) return draw();
  window.plotlyComing ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "${PLOTLY_ADDRESS}";
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  window.plotlyComing.then(draw, () => {});
})`;

/**
 * Makes a figure that a notebook shows: `await Deno.jupyter.display(showFigure(figure))`.
 *
 * @param figure The figure; flat traces only, as for `figureSvg`.
 * @param options Size.
 * @returns An object that answers the notebook's display protocol; it is drawn when it is shown.
 *
 * @example What a notebook gets
 * ```ts
 * import { jupyterDisplay } from "@/images/mod.ts";
 * import { showFigure } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const data = [{ type: "scatter", x: [1, 2], y: [3, 4] }];
 * const line = { data, layout: { width: 336, height: 200 }, description: "a line" };
 * const bundle = await showFigure(line)[jupyterDisplay]();
 * assert.equal(bundle["text/plain"], "a line");
 * assert.match(bundle["image/svg+xml"] as string, /^<svg /);
 * ```
 */
export function showFigure(figure: Figure, options: ShowFigureOptions = {}): ShownFigure {
  return {
    figure,
    async [jupyterDisplay](): Promise<FigureBundle> {
      const { zoom = 1.75 } = options;
      const { data, layout } = scaleFigure(figure, zoom);
      const content = { data, layout, config: PLOTLY_CONFIG };
      const name = nameOf(JSON.stringify(content));
      const png = (await figurePng(figure, { scale: zoom * FINENESS })).toBase64();
      const alt = figure.description.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
      const size = `width="${layout.width}" height="${layout.height}"`;
      const html = `<div data-figure="${name}"><img src="data:image/png;base64,${png}" ${size} alt="${alt}"></div>
<script>${SCRIPT}(${scriptJson({ name, ...content })});</script>`;
      return {
        "application/vnd.plotly.v1+json": content,
        "text/html": html,
        "image/svg+xml": await figureSvg(figure, { zoom }),
        "text/plain": figure.description,
      };
    },
  };
}

/**
 * Puts plotly.js itself into a notebook, once, so that its figures can be used without a network: show it in the first
 * cell. It makes the notebook 1.5 MB larger.
 *
 * @returns An object that answers the notebook's display protocol.
 *
 * @example The first cell of a notebook that travels
 * ```ts
 * import { jupyterDisplay } from "@/images/mod.ts";
 * import { embedPlotly } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const bundle = await embedPlotly()[jupyterDisplay]();
 * assert.match(bundle["text/html"] as string, /^<script>.*plotly/s);
 * ```
 */
export function embedPlotly(): Displayed {
  return {
    async [jupyterDisplay](): Promise<FigureBundle> {
      return { "text/html": await plotlyElement(), "text/plain": "plotly.js" };
    },
  };
}
