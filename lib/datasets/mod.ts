/**
 * Data sets of labelled images: folders of files and LMDB training databases, read and written through one interface.
 *
 * @module
 */

export * from "./copy_dataset.ts";
export * from "./dataset.ts";
export * from "./folder_reader.ts";
export * from "./folder_writer.ts";
export * from "./lmdb_header.ts";
export * from "./lmdb_reader.ts";
export * from "./lmdb_writer.ts";
