/**
 * Vec2Face in TypeScript: identity vectors to face images and back, and everything in between.
 *
 * One namespace for each folder, so that names stay short and do not clash. Inside this repository the folders are
 * imported directly: `import { walk } from "@/identity/mod.ts"`.
 *
 * @example Half-way between two made-up identities
 * ```ts
 * import { identity, random } from "@/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const draw = (row: number) => new random.RandomStream(7, "identity", row).fillNormal(new Float32Array(512));
 * const between = identity.interpolate(draw(0), draw(1), 0.5);
 * assert.equal(between.length, 512);
 * ```
 *
 * @module
 */

/** Attribute operation: identity, quality and pose on target. */
export * as attributes from "./attributes/mod.ts";
/** Data sets of labelled images: folders of files and LMDB training databases. */
export * as datasets from "./datasets/mod.ts";
/** The dataset doctor: examines a data set and writes a report that opens offline. */
export * as doctor from "./doctor/mod.ts";
/** How well recognisers and generators do. */
export * as evaluation from "./evaluation/mod.ts";
/** From ID vectors to data sets: recipe, plan, and the run that carries it out. */
export * as generation from "./generation/mod.ts";
/** Training faces: a software renderer of made-up people on the ICT-FaceKit head. */
export * as heads from "./heads/mod.ts";
/** Files of the Hugging Face Hub: catalogue, download with resume and checksum, the cache shared with Python. */
export * as hub from "./hub/mod.ts";
/** Identities as vectors: where they come from, how one is varied, how to walk between two. */
export * as identity from "./identity/mod.ts";
/** Images: files to pixels and back, tensors, alignment, contact sheets, animations, display. */
export * as images from "./images/mod.ts";
/** What the features of a data set say about it: uniqueness, consistency, duplicates, leakage, distances, drift. */
export * as metrics from "./metrics/mod.ts";
/** The networks and loaders for ready models. */
export * as networks from "./networks/mod.ts";
/** A small graph language over ONNX: typed op functions, models, sessions, gradients, optimisers. */
export * as onnx from "./onnx/mod.ts";
/** Figures as plotly data in one house style: HTML, SVG, PNG, notebooks. */
export * as plots from "./plots/mod.ts";
/** Counter-based random numbers. */
export * as random from "./random/mod.ts";
/** How many identities of a set are far from all others, over every prefix. */
export * as separability from "./separability/mod.ts";
/** Identities that keep their distance from each other and from a gallery. */
export * as separation from "./separation/mod.ts";
/** Cosines between all rows of large sets: blocked products, exact decisions. */
export * as similarity from "./similarity/mod.ts";
/** Losses, schedules, loops and checkpoints. */
export * as training from "./training/mod.ts";
/** Weight files, read in place. */
export * as weights from "./weights/mod.ts";
