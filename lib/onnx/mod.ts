/**
 * A small graph language over ONNX: typed op functions, models, sessions, gradients and optimisers.
 *
 * @module
 */
export * from "./types.ts";
export * from "./ops/creation.ts";
export * from "./ops/elementwise.ts";
export * from "./ops/detach.ts";
export * from "./ops/movement.ts";
export * from "./ops/reduction.ts";
export * from "./ops/linalg.ts";
export * from "./ops/convolution.ts";
export * from "./ops/blocked_conv.ts";
export * from "./ops/upsample_conv.ts";
export * from "./ops/winograd.ts";
export * from "./ops/channel_affine.ts";
export * from "./ops/dots.ts";
export * from "./ops/normalization.ts";
export * from "./model.ts";
export * from "./compute.ts";
export * from "./convolution_block.ts";
export * from "./decode.ts";
export * from "./devices.ts";
export * from "./session.ts";
export { GRADIENT_RULES, gradients } from "./gradient/gradients.ts";
export * from "./optimisers.ts";
