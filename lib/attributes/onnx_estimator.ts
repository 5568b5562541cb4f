/**
 * Any ONNX file as an estimator: it is decoded into the graph language and differentiated there.
 *
 * @module
 */
import * as op from "@/onnx/mod.ts";
import type { DecodedModel, KeptNode, Value } from "@/onnx/mod.ts";
import { type EstimatorInput, estimatorInput } from "./estimator_input.ts";
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

/** A size of images to try a model with before the generator is known. */
const TRIAL_SIZE = 112;

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
  const name = typeof source === "string" ? source : "the ONNX model";
  const { estimate, kept } = estimatorOf(source, name, options);
  const trial = op.input("image", "float32", ["N", 3, TRIAL_SIZE, TRIAL_SIZE]);
  let result: Value;
  try {
    result = estimate(trial);
    op.gradients(op.reduceSum(result), [trial]);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const why = cause.message.startsWith("Cannot use") ? cause.message : refused(name, cause.message).message;
    // Where the first operator outside the table hides the shapes of those after it, the message names a later one.
    const [first] = kept();
    throw new TypeError(first === undefined ? why : `${why}; the first operator outside the table is ${first.node}`, {
      cause,
    });
  }
  if (result.shape.length !== 1 || result.shape[0] !== trial.shape[0]) {
    throw refused(name, `it gives [${result.shape}] for images [${trial.shape}], expected one number an image`);
  }
  return estimate;
}

interface Found {
  readonly estimate: Estimator;
  /** Nodes without a gradient, as of the last time that it was built. */
  readonly kept: () => readonly KeptNode[];
}

function estimatorOf(source: string | Uint8Array, name: string, options: OnnxEstimatorOptions): Found {
  const place = options.directory === undefined ? {} : { directory: options.directory };
  const free = op.decodeModel(source, place);
  const inputs = [...free.inputs];
  const [key, declared] = inputs[0] ?? [];
  if (key === undefined || declared === undefined || inputs.length !== 1) {
    throw refused(name, `it has ${inputs.length} inputs (${inputs.map(([k]) => k).join(", ")}), expected images alone`);
  }
  const { shape, dtype } = declared;
  if (shape.length !== 4 || !dtype.startsWith("float")) {
    throw refused(name, `its input "${key}" is ${dtype} [${shape}], expected images of float numbers, [N,3,H,W]`);
  }
  if (typeof shape[0] === "number" && shape[0] !== 1) {
    throw refused(name, `its input "${key}" is [${shape}] with a fixed batch length; export it with a free one`);
  }
  const channelsLast = shape[3] === 3 && shape[1] !== 3;
  const [height, width] = channelsLast ? shape.slice(1, 3) : shape.slice(2);
  const fixedSize = typeof height === "number" && typeof width === "number" ? [height, width] as const : undefined;
  const size = options.size ?? fixedSize;
  let { kept } = free;
  const estimate: Estimator = (image) => {
    let x = estimatorInput(image, size === undefined ? options : { ...options, size });
    if (channelsLast) x = op.transpose(x, [0, 2, 3, 1]);
    let decoded: DecodedModel;
    try {
      decoded = op.decodeModel(source, { ...place, inputs: { [key]: op.cast(x, dtype) }, anyBatch: true });
    } catch (cause) {
      throw cause instanceof TypeError ? refused(name, cause.message, cause) : cause;
    }
    kept = decoded.kept;
    return readOutput(decoded, name, options);
  };
  return { estimate, kept: () => kept };
}

function readOutput({ outputs }: DecodedModel, name: string, { output, column, read }: OnnxEstimatorOptions): Value {
  const key = output ?? outputs.keys().next().value;
  const value = key === undefined ? undefined : outputs.get(key);
  if (value === undefined) {
    throw refused(name, `it has no output "${key}", its outputs are ${[...outputs.keys()].join(", ") || "none"}`);
  }
  const result = read === undefined ? columnOf(value, name, column) : read(value);
  return result.dtype === "float32" ? result : op.cast(result, "float32");
}

/** One column of [N], [N,K] or [N,K,1...]. */
function columnOf(value: Value, name: string, column: number | undefined): Value {
  const [batch, ...rest] = value.shape;
  const count = rest.reduce<number>((product, dim) => product * Number(dim), 1);
  const at = column ?? 0;
  const there = Number.isInteger(count) && Number.isInteger(at) && at >= 0 && at < count;
  if (batch === undefined || !there || (column === undefined && count !== 1)) {
    throw refused(
      name,
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

function refused(name: string, why: string, cause?: unknown): TypeError {
  return new TypeError(`Cannot use ${name} as an estimator: ${why}`, { cause });
}
