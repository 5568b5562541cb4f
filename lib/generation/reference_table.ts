/**
 * The files that say what a data set's vectors are, when they were taken of reference images.
 *
 * | file | what |
 * |---|---|
 * | DIR/NAME.vectors.npy | vectors [N, D]; row i is class i, so the data set can be made again from it and its recipe |
 * | DIR/NAME.vectors.json | the recogniser and hashes; written last, so it says that the others are whole |
 * | DIR/NAME.references.jsonl | a line for each reference image: its class, or why it has none |
 */
import { join } from "node:path";
import type { Landmarks } from "./reference_landmarks.ts";

/** Paths of these files. */
export interface ReferencePaths {
  /** Vectors. */
  readonly vectors: string;
  /** What the vectors are made of. */
  readonly made: string;
  /** Table of reference images. */
  readonly table: string;
  /** Vectors in the making; others begin with this name. */
  readonly work: string;
}

/** A line of the table. */
export interface ReferenceRecord {
  /** Class and row of the vectors; null when the image was not used. */
  readonly label: number | null;
  /** Path below the folder, or as the list has it. */
  readonly image: string;
  /** SHA-256 of the file, 64 hexadecimal digits; null when it could not be read, or is no image by its name. */
  readonly sha256: string | null;
  /** The points that it was aligned by. */
  readonly landmarks?: Landmarks;
  /** Why it was not used. */
  readonly skipped?: string;
}

/**
 * Names the files.
 *
 * @param directory Folder that holds data sets.
 * @param name Name of the data set.
 * @returns The paths.
 *
 * @example Beside the recipe
 * ```ts
 * import { referencePaths } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(referencePaths("output", "faces").vectors, "output/faces.vectors.npy");
 * ```
 */
export function referencePaths(directory: string, name: string): ReferencePaths {
  const path = (end: string) => join(directory, `${name}.${end}`);
  return {
    vectors: path("vectors.npy"),
    made: path("vectors.json"),
    table: path("references.jsonl"),
    work: path("vectors.work"),
  };
}

/**
 * Reads the table of reference images.
 *
 * Requires `--allow-read` permission.
 *
 * @param path The file.
 * @returns Its lines.
 * @throws {Deno.errors.NotFound} When there is no such file.
 * @throws {SyntaxError} When a line is not one of such a table.
 *
 * @example One line
 * ```ts
 * import { readReferenceTable } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, '{"label":null,"image":"a.jpg","sha256":null,"skipped":"it is not there"}\n');
 * assert.equal((await readReferenceTable(path))[0]?.skipped, "it is not there");
 * await Deno.remove(path);
 * ```
 */
export async function readReferenceTable(path: string): Promise<ReferenceRecord[]> {
  const lines = (await Deno.readTextFile(path)).split("\n").filter((line) => line !== "");
  return lines.map((line, index) => {
    let record: Partial<ReferenceRecord> | null;
    try {
      record = JSON.parse(line);
    } catch {
      record = null;
    }
    const labelled = record?.label === null || Number.isSafeInteger(record?.label);
    if (!labelled || typeof record?.image !== "string") {
      throw new SyntaxError(
        `Cannot read ${path}: line ${index + 1} is ${line.slice(0, 60)}, expected {"label": ..., "image": ..., ...}`,
      );
    }
    return record as ReferenceRecord;
  });
}
