/**
 * The dataset doctor: examines a data set, says in plain words what is wrong with it and what to do, and writes one page
 * that opens offline.
 *
 * @module
 */

export * from "./conditions.ts";
export * from "./examine_against.ts";
export * from "./examine_set.ts";
export * from "./findings.ts";
export * from "./image_files.ts";
export * from "./measured_set.ts";
export * from "./measures.ts";
export * from "./page.ts";
export * from "./published_sets.ts";
export * from "./report.ts";
export * from "./strips.ts";
export * from "./verdicts.ts";
