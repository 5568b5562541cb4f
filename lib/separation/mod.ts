/**
 * Identities kept apart: rows of a sampler with no two closer than a cosine, and how many of them there can be.
 *
 * @module
 */

export * from "./bounds.ts";
export * from "./separated_rows.ts";
export * from "./separation_error.ts";
