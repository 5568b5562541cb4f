/**
 * From ID vectors to data sets: recipe, plan, and the run that carries it out.
 *
 * @module
 */

export * from "./achieved.ts";
export * from "./attribute_networks.ts";
export * from "./attribute_recipe.ts";
export * from "./dataset_files.ts";
export * from "./dataset_writer.ts";
export * from "./file_hash.ts";
export * from "./generate.ts";
export * from "./generated_faces.ts";
export * from "./generator.ts";
export * from "./identity_source.ts";
export * from "./identity_store.ts";
export * from "./image_report.ts";
export * from "./model_family.ts";
export * from "./plan.ts";
export * from "./prepare.ts";
export * from "./recipe.ts";
export * from "./reference_face.ts";
export * from "./reference_image.ts";
export * from "./reference_landmarks.ts";
export * from "./reference_list.ts";
export * from "./reference_table.ts";
export * from "./reference_vectors.ts";
export * from "./refine_plan.ts";
export * from "./sheet.ts";
export * from "./target_images.ts";
export * from "./walk_frames.ts";
