/**
 * Figures as plotly data in one house style, written as HTML, SVG and PNG, and shown in notebooks.
 *
 * @module
 */
export * from "./cosine_histogram_figure.ts";
export * from "./figure.ts";
export { figureHtml, type FigureHtmlOptions } from "./figure_html.ts";
export * from "./figure_png.ts";
export * from "./figure_svg.ts";
export * from "./legend.ts";
export * from "./published.ts";
export * from "./separability_curve.ts";
export * from "./separability_figure.ts";
export * from "./show_figure.ts";
export * from "./style.ts";
export * from "./text_width.ts";
export * from "./ticks.ts";
