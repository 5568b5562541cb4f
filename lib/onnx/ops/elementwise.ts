/**
 * All elementwise operations.
 *
 * @module
 */
export * from "./activation.ts";
export * from "./arithmetic.ts";
export * from "./comparison.ts";
export * from "./conversion.ts";
export * from "./trigonometry.ts";
