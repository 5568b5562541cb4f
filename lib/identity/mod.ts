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
export * from "./norms.ts";
export * from "./packing.ts";
export * from "./packing_options.ts";
export * from "./perturb.ts";
export * from "./principal.ts";
export * from "./sample_centers.ts";
export * from "./sample_gaussian.ts";
export * from "./sample_rotated.ts";
export * from "./sample_sphere.ts";
export * from "./sample_walk.ts";
export * from "./sampler.ts";
export * from "./sigma_plan.ts";
export * from "./vectors.ts";
