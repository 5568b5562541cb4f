/**
 * How good recognisers and generators are: verification, scores, linear probes, and the report on the shipped family.
 *
 * @module
 */

export * from "./alignment_report.ts";
export * from "./axis_error.ts";
export * from "./bootstrap.ts";
export * from "./centred_cosine.ts";
export * from "./combine_views.ts";
export * from "./cosine.ts";
export * from "./det_curve.ts";
export * from "./embed_images.ts";
export * from "./equal_error.ts";
export * from "./generator_report.ts";
export * from "./group_spread.ts";
export * from "./hostile_report.ts";
export * from "./identification.ts";
export * from "./identity_centres.ts";
export * from "./ijb_lists.ts";
export * from "./ijb_report.ts";
export * from "./linear_probe.ts";
export * from "./operating_points.ts";
export * from "./pair_distances.ts";
export * from "./pair_identities.ts";
export * from "./pairs.ts";
export * from "./pose_report.ts";
export * from "./probe_folds.ts";
export * from "./published_verification.ts";
export * from "./quality_report.ts";
export * from "./recogniser_report.ts";
export * from "./reconstruction_report.ts";
export * from "./refinement_report.ts";
export * from "./roc.ts";
export * from "./score_curves.ts";
export * from "./score_moments.ts";
export * from "./score_report.ts";
export * from "./score_tally.ts";
export * from "./sheet.ts";
export * from "./spearman.ts";
export * from "./template_pooling.ts";
export * from "./validation_rate.ts";
export * from "./verification.ts";
export * from "./verification_intervals.ts";
export * from "./verification_report.ts";
export * from "./wilson.ts";
export * from "./yaw_report.ts";
