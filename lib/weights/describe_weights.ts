/** @file A short table of a weight file for people. */

import { isFloat, itemBytes } from "./dtype.ts";
import type { WeightFile } from "./weight_file.ts";

/** Choices of {@link describeWeights}. */
export interface DescribeWeightsOptions {
  /**
   * Rows of the text; the middle is left out beyond it.
   * @default {40}
   */
  readonly maxRows?: number;
}

/** What {@link describeWeights} gives. */
export interface WeightDescription {
  /** One row a tensor, in the order of the file. */
  readonly rows: readonly {
    /** Name in the state dict. */
    readonly name: string;
    /** Element type. */
    readonly dtype: string;
    /** Dimensions. */
    readonly shape: readonly number[];
    /** Product of the dimensions. */
    readonly elements: number;
  }[];
  /** Elements of all floating-point tensors: weights and running statistics, each tied tensor as often as it is named. */
  readonly parameters: number;
  /** Bytes that all tensors take when dense. */
  readonly bytes: number;
  /** The rows and the sums as aligned lines, without a newline at the end. */
  readonly text: string;
}

/**
 * Describes a weight file: names, types, shapes, and the total number of parameters.
 *
 * @example Count parameters
 * ```ts
 * import assert from "node:assert/strict";
 * import { describeWeights, openWeights, writeSafetensors } from "@/weights/mod.ts";
 * const path = Deno.makeTempFileSync();
 * writeSafetensors(path, [{ name: "fc.weight", dtype: "float16", shape: [2, 3], data: new Float32Array(6) }]);
 * const description = describeWeights(openWeights(path));
 * assert.equal(description.parameters, 6);
 * assert.match(description.text, /fc\.weight {2}float16 {2}\[2, 3\]/);
 * Deno.removeSync(path);
 * ```
 *
 * @param file An opened weight file.
 * @param options How long the text may be.
 * @returns Rows, sums and text.
 */
export function describeWeights(
  file: WeightFile,
  options: DescribeWeightsOptions = {},
): WeightDescription {
  const rows = [...file.tensors.values()].map(({ name, dtype, shape }) => ({
    name,
    dtype,
    shape,
    elements: shape.reduce((a, b) => a * b, 1),
  }));
  const parameters = rows.reduce(
    (n, row) => n + (isFloat(row.dtype) ? row.elements : 0),
    0,
  );
  const bytes = rows.reduce(
    (n, row) => n + row.elements * itemBytes(row.dtype),
    0,
  );
  const maxRows = Math.max(options.maxRows ?? 40, 2);
  const isLong = rows.length > maxRows;
  const head = isLong ? rows.slice(0, Math.ceil(maxRows / 2)) : rows;
  const tail = isLong ? rows.slice(-Math.floor(maxRows / 2)) : [];
  const shown = [...head, ...tail];
  const nameWidth = Math.max(0, ...shown.map(({ name }) => name.length));
  const typeWidth = Math.max(0, ...shown.map(({ dtype }) => dtype.length));
  const line = ({ name, dtype, shape }: typeof rows[number]) =>
    `${name.padEnd(nameWidth)}  ${dtype.padEnd(typeWidth)}  [${shape.join(", ")}]`;
  const { root, strippedPrefix, skipped } = file.metadata;
  const skippedNames = Object.keys(skipped);
  const text = [
    `${file.path}: ${file.format}${root && `, root "${root}"`}${
      strippedPrefix && `, without prefix "${strippedPrefix}"`
    }`,
    ...head.map(line),
    ...(isLong ? [`... ${rows.length - shown.length} more`] : []),
    ...tail.map(line),
    ...(skippedNames.length > 0 ? [`not readable: ${skippedNames.slice(0, 10).join(", ")}`] : []),
    `${rows.length} tensors, ${parameters.toLocaleString("en-US")} parameters, ${(bytes / 1e6).toFixed(1)} MB`,
  ].join("\n");
  return { rows, parameters, bytes, text };
}
