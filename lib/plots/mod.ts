/**
 * Figures as plotly data in one house style, written as HTML, SVG and PNG, and shown in notebooks.
 *
 * @module
 */
export * from "./accuracy_figure.ts";
export * from "./attrop_result.ts";
export * from "./coarse_histogram.ts";
export * from "./convergence_figure.ts";
export * from "./cosine_histogram_figure.ts";
export * from "./distribution_figure.ts";
export * from "./error_rates_figure.ts";
export * from "./evaluation_result.ts";
export * from "./figure.ts";
export { figureHtml, type FigureHtmlOptions } from "./figure_html.ts";
export * from "./figure_parts.ts";
export * from "./figure_png.ts";
export * from "./figure_svg.ts";
export * from "./identity_drift_figure.ts";
export * from "./identity_map_figure.ts";
export * from "./legend.ts";
export * from "./pose_drift_figure.ts";
export * from "./pose_figure.ts";
export * from "./pose_result.ts";
export * from "./published.ts";
export * from "./quality_result.ts";
export * from "./scores_figure.ts";
export * from "./separability_curve.ts";
export * from "./separability_figure.ts";
export * from "./show_figure.ts";
export * from "./style.ts";
export * from "./text_width.ts";
export * from "./ticks.ts";
export * from "./yaw_target_figure.ts";
