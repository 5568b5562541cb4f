/**
 * A look at an LMDB file's first pages.
 *
 * For telling whether a file is a whole database of data format 1 before another program opens it: liblmdb maps files
 * of any content and follows their page numbers, so a file of format 2 or one cut short can end that program.
 */

import { openLmdbFile } from "./_lmdb_file.ts";

/** What an LMDB file's newest meta page says. */
export interface LmdbHeader {
  /** Bytes a page. */
  readonly pageSize: number;
  /** Highest page number in use. */
  readonly lastPage: number;
  /** Entries of the database, those that describe it included. */
  readonly entries: number;
  /** Number of the last committed transaction. */
  readonly transaction: number;
}

/**
 * Asserts that a file is a whole LMDB database of data format 1 and reads its sizes.
 *
 * @param path The file, or the folder that holds data.mdb.
 * @returns What the newest meta page says.
 * @throws {SyntaxError} When the file is no LMDB database, has data format 2, or is cut short.
 * @throws {Deno.errors.NotFound} When there is no such file.
 *
 * @example A text file is refused
 * ```ts
 * import { checkLmdbHeader } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "not a database");
 * assert.throws(() => checkLmdbHeader(path), SyntaxError);
 * await Deno.remove(path);
 * ```
 */
export function checkLmdbHeader(path: string): LmdbHeader {
  const file = openLmdbFile(path);
  file.close();
  const { pageSize, lastPage, main, transaction } = file.meta;
  return { pageSize, lastPage, entries: main.entries, transaction };
}
