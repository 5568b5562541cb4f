/**
 * Data sets of labelled images: folders of files, LMDB training databases, lists, masks over them, and those in memory,
 * through one interface; converting, features, centres, and verification sets.
 *
 * @module
 */

export * from "./array_dataset.ts";
export * from "./check_image.ts";
export * from "./choose_items.ts";
export * from "./class_runs.ts";
export * from "./convert_dataset.ts";
export * from "./copy_dataset.ts";
export * from "./dataset.ts";
export * from "./embed_pairs.ts";
export * from "./embed_views.ts";
export * from "./epoch_order.ts";
export * from "./feature_file.ts";
export * from "./feature_files.ts";
export * from "./feature_rows.ts";
export * from "./folder_reader.ts";
export * from "./folder_writer.ts";
export * from "./hardest_pairs.ts";
export * from "./keep_views.ts";
export * from "./list_reader.ts";
export * from "./lmdb_header.ts";
export * from "./lmdb_reader.ts";
export * from "./lmdb_writer.ts";
export * from "./mask.ts";
export * from "./open_dataset.ts";
export * from "./open_verification_set.ts";
export * from "./read_pixels.ts";
export * from "./same_flags.ts";
export * from "./select_items.ts";
export * from "./stream_centres.ts";
export * from "./verification_set.ts";
export * from "./with_features.ts";
export * from "./write_centres.ts";
export * from "./write_verification_set.ts";
