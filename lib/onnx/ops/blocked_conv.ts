/**
 * Convolution in the blocked order of channels that ONNX Runtime's own processor kernels want.
 *
 * The runtime brings convolutions to that order by itself where a kernel is stored in the model
 * (https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/optimizer/nchwc_transformer.cc). A kernel that is trained is an
 * input, and gets the slower convolution; here the same internal operators are written into the graph, and the kernel's order is made
 * with it. How many channels a block has depends on the processor: ask {@linkcode convolutionBlock}.
 *
 * @module
 */
import { derived } from "../_derived.ts";
import { checkType, emit, fixed, show, withRule } from "../_node.ts";
import { convInputGradient, convWeightGradient } from "../gradient/convolution.ts";
import type { Value } from "../types.ts";
import { conv, type ConvAttributes, convAttributes, type ConvOptions } from "./convolution.ts";
import { reshape, transpose } from "./shape.ts";

/** Options of {@linkcode blockedConv}. */
export interface BlockedConvOptions extends Pick<ConvOptions, "strides" | "pads"> {
  /** Channels of a block, from {@linkcode convolutionBlock}. */
  readonly block: number;
}

/** The runtime reads at most so many channels as they are. */
const COLOURS = 3;

/** Domain of the runtime's operators in this order. */
const DOMAIN = "com.microsoft.nchwc";

/**
 * {@linkcode conv} with a kernel that may change from run to run, on a processor that has blocked convolutions.
 *
 * From 16 channels on it takes about 3/5 of the time, changes of order and back included.
 *
 * @param x Images `[N, C, H, W]`; all lengths but N fixed.
 * @param w Weight `[O, C, kh, kw]`.
 * @param options Steps, border and channels of a block.
 * @returns `[N, O, H', W']`.
 * @throws {TypeError} If shapes do not fit, or x or w is not float32.
 * @throws {RangeError} If {@linkcode isBlocked} says no.
 *
 * @example As a plain convolution where the processor has no blocks
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const block = await op.convolutionBlock();
 * const x = op.input("x", "float32", ["N", 16, 7, 7]), w = op.full([32, 16, 3, 3], 0);
 * const y = block === undefined ? op.conv(x, w) : op.blockedConv(x, w, { block });
 * deepStrictEqual(y.shape, ["N", 32, 5, 5]);
 * ```
 */
export function blockedConv(x: Value, w: Value, { block, ...options }: BlockedConvOptions): Value {
  checkType("BlockedConv", "the operand", x, "float32");
  checkType("BlockedConv", "the weight", w, "float32");
  const plain = conv(x, w, options);
  const [out, inn] = [0, 1].map((axis) => fixed("BlockedConv", w.shape, axis)) as [number, number];
  if (!isBlocked(w, block)) {
    throw new RangeError(`Cannot build BlockedConv: ${show(w.shape)} does not divide into blocks of ${block} channels`);
  }
  const few = inn % block !== 0;
  const kernel = derived(w, `blocks of ${block}`, () => inBlocksOf(w, block, few ? 1 : block)); // few channels are read as they are
  const images = few ? x : emit(`${DOMAIN}:ReorderInput`, [x], x.dtype, x.shape, { "channels_last": { int: 0 } });
  const { attributes } = plain.node!;
  const inBlocks = emit(`${DOMAIN}:Conv`, [images, kernel], x.dtype, plain.shape, attributes);
  const order = { channels: { int: out }, "channels_last": { int: 0 } };
  const y = emit(`${DOMAIN}:ReorderOutput`, [inBlocks], x.dtype, plain.shape, order);
  const a: ConvAttributes = convAttributes(attributes);
  return withRule(y, [x, w], (_node, [g]) => [
    () =>
      convInputGradient(g!, w, x, a, (g, kernel, options) => {
        return isBlocked(kernel, block) ? blockedConv(g, kernel, { block, ...options }) : conv(g, kernel, options);
      }),
    () => convWeightGradient(g!, x, w, a),
  ]);
}

/** A kernel in the runtime's order: [O/b, C/i, kh, kw, i, b], in the shape that it had. */
function inBlocksOf(w: Value, block: number, inner: number): Value {
  const [out, inn, kh, kw] = w.shape as [number, number, number, number];
  const parts = reshape(w, [out / block, block, inn / inner, inner, kh, kw]);
  return reshape(transpose(parts, [0, 2, 4, 5, 3, 1]), w.shape);
}

/**
 * Whether {@linkcode blockedConv} takes a kernel.
 *
 * @param w Weight `[O, C, kh, kw]`.
 * @param block Channels of a block.
 * @returns True if O is whole blocks, and C is whole blocks or at most 3.
 *
 * @example Colours
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * strictEqual(op.isBlocked(op.full([16, 3, 3, 3], 0), 16), true);
 * strictEqual(op.isBlocked(op.full([16, 24, 3, 3], 0), 16), false);
 * ```
 */
export function isBlocked(w: Value, block: number): boolean {
  const [out, inn] = w.shape as number[];
  return out! % block === 0 && (inn! % block === 0 || inn! <= COLOURS);
}
