/**
 * Cosines between many rows: blocked products in ONNX Runtime that find candidates, float64 that decides.
 *
 * @module
 */

export * from "./bounds.ts";
export * from "./nearest.ts";
export * from "./npy_rows.ts";
export * from "./pairs.ts";
export * from "./products.ts";
export * from "./row_math.ts";
export * from "./unit_rows.ts";
export * from "./worker_pool.ts";
