/**
 * The networks: each a function of (configuration, parameters, input) to a graph, and loaders for ready models.
 *
 * @module
 */
export * from "./initialisation.ts";
export * from "./params.ts";
export * from "./batch_norm.ts";
export * from "./iresnet.ts";
export type { TrainingProcessor } from "./trained_conv.ts";
export * from "./repvgg.ts";
export * from "./rotation.ts";
export * from "./pose_estimator.ts";
export * from "./landmark_estimator.ts";
export * from "./vec2face_config.ts";
export * from "./image_decoder.ts";
export * from "./vec2face.ts";
export * from "./masks.ts";
export * from "./discriminator.ts";
export * from "./catalogue.ts";
export * from "./generator.ts";
export * from "./recogniser.ts";
export * from "./pose_model.ts";
export * from "./landmark_model.ts";
export * from "./quality_model.ts";
