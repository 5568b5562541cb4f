/**
 * Losses, schedules, loops and checkpoints for the networks that this project trains itself.
 *
 * @module
 */
export * from "./arcface.ts";
export * from "./batches.ts";
export * from "./face_views.ts";
export * from "./generator.ts";
export * from "./geodesic.ts";
export * from "./image_input.ts";
export * from "./landmarks.ts";
export * from "./loop.ts";
export * from "./magface.ts";
export * from "./magface_loss.ts";
export * from "./packed_images.ts";
export * from "./pose.ts";
export * from "./recogniser.ts";
export * from "./schedule.ts";
export * from "./ssim.ts";
export * from "./state.ts";
export * from "./trainer.ts";
