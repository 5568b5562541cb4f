/**
 * Training faces: a software renderer of made-up people on the ICT-FaceKit morphable head.
 *
 * @module
 */

export * from "./describe_image.ts";
export * from "./facekit.ts";
export * from "./head_identity.ts";
export * from "./head_model.ts";
export * from "./head_model_hash.ts";
export * from "./pose.ts";
export * from "./render_head.ts";
export * from "./render_many.ts";
export * from "./save_heads.ts";
export * from "./scene.ts";
export * from "./toy_head.ts";
export * from "./traits.ts";
export * from "./truth_file.ts";
