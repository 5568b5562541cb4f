/**
 * Identities kept apart: rows of a sampler, or packed ones, with no two closer than a cosine, and how many there can be.
 *
 * @module
 */

export * from "./bounds.ts";
export * from "./packed_rows.ts";
export * from "./separated_rows.ts";
export * from "./separation_error.ts";
