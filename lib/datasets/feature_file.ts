/**
 * A matrix of features in the making, which a stopped or killed run leaves to the next one.
 *
 * Beside the file lie, until it is whole: PATH.part, the .npy file as far as it goes; PATH.part.json, what it is made
 * of; PATH.part.faults, the images that could not be read. The file itself appears by renaming, complete.
 */

import { npyHeader } from "./_feature_bytes.ts";
import { removeIfThere } from "./_draft.ts";
import type { FeatureRow } from "./feature_rows.ts";

/** A row without a feature. */
export interface RowFault {
  /** Row of the matrix. */
  readonly row: number;
  /** Name of the image. */
  readonly name: string;
  /** Why there is no feature. */
  readonly reason: string;
}

/** What a feature file will be. */
export interface FeatureFileOptions {
  /** Number of rows N. */
  rows: number;
  /** Width D of a row. */
  width: number;
  /** Type of the numbers. @default {"float32"} */
  dtype?: "float32" | "float64";
  /** What the features are made of; a file begun with something else is begun again. */
  recipe: Readonly<Record<string, unknown>>;
}

/** A matrix of features being written, row after row. */
export class FeatureFile implements AsyncDisposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #width: number;
  readonly #rows: number;
  readonly #floats: Float32ArrayConstructor | Float64ArrayConstructor;
  readonly #faults: RowFault[];
  #done: number;
  #closed = false;

  private constructor(path: string, file: Deno.FsFile, options: FeatureFileOptions, done: number, faults: RowFault[]) {
    this.#path = path;
    this.#file = file;
    this.#width = options.width;
    this.#rows = options.rows;
    this.#floats = options.dtype === "float64" ? Float64Array : Float32Array;
    this.#done = done;
    this.#faults = faults;
  }

  /**
   * Begins a feature file, or goes on with one that was begun with the same recipe.
   *
   * @param path The .npy file that it becomes; its folder must exist.
   * @param options Size and recipe.
   * @returns The file; `done` rows are there already.
   * @throws {Error} When another process writes it.
   *
   * @example Stopped after one row
   * ```ts
   * import { FeatureFile } from "@/datasets/mod.ts";
   * import { readNpy } from "@/weights/mod.ts";
   * import assert from "node:assert/strict";
   *
   * const dir = await Deno.makeTempDir(), path = `${dir}/f.npy`, options = { rows: 2, width: 1, recipe: { model: "x" } };
   * {
   *   await using file = await FeatureFile.open(path, options);
   *   await file.write({ index: 0, feature: Float32Array.of(7) }, "a.jpg");
   * }
   * await using file = await FeatureFile.open(path, options);
   * assert.equal(file.done, 1);
   * await file.write({ index: 1, fault: "it is empty" }, "b.jpg");
   * assert.deepEqual(await file.finish(), [{ row: 1, name: "b.jpg", reason: "it is empty" }]);
   * assert.deepEqual(readNpy(path).data, Float32Array.of(7, NaN));
   * await Deno.remove(dir, { recursive: true });
   * ```
   */
  static async open(path: string, options: FeatureFileOptions): Promise<FeatureFile> {
    const part = `${path}.part`;
    const { dtype = "float32" } = options, header = npyHeader([options.rows, options.width], dtype);
    const sizes = { rows: options.rows, width: options.width, ...(dtype === "float32" ? {} : { dtype }) };
    const recipe = JSON.stringify({ ...options.recipe, ...sizes });
    const file = await Deno.open(part, { read: true, write: true, create: true });
    try {
      if (!await file.tryLock(true)) {
        throw new Error(`Cannot write features "${path}": another process writes them; wait for it or stop it`);
      }
      const rowBytes = (dtype === "float64" ? 8 : 4) * options.width;
      const same = await readIfThere(`${part}.json`) === recipe;
      const bytes = same ? (await file.stat()).size - header.length : -1;
      const done = Math.max(0, Math.min(options.rows, Math.floor(bytes / rowBytes)));
      const faults = done > 0 ? await readFaults(`${part}.faults`, done) : [];
      if (done === 0) {
        await file.truncate(0);
        await file.seek(0, Deno.SeekMode.Start);
        await writeAll(file, header);
        await Deno.writeTextFile(`${part}.json`, recipe);
      }
      await file.truncate(header.length + done * rowBytes); // a row that a kill cut
      await file.seek(0, Deno.SeekMode.End);
      await Deno.writeTextFile(`${part}.faults`, faults.map((fault) => `${JSON.stringify(fault)}\n`).join(""));
      return new FeatureFile(path, file, options, done, faults);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Rows that are written. */
  get done(): number {
    return this.#done;
  }

  /** Rows without a feature so far. */
  get faults(): readonly RowFault[] {
    return this.#faults;
  }

  /**
   * Writes the next row; NaN where there is no feature.
   *
   * @param row The feature, or why there is none.
   * @param name Name of the image.
   * @throws {TypeError} When the feature has another width.
   */
  async write({ feature, fault }: FeatureRow, name: string): Promise<void> {
    if (feature !== undefined && feature.length !== this.#width) {
      throw new TypeError(
        `Cannot write features "${this.#path}": the feature of "${name}" has ${feature.length} values, ` +
          `expected ${this.#width}`,
      );
    }
    if (feature === undefined) {
      const entry = { row: this.#done, name, reason: fault ?? "it has no feature" };
      this.#faults.push(entry);
      await Deno.writeTextFile(`${this.#path}.part.faults`, `${JSON.stringify(entry)}\n`, { append: true });
    }
    const values = feature ?? new this.#floats(this.#width).fill(NaN);
    await this.#write(values);
    this.#done++;
  }

  /**
   * Writes the next rows together, which all have a feature: as {@linkcode FeatureFile.write} for each, and much quicker
   * where rows are short.
   *
   * @param rows Features [n, D].
   * @throws {TypeError} When the values do not make whole rows.
   * @throws {RangeError} When there are more than the file still takes.
   */
  async writeRows(rows: Float32Array | Float64Array): Promise<void> {
    const count = rows.length / this.#width;
    if (!Number.isInteger(count)) {
      throw new TypeError(
        `Cannot write features "${this.#path}": ${rows.length} values do not make rows of ${this.#width}`,
      );
    }
    if (this.#done + count > this.#rows) {
      throw new RangeError(
        `Cannot write features "${this.#path}": ${count} rows come after ${this.#done} of ${this.#rows}`,
      );
    }
    await this.#write(rows);
    this.#done += count;
  }

  async #write(values: Float32Array | Float64Array): Promise<void> {
    const own = values instanceof this.#floats ? values.slice() : this.#floats.from(values);
    await writeAll(this.#file, new Uint8Array(own.buffer));
  }

  /**
   * Gives the file its name.
   *
   * @returns Rows without a feature.
   * @throws {RangeError} When rows are missing, or none has a feature.
   */
  async finish(): Promise<readonly RowFault[]> {
    if (this.#done !== this.#rows || this.#faults.length === this.#rows) {
      const why = this.#faults[0] === undefined ? "" : ` ("${this.#faults[0].name}": ${this.#faults[0].reason})`;
      throw new RangeError(
        `Cannot finish features "${this.#path}": ${this.#done - this.#faults.length} of ${this.#rows} images ` +
          `have one${why}`,
      );
    }
    await this.#file.sync();
    await Deno.rename(`${this.#path}.part`, this.#path);
    for (const end of [".part.json", ".part.faults"]) await removeIfThere(this.#path + end);
    return this.#faults;
  }

  /** Closes the file; what is written stays for the next run. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.unlock(); // a process just being started may hold a copy of the file
    this.#file.close();
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function readFaults(path: string, rows: number): Promise<RowFault[]> {
  const lines = (await readIfThere(path) ?? "").split("\n");
  return lines.flatMap((line) => {
    try {
      const fault = JSON.parse(line) as RowFault;
      return fault.row < rows ? [fault] : [];
    } catch {
      return []; // the empty end, or a line that a kill cut
    }
  });
}
