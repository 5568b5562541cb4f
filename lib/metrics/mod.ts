/**
 * What the features of a data set say about it: uniqueness, consistency, diversity, duplicates, mislabelled images, merged
 * identities, leakage, distances between sets, poses and drift. Each is one pass over rows that stay on disk, in memory that
 * does not grow with the number of images.
 *
 * @module
 */

export type { PassState } from "./_pass_state.ts";
export * from "./appearance.ts";
export * from "./class_recall.ts";
export * from "./consistency.ts";
export * from "./feature_moments.ts";
export * from "./frechet_distance.ts";
export * from "./identity_rows.ts";
export * from "./identity_statistics.ts";
export * from "./image_profile.ts";
export * from "./kernel_distance.ts";
export * from "./leakage.ts";
export * from "./manifold.ts";
export * from "./measure_moments.ts";
export * from "./merged_identities.ts";
export * from "./mislabelled_images.ts";
export * from "./pose_distribution.ts";
export * from "./pose_drift.ts";
export * from "./repeated_images.ts";
export * from "./score_sample.ts";
export * from "./tally.ts";
export * from "./uniqueness.ts";
export * from "./vendi.ts";
