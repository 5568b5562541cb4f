/**
 * Images: files to pixels and back, tensors, alignment, resizing, contact sheets, animations.
 *
 * @module
 */

export * from "./animation.ts";
export * from "./contact_sheet.ts";
export * from "./decode.ts";
export * from "./degrade.ts";
export * from "./display.ts";
export * from "./encode.ts";
export * from "./mirror.ts";
export * from "./pixels.ts";
export * from "./progress_display.ts";
export * from "./resize.ts";
export * from "./similarity_transform.ts";
export * from "./tensor.ts";
export * from "./warp_affine.ts";
