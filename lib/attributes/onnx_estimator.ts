/**
 * Any ONNX file as an estimator: it is decoded into the graph language and differentiated there.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { onnxNetwork, OnnxRefusal } from "./_onnx_network.ts";
import type { EstimatorInput } from "./estimator_input.ts";
import type { Estimator } from "./target_objective.ts";

/** Options of {@linkcode onnxEstimator}. */
export interface OnnxEstimatorOptions extends EstimatorInput {
  /** Output to read. @default {the model's first} */
  readonly output?: string;
  /** Which number of an output [N,K] to take, from 0; may be left out where K is 1. */
  readonly column?: number;
  /** Makes the estimate [N] of the output by a graph of your own, in place of `column`. */
  readonly read?: (output: Value) => Value;
  /** Folder of the weights that lie outside the file. @default {the file's own folder, when a path is given} */
  readonly directory?: string;
}

/**
 * Makes an estimator of an ONNX file.
 *
 * The model must have one input, images [N,3,H,W] or [N,H,W,3]; one that was exported for a single image serves too, unless a
 * node holds on to the length 1. Its size is taken from the file where `size` is not given. It is decoded and differentiated at once, so a model that cannot serve is refused here.
 *
 * Requires `--allow-read` permission when a path is given.
 *
 * @param source Path of the file, or its bytes.
 * @param options How its input is prepared and its output read.
 * @returns Images to numbers [N].
 * @throws {SyntaxError} If the bytes are no ONNX file.
 * @throws {TypeError} If its input or output does not fit, or an operator on the way has no gradient; the message names it.
 * @throws {RangeError} If the preparation of the input cannot work.
 *
 * @example The mean of an image, by a model
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { onnxEstimator } from "@/attributes/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 3, 2, 2]);
 * const { bytes } = op.buildModel({ inputs: [x], outputs: { y: op.reduceMean(x, [1, 2, 3], false) } });
 * const estimate = onnxEstimator(bytes, { range: [0, 255] });
 * deepStrictEqual([...(await op.compute(estimate(op.full([1, 3, 2, 2], 1)))).data], [255]);
 * ```
 */
export function onnxEstimator(source: string | Uint8Array, options: OnnxEstimatorOptions = {}): Estimator {
  return onnxNetwork(source, options, {
    as: "an estimator",
    read: (outputs) => readOutput(outputs, options),
    numbers: (result) => [result],
  });
}

function readOutput(outputs: ReadonlyMap<string, Value>, { output, column, read }: OnnxEstimatorOptions): Value {
  const key = output ?? outputs.keys().next().value;
  const value = key === undefined ? undefined : outputs.get(key);
  if (value === undefined) {
    throw new OnnxRefusal(`it has no output "${key}", its outputs are ${[...outputs.keys()].join(", ") || "none"}`);
  }
  const result = read === undefined ? columnOf(value, column) : read(value);
  return result.dtype === "float32" ? result : op.cast(result, "float32");
}

/** One column of [N], [N,K] or [N,K,1...]. */
function columnOf(value: Value, column: number | undefined): Value {
  const [batch, ...rest] = value.shape;
  const count = rest.reduce<number>((product, dim) => product * Number(dim), 1);
  const at = column ?? 0;
  const there = Number.isInteger(count) && Number.isInteger(at) && at >= 0 && at < count;
  if (batch === undefined || !there || (column === undefined && count !== 1)) {
    throw new OnnxRefusal(
      `its output is [${value.shape}], ` +
        (column === undefined
          ? "expected one number an image; say which with `column`, or give `read`"
          : `which has no column ${column}`),
    );
  }
  if (rest.length === 0) return value;
  const flat = op.flatten(value); // N,K
  return op.squeeze(count === 1 ? flat : op.slice(flat, { axes: [1], starts: [at], ends: [at + 1] }), [1]);
}
