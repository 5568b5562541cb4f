/**
 * From ID vectors to data sets: recipe, plan, and the run that carries it out.
 *
 * @module
 */

export * from "./dataset_files.ts";
export * from "./dataset_writer.ts";
export * from "./file_hash.ts";
export * from "./generate.ts";
export * from "./generator.ts";
export * from "./identity_source.ts";
export * from "./plan.ts";
export * from "./prepare.ts";
export * from "./recipe.ts";
export * from "./sheet.ts";
export * from "./walk_frames.ts";
