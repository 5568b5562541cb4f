/**
 * All operations that move elements without computing.
 *
 * @module
 */
export * from "./selection.ts";
export * from "./shape.ts";
