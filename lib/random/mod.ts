/**
 * Counter-based random numbers: every number is a function of (seed, stream, identity, image), on every machine.
 *
 * @module
 */

export * from "./normal_distribution.ts";
export * from "./philox.ts";
export * from "./random_stream.ts";
export * from "./stream_number.ts";
export * from "./truncated_normal.ts";
