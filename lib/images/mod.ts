/**
 * Images: files to pixels and back, tensors, alignment, resizing, contact sheets, animations.
 *
 * @module
 */

export * from "./alignment.ts";
export * from "./animation.ts";
export * from "./contact_sheet.ts";
export * from "./cut_out.ts";
export * from "./decode.ts";
export * from "./degrade.ts";
export * from "./display.ts";
export * from "./encode.ts";
export * from "./face_in_place.ts";
export * from "./mirror.ts";
export * from "./pixels.ts";
export * from "./progress_display.ts";
export * from "./resize.ts";
export * from "./similarity_transform.ts";
export * from "./tensor.ts";
export * from "./warp_affine.ts";
