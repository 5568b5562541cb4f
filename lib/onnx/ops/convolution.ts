/**
 * Convolution, its transpose, and pooling over images `[N, C, H, W]`.
 *
 * @module
 */
import { checkRank, emit, fixed, show } from "../_node.ts";
import type { Attribute, Value } from "../types.ts";

/** Options of {@linkcode conv}. */
export interface ConvOptions {
  /** Added to each output channel, `[O]`. */
  readonly bias?: Value | undefined;
  /** Steps between windows, down and across. @default {[1, 1]} */
  readonly strides?: readonly [number, number];
  /** Zero border: top, left, bottom, right. @default {[0, 0, 0, 0]} */
  readonly pads?: readonly [number, number, number, number];
  /** Steps between the taps of a window. @default {[1, 1]} */
  readonly dilations?: readonly [number, number];
  /** Channel groups that do not see one another. @default {1} */
  readonly group?: number;
}

/** Attributes of a convolution node read back as numbers. */
export interface ConvAttributes {
  /** Steps between windows. */
  strides: [number, number];
  /** Zero border: top, left, bottom, right. */
  pads: [number, number, number, number];
  /** Steps between taps. */
  dilations: [number, number];
  /** Channel groups. */
  group: number;
}

/**
 * Reads the attributes of a convolution or pooling node, with ONNX's defaults.
 *
 * @param attributes Attributes of the node.
 * @returns Steps, border, gaps and groups.
 *
 * @example Defaults
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * deepStrictEqual(op.convAttributes({}).pads, [0, 0, 0, 0]);
 * ```
 */
export function convAttributes(attributes: Readonly<Record<string, Attribute>>): ConvAttributes {
  const list = (name: string, fallback: number[]) => {
    const a = attributes[name];
    return a !== undefined && "ints" in a ? [...a.ints] : fallback;
  };
  const group = attributes["group"];
  return {
    strides: list("strides", [1, 1]) as [number, number],
    pads: list("pads", [0, 0, 0, 0]) as [number, number, number, number],
    dilations: list("dilations", [1, 1]) as [number, number],
    group: group !== undefined && "int" in group ? group.int : 1,
  };
}

/**
 * Convolution.
 *
 * @param x Images `[N, C, H, W]`; all lengths but N fixed.
 * @param w Weight `[O, C/g, kh, kw]` for g groups.
 * @param options Bias, steps, border, gaps and groups.
 * @returns `[N, O, H', W']`.
 * @throws {TypeError} If shapes do not fit.
 *
 * @example Half the size
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 3, 112, 112]);
 * deepStrictEqual((op.conv(x, op.full([8, 3, 3, 3], 0), { strides: [2, 2], pads: [1, 1, 1, 1] })).shape, ["N", 8, 56, 56]);
 * ```
 */
export function conv(
  x: Value,
  w: Value,
  { bias, strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], group = 1 }: ConvOptions = {},
): Value {
  checkRank("Conv", "the operand", x, 4);
  checkRank("Conv", "the weight", w, 4);
  const channels = fixed("Conv", x.shape, 1), out = fixed("Conv", w.shape, 0);
  if (channels !== fixed("Conv", w.shape, 1) * group || out % group !== 0) {
    throw new TypeError(
      `Cannot build Conv: operand ${show(x.shape)} and weight ${show(w.shape)} do not fit with ${group} group(s)`,
    );
  }
  const size = [0, 1].map((i) => {
    const n = fixed("Conv", x.shape, 2 + i) + pads[i]! + pads[2 + i]!;
    return Math.floor((n - dilations[i]! * (fixed("Conv", w.shape, 2 + i) - 1) - 1) / strides[i]!) + 1;
  });
  if (size.some((n) => n < 1)) {
    throw new TypeError(`Cannot build Conv: the window ${show(w.shape)} is larger than the image ${show(x.shape)}`);
  }
  return emit("Conv", bias === undefined ? [x, w] : [x, w, bias], x.dtype, [x.shape[0]!, out, ...size], {
    strides: { ints: strides },
    pads: { ints: pads },
    dilations: { ints: dilations },
    group: { int: group },
    kernel_shape: { ints: [w.shape[2] as number, w.shape[3] as number] },
  });
}

/** Options of {@linkcode convTranspose}. */
export interface ConvTransposeOptions extends ConvOptions {
  /** Rows and columns added at the bottom and right of the result. @default {[0, 0]} */
  readonly outputPads?: readonly [number, number];
}

/**
 * Transposed convolution: what a convolution with these options would take back.
 *
 * @param x Images `[N, C, H, W]`; all lengths but N fixed.
 * @param w Weight `[C, O/g, kh, kw]` for g groups.
 * @param options Bias, steps, border, gaps, groups and what is added at the end.
 * @returns `[N, O, H', W']`.
 * @throws {TypeError} If shapes do not fit.
 *
 * @example Twice the size
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 8, 7, 7]);
 * deepStrictEqual((op.convTranspose(x, op.full([8, 4, 2, 2], 0), { strides: [2, 2] })).shape, ["N", 4, 14, 14]);
 * ```
 */
export function convTranspose(
  x: Value,
  w: Value,
  { bias, strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], group = 1, outputPads = [0, 0] }:
    ConvTransposeOptions = {},
): Value {
  checkRank("ConvTranspose", "the operand", x, 4);
  checkRank("ConvTranspose", "the weight", w, 4);
  if (x.shape[1] !== w.shape[0]) {
    throw new TypeError(`Cannot build ConvTranspose: operand ${show(x.shape)} and weight ${show(w.shape)} do not fit`);
  }
  const size = [0, 1].map((i) =>
    strides[i]! * (fixed("ConvTranspose", x.shape, 2 + i) - 1) + outputPads[i]! +
    dilations[i]! * (fixed("ConvTranspose", w.shape, 2 + i) - 1) + 1 - pads[i]! - pads[2 + i]!
  );
  const out = fixed("ConvTranspose", w.shape, 1) * group;
  return emit("ConvTranspose", bias === undefined ? [x, w] : [x, w, bias], x.dtype, [x.shape[0]!, out, ...size], {
    strides: { ints: strides },
    pads: { ints: pads },
    dilations: { ints: dilations },
    output_padding: { ints: outputPads },
    group: { int: group },
    kernel_shape: { ints: [w.shape[2] as number, w.shape[3] as number] },
  });
}

/** Options of {@linkcode maxPool} and {@linkcode averagePool}. */
export interface PoolOptions {
  /** Window height and width. */
  readonly kernel: readonly [number, number];
  /** Steps between windows. @default {the kernel} */
  readonly strides?: readonly [number, number];
  /** Border: top, left, bottom, right. @default {[0, 0, 0, 0]} */
  readonly pads?: readonly [number, number, number, number];
  /** Whether the border counts in the mean, as PyTorch does by default. @default {true} */
  readonly countIncludePad?: boolean;
}

function pool(op: string, x: Value, { kernel, strides = kernel, pads = [0, 0, 0, 0], countIncludePad }: PoolOptions) {
  checkRank(op, "the operand", x, 4);
  const size = [0, 1].map((i) =>
    Math.floor((fixed(op, x.shape, 2 + i) + pads[i]! + pads[2 + i]! - kernel[i]!) / strides[i]!) + 1
  );
  return emit(op, [x], x.dtype, [x.shape[0]!, x.shape[1]!, ...size], {
    kernel_shape: { ints: kernel },
    strides: { ints: strides },
    pads: { ints: pads },
    ...(countIncludePad === undefined ? {} : { count_include_pad: { int: countIncludePad ? 1 : 0 } }),
  });
}

/**
 * Largest element of each window.
 *
 * @param x Images `[N, C, H, W]`; all lengths but N fixed.
 * @param options Windows.
 * @returns `[N, C, H', W']`.
 *
 * @example Half the size
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 8, 14, 14]);
 * deepStrictEqual((op.maxPool(x, { kernel: [2, 2] })).shape, ["N", 8, 7, 7]);
 * ```
 */
export function maxPool(x: Value, options: PoolOptions): Value {
  return pool("MaxPool", x, options);
}

/**
 * Mean of each window.
 *
 * @param x Images `[N, C, H, W]`; all lengths but N fixed.
 * @param options Windows.
 * @returns `[N, C, H', W']`.
 *
 * @example Half the size
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 8, 14, 14]);
 * deepStrictEqual((op.averagePool(x, { kernel: [2, 2] })).shape, ["N", 8, 7, 7]);
 * ```
 */
export function averagePool(x: Value, options: PoolOptions): Value {
  return pool("AveragePool", x, { countIncludePad: true, ...options });
}

/**
 * Mean over height and width.
 *
 * @param x Images `[N, C, H, W]`; all lengths but N fixed.
 * @returns `[N, C, 1, 1]`.
 *
 * @example One number a channel
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 8, 7, 7]);
 * deepStrictEqual((op.globalAveragePool(x)).shape, ["N", 8, 1, 1]);
 * ```
 */
export function globalAveragePool(x: Value): Value {
  checkRank("GlobalAveragePool", "the operand", x, 4);
  return emit("GlobalAveragePool", [x], x.dtype, [x.shape[0]!, x.shape[1]!, 1, 1]);
}
