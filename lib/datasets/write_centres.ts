/**
 * One centre for each identity, in one pass and little memory: the mean of its images' features, natural norm.
 *
 * Counterpart of scripts/center_features.py of https://github.com/HaiyuWu/Vec2Face. Deviations: sums in float64; one
 * identity in memory at a time (the reference holds every feature); and the order is always that of the sorted paths,
 * where the reference takes parts as they are finished, so that with more than one part its order can change.
 */

import { NpyWriter } from "@/weights/mod.ts";
import { type ClassRuns, classRuns } from "./class_runs.ts";
import type { DatasetReader, LeftOut } from "./dataset.ts";
import type { FeatureRow } from "./feature_rows.ts";
import { comparePaths } from "./_list_lines.ts";

/** An identity and its centre's row. */
export interface CentreIdentity {
  /** Name of its folder, or its label. */
  readonly name: string;
  /** Its label in the data set. */
  readonly label: number;
  /** Features averaged. */
  readonly images: number;
}

/** What was written. */
export interface CentreResult {
  /** Width D of a centre. */
  readonly width: number;
  /** Identity of each row. */
  readonly identities: readonly CentreIdentity[];
  /** Images without a feature, and identities left without one. */
  readonly leftOut: readonly LeftOut[];
}

/** Options of `writeCentres`. */
export interface CentreOptions {
  /** Called after each feature. */
  onProgress?: (done: number) => void;
  /** Stops the work between two features. */
  signal?: AbortSignal;
}

/**
 * Groups items by identity in the order of the reference: paths sorted as text; labels that have no names, by number.
 *
 * @param dataset The data set.
 * @returns The groups.
 *
 * @example Sorted as paths, where a folder's name ends with a slash
 * ```ts
 * import { arrayDataset, identityRuns } from "@/datasets/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const items = [0, 1, 2].map((label) => ({ label, bytes: Uint8Array.of(1) }));
 * const faces = arrayDataset(items, { classNames: ["b", "a", "a-2"] });
 * assert.deepEqual([...identityRuns(faces).labels], [2, 1, 0]);
 * ```
 */
export function identityRuns(dataset: DatasetReader): ClassRuns {
  const path = (label: number) => `${dataset.className(label)}/`;
  const isNumbered = new Map<number, boolean>();
  const numbered = (label: number) => {
    const known = isNumbered.get(label) ?? dataset.className(label) === String(label);
    isNumbered.set(label, known);
    return known;
  };
  return classRuns(
    dataset.labels,
    (a, b) => numbered(a) && numbered(b) ? a - b : comparePaths(path(a), path(b)),
  );
}

/**
 * Averages features over each identity and writes [C, D] float32.
 *
 * @param path The .npy file; takes its name when all is done.
 * @param dataset What the features belong to: names of items and of identities.
 * @param runs Its items by identity, as `identityRuns` gives them.
 * @param rows A feature for each item in the order of `runs.order`: `embedRows`, `storedRows`.
 * @param options Progress and stopping.
 * @returns Identities by row, and what was left out.
 * @throws {TypeError} When features differ in width.
 * @throws {RangeError} When there is no feature at all, or rows come in another order.
 *
 * @example Two images of one person
 * ```ts
 * import { arrayDataset, identityRuns, storedRows, writeCentres } from "@/datasets/mod.ts";
 * import { readNpy } from "@/weights/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const item = (x: number) => ({ label: 0, bytes: Uint8Array.of(1), feature: Float32Array.of(x, 1) });
 * const faces = arrayDataset([item(1), item(4)], { classNames: ["Ada"] });
 * const runs = identityRuns(faces), path = await Deno.makeTempFile({ suffix: ".npy" });
 * const { identities } = await writeCentres(path, faces, runs, storedRows(faces, runs.order));
 * assert.deepEqual(identities, [{ name: "Ada", label: 0, images: 2 }]);
 * assert.deepEqual(readNpy(path).data, Float32Array.of(2.5, 1));
 * await Deno.remove(path);
 * ```
 */
export async function writeCentres(
  path: string,
  dataset: Pick<DatasetReader, "className" | "itemName">,
  runs: ClassRuns,
  rows: AsyncIterable<FeatureRow>,
  options: CentreOptions = {},
): Promise<CentreResult> {
  const { onProgress, signal } = options;
  const identities: CentreIdentity[] = [];
  const leftOut: LeftOut[] = [];
  using output = new LazyWriter(path);
  let sum: Float64Array | undefined;
  let [done, run, images] = [0, 0, 0];
  for await (const { index, feature, fault } of rows) {
    signal?.throwIfAborted();
    if (index !== runs.order[done]) {
      throw new RangeError(`Cannot write centres: item ${index} came, item ${runs.order[done]} is next`);
    }
    if (feature === undefined) leftOut.push({ name: dataset.itemName(index), reason: fault ?? "it has no feature" });
    else {
      sum ??= new Float64Array(feature.length);
      if (feature.length !== sum.length) {
        throw new TypeError(
          `Cannot write centres: the feature of "${dataset.itemName(index)}" has ${feature.length} values, ` +
            `others have ${sum.length}`,
        );
      }
      for (let k = 0; k < sum.length; k++) sum[k]! += feature[k]!;
      images++;
    }
    if (++done === runs.starts[run + 1]) {
      const label = runs.labels[run++]!, name = dataset.className(label);
      if (images === 0) leftOut.push({ name: `identity ${name}`, reason: "none of its images has a feature" });
      else {
        output.write(Float32Array.from(sum!, (value) => value / images));
        identities.push({ name, label, images });
        sum!.fill(0);
        images = 0;
      }
    }
    onProgress?.(done);
  }
  if (done !== runs.order.length || identities.length === 0) {
    const why = leftOut[0] === undefined ? "" : ` ("${leftOut[0].name}": ${leftOut[0].reason})`;
    throw new RangeError(
      `Cannot write centres: ${done} of ${runs.order.length} items came, ${identities.length} identities have a ` +
        `feature${why}`,
    );
  }
  output.close();
  return { width: sum!.length, identities, leftOut };
}

/** A matrix whose width is that of its first row. */
class LazyWriter implements Disposable {
  readonly #path: string;
  #writer: NpyWriter | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  write(row: Float32Array): void {
    this.#writer ??= new NpyWriter(this.#path, { rowShape: [row.length] });
    this.#writer.write(row);
  }

  close(): void {
    this.#writer?.close();
  }

  [Symbol.dispose](): void {
    this.#writer?.[Symbol.dispose]();
  }
}
