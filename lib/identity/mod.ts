/**
 * Identities as vectors: where they come from, how one is varied, how to walk between two.
 *
 * @module
 */

export * from "./cholesky.ts";
export * from "./gather.ts";
export * from "./interpolate.ts";
export * from "./moments.ts";
export * from "./norm.ts";
export * from "./perturb.ts";
export * from "./sigma_plan.ts";
export * from "./vectors.ts";
