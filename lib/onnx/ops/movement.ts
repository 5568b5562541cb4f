/**
 * All operations that move elements without computing.
 *
 * @module
 */
export * from "./blocks.ts";
export * from "./selection.ts";
export * from "./shape.ts";
