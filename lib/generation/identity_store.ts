/**
 * Refined identities on disk: vectors by row in a .npy file, and a JSON line for each row that is settled.
 *
 * A row is there once its line is; the vector is written before it. Several processes may add rows at once: each addition
 * holds a lock on the lines. So a run that is stopped, a shard, a data set that grows, or one image made alone find the
 * vectors that other runs refined, and give the same bytes.
 */
import type { EndReason } from "@/attributes/mod.ts";
import type { VectorSource } from "@/identity/mod.ts";
import { type NpyFile, NpyWriter, openNpy } from "@/weights/mod.ts";
import { JsonLog, readJsonLog } from "./_json_log.ts";
import type { DatasetPaths } from "./dataset_files.ts";

/** One vector that was tried for a row. */
export interface IdentityTry {
  /** 0 for the row itself, 1 and more for its replacements. */
  readonly attempt: number;
  /** Whether identity and quality are on target. */
  readonly accepted: boolean;
  /** Why it ended: "accepted", or what stood against it. */
  readonly reason: EndReason;
  /** Evaluations made. */
  readonly iterations: number;
  /** Cosine between its image's features and the vector that was drawn; null when no image was finite. */
  readonly cosine: number | null;
  /** Norm of its image's quality features; null when no image was finite. */
  readonly quality: number | null;
}

/** A line of the report: a row that is settled. */
export interface IdentityRecord extends IdentityTry {
  /** Row of the identity. */
  readonly identity: number;
  /** Whether images are made of it. */
  readonly used: boolean;
  /** Vectors that were tried before and rejected, when there are any. */
  readonly refused?: readonly IdentityTry[];
}

/** A row to be stored. */
export interface RefinedRow {
  /** Its line. */
  readonly record: IdentityRecord;
  /** Its vector [D]. */
  readonly vector: Float32Array;
}

type StorePaths = Pick<DatasetPaths, "identities" | "identityReport">;

/** Rows copied at once. */
const COPY_ROWS = 4096;
const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Refined identities as they are when they are opened. */
export interface StoredIdentities extends VectorSource, Disposable {
  /** The settled rows. */
  readonly records: ReadonlyMap<number, IdentityRecord>;
  /**
   * Whether a row is settled.
   *
   * @param row Global row index.
   * @returns True when its line and its vector are there.
   */
  has(row: number): boolean;
}

/**
 * Opens refined identities for reading.
 *
 * Requires `--allow-read` permission.
 *
 * @param paths Where they are; files that are not there are empty.
 * @param width Width D of a vector.
 * @returns The rows; close with `using`.
 * @throws {SyntaxError} When a line or the file of vectors cannot be read.
 * @throws {TypeError} When the vectors have another width.
 *
 * @example Nothing there
 * ```ts
 * import { datasetPaths, readIdentityStore } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * using stored = await readIdentityStore(datasetPaths("no such folder", "faces", "folder"), 512);
 * assert.equal(stored.has(0), false);
 * ```
 */
export async function readIdentityStore(paths: StorePaths, width: number): Promise<StoredIdentities> {
  const records = new Map<number, IdentityRecord>();
  for await (const value of readJsonLog(paths.identityReport)) {
    const record = value as IdentityRecord;
    if (!Number.isSafeInteger(record?.identity) || typeof record.used !== "boolean") {
      throw new SyntaxError(
        `Cannot read ${paths.identityReport}: ${
          JSON.stringify(value)
        } is no line of it; remove that line, its row is refined anew`,
      );
    }
    records.set(record.identity, record);
  }
  const file = openRows(paths.identities, width);
  const count = file?.length ?? 0;
  const read = (row: number) => file!.rowsFloat32(row, row + 1);
  // A row of zeros was never written: the power failed between the two files.
  const has = (row: number) => records.has(row) && row < count && read(row).some((value) => value !== 0);
  return {
    name: paths.identities,
    count,
    width,
    records,
    has,
    vector: (row) => {
      if (!has(row)) throw new RangeError(`Cannot read row ${row} of ${paths.identities}: it is not refined yet`);
      return read(row).slice();
    },
    [Symbol.dispose]: () => file?.close(),
  };
}

/** Refined identities, open for adding rows. */
export interface IdentityStore extends Disposable {
  /**
   * Stores rows: their vectors, then their lines.
   *
   * @param rows The rows, in the order of their lines.
   */
  add(rows: readonly RefinedRow[]): Promise<void>;
}

/**
 * Opens refined identities for adding rows; makes the files, and makes the file of vectors larger when it has fewer rows.
 *
 * Rows that are not there yet are zeros in the file.
 *
 * Requires `--allow-read` and `--allow-write` permission.
 *
 * @param paths Where; the folder must exist.
 * @param options Number of rows N, and width D of a vector.
 * @returns The store; close with `using`.
 * @throws {TypeError} When a file that is there has another width or other numbers.
 *
 * @example A row there and back
 * ```ts
 * import { datasetPaths, openIdentityStore, readIdentityStore } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const directory = await Deno.makeTempDir(), paths = datasetPaths(directory, "faces", "folder");
 * const told = { attempt: 0, accepted: true, reason: "accepted", iterations: 3, cosine: 0.8, quality: 21 } as const;
 * {
 *   using store = await openIdentityStore(paths, { count: 4, width: 2 });
 *   await store.add([{ record: { identity: 2, used: true, ...told }, vector: Float32Array.of(5, 6) }]);
 * }
 * using stored = await readIdentityStore(paths, 2);
 * assert.deepEqual([stored.has(1), stored.has(2), ...stored.vector(2)], [false, true, 5, 6]);
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export async function openIdentityStore(
  paths: StorePaths,
  { count, width }: { readonly count: number; readonly width: number },
): Promise<IdentityStore> {
  const log = await JsonLog.open(paths.identityReport);
  try {
    await log.locked(() => ensureRows(paths.identities, count, width));
    return {
      add: (rows) => log.add(rows.map(({ record }) => record), () => writeRows(paths.identities, width, rows)),
      [Symbol.dispose]: () => log[Symbol.dispose](),
    };
  } catch (error) {
    log[Symbol.dispose]();
    throw error;
  }
}

/** Opens the file of vectors, if it is there. */
function openRows(path: string, width: number): NpyFile | undefined {
  let file: NpyFile;
  try {
    file = openNpy(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  if (file.dtype === "float32" && file.shape.length === 2 && file.rowLength === width) return file;
  file.close();
  throw new TypeError(
    `Cannot use ${path} as refined identities: it is ${file.dtype} [${
      file.shape.join(", ")
    }], expected float32 [N, ${width}]`,
  );
}

/** Sees to it that the file has rows for all identities; those that are new are zeros. */
function ensureRows(path: string, count: number, width: number): void {
  const old = openRows(path, width), kept = old?.length ?? 0;
  if (kept >= count) {
    old?.close();
    return;
  }
  using writer = new NpyWriter(path, { rowShape: [width] });
  try {
    for (let row = 0; row < kept; row += COPY_ROWS) {
      writer.write(old!.rowsFloat32(row, Math.min(kept, row + COPY_ROWS)));
    }
  } finally {
    old?.close(); // before the new file takes its name, as some systems ask for
  }
  const zeros = new Float32Array(Math.min(COPY_ROWS, count - kept) * width);
  while (writer.length < count) {
    writer.write(zeros.subarray(0, Math.min(COPY_ROWS, count - writer.length) * width));
  }
  writer.close();
}

/** Writes rows to their places in the file. */
async function writeRows(path: string, width: number, rows: readonly RefinedRow[]): Promise<void> {
  const file = openRows(path, width)!, { length } = file; // anew: another process may have made it larger
  file.close();
  const rowBytes = width * BYTES;
  using out = await Deno.open(path, { write: true });
  const start = (await out.stat()).size - length * rowBytes;
  for (const { record, vector } of rows) {
    await out.seek(start + record.identity * rowBytes, Deno.SeekMode.Start);
    let bytes = new Uint8Array(vector.buffer as ArrayBuffer, vector.byteOffset, rowBytes);
    while (bytes.length > 0) bytes = bytes.subarray(await out.write(bytes));
  }
}
