/**
 * plotly.js without a browser: loaded into a window of jsdom when the first figure is drawn, and kept for the next.
 */
import type { Figure } from "./figure.ts";
import { addShims } from "./_shims.ts";

/** Where browsers get plotly.js when it is not part of the page: the bundle with the traces of flat figures. */
export const PLOTLY_ADDRESS = "https://cdn.plot.ly/plotly-cartesian-4.1.1.min.js";

/**
 * How plotly.js behaves: no links to its maker, no button that sends the figure's data to its maker's server, no mode bar
 * until the cursor is over the figure.
 */
export const PLOTLY_CONFIG = {
  displaylogo: false,
  responsive: false,
  modeBarButtonsToRemove: ["sendChartToCloud", "select2d", "lasso2d"],
} as const;

/** The part of plotly.js that is used here; everything goes in as JSON, because the window has its own `Array`. */
interface Drawer {
  svg(figure: string): Promise<string>;
  validate(figure: string): string;
}

let source: Promise<string> | undefined;
let drawer: Promise<Drawer> | undefined;

/** Text of the plotly.js bundle, 1.5 MB. */
export function plotlySource(): Promise<string> {
  source ??= import("plotly.js-cartesian-dist-min/plotly-cartesian.min.js", { with: { type: "text" } })
    .then((module: { default: string }) => module.default);
  return source;
}

async function openDrawer(): Promise<Drawer> {
  const [{ JSDOM }, text] = await Promise.all([import("jsdom"), plotlySource()]);
  const { window } = new JSDOM("<!doctype html><body></body>", { runScripts: "outside-only" });
  addShims(window);
  window.eval(text);
  return window.eval(`({
    svg: (json) => {
      // plotly draws the names of clip paths by lot: here they follow from the figure, so that the same figure gives
      // the same file.
      let state = 2166136261;
      for (let k = 0; k < json.length; k++) state = Math.imul(state ^ json.charCodeAt(k), 16777619);
      Math.random = () => {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        return (state >>> 0) / 4294967296;
      };
      const { data, layout } = JSON.parse(json);
      const { width, height } = layout;
      return Plotly.toImage({ data, layout }, { format: "svg", width, height, imageDataOnly: true });
    },
    validate: (json) => {
      const { data, layout } = JSON.parse(json);
      return JSON.stringify((Plotly.validate(data, layout) ?? []).map((problem) => problem.msg));
    },
  })`) as Drawer;
}

function open(): Promise<Drawer> {
  drawer ??= openDrawer();
  return drawer;
}

/** Draws a figure as SVG, sizes in CSS pixels. */
export async function drawSvg(figure: Figure): Promise<string> {
  return await (await open()).svg(JSON.stringify(figure));
}

/** What plotly.js finds wrong in a figure: attributes it does not know, values it does not take. */
export async function problemsOf(figure: Figure): Promise<string[]> {
  return JSON.parse((await open()).validate(JSON.stringify(figure)));
}
