/**
 * Gradients of convolution and of its transpose.
 *
 * The formulations were chosen by measuring (`deno task bench`): the input gradient of a convolution with stride 1 is a
 * convolution with flipped weights, else a transposed convolution; the weight gradient is one matrix product per tap of
 * the kernel, over shifted windows of the padded operand. Gathering the windows of all taps for one large product, and
 * splitting stride 2 into four convolutions of stride 1, were slower.
 */
import { fixed } from "../_node.ts";
import { conv, type ConvAttributes, convAttributes, convTranspose } from "../ops/convolution.ts";
import { ints } from "../ops/creation.ts";
import { fusedMatmul, gemm } from "../ops/linalg.ts";
import { concat, gather, pad, reshape, slice, transpose } from "../ops/movement.ts";
import { reduceSum } from "../ops/reduction.ts";
import type { GradientRule, Value } from "../types.ts";

/** Kernel with both axes reversed. */
function flip(w: Value): Value {
  return [2, 3].reduce((v, axis) => {
    const n = fixed("flip", v.shape, axis);
    return n === 1 ? v : gather(v, ints(Array.from({ length: n }, (_, i) => n - 1 - i)), axis);
  }, w);
}

/** Weight with the two channel axes swapped inside each group: `[O, C/g, h, w]` -> `[C, O/g, h, w]`. */
function swapChannels(w: Value, group: number): Value {
  if (group === 1) return transpose(w, [1, 0, 2, 3]);
  const [out, inn, h, v] = w.shape as number[];
  const split = reshape(w, [group, out! / group, inn!, h!, v!]);
  return reshape(transpose(split, [0, 2, 1, 3, 4]), [inn! * group, out! / group, h!, v!]);
}

/** Gradient of a convolution with respect to its operand. */
export function convInputGradient(g: Value, w: Value, x: Value, a: ConvAttributes): Value {
  const size = [2, 3].map((i) => fixed("Conv", x.shape, i));
  const reach = [0, 1].map((i) => a.dilations[i]! * (fixed("Conv", w.shape, 2 + i) - 1));
  const fits = a.strides[0] === 1 && a.strides[1] === 1 && a.pads.every((p, i) => p <= reach[i % 2]!);
  if (fits) {
    const pads = a.pads.map((p, i) => reach[i % 2]! - p) as [number, number, number, number];
    const { dilations, group } = a;
    return conv(g, flip(swapChannels(w, group)), { pads, dilations, group });
  }
  // Rows and columns that no window reached get a zero gradient through output padding.
  const outputPads = [0, 1].map((i) =>
    size[i]! + a.pads[i]! + a.pads[2 + i]! - reach[i]! - 1 -
    a.strides[i]! * (fixed("Conv", g.shape, 2 + i) - 1)
  ) as [number, number];
  return convTranspose(g, w, { ...a, outputPads });
}

/** Windows of at most this many pixels are multiplied for the whole batch at once. */
const SMALL_AREA = 256;

/** Gradient of a convolution with respect to its weight. */
export function convWeightGradient(g: Value, x: Value, w: Value, a: ConvAttributes): Value {
  const [out, inn, kh, kw] = w.shape as number[];
  const [rows, cols] = [fixed("Conv", g.shape, 2), fixed("Conv", g.shape, 3)];
  const small = a.group === 1 && rows * cols <= SMALL_AREA;
  const tap = small ? productsChannelsLast(g, x, a) : productsPerImage(g, x, a);
  const taps: Value[] = [];
  for (let i = 0; i < kh!; i++) {
    for (let j = 0; j < kw!; j++) taps.push(reshape(tap(i, j), [out!, inn!, 1]));
  }
  return reshape(taps.length === 1 ? taps[0]! : concat(taps, 2), [out!, inn!, kh!, kw!]);
}

/** Something for each tap of a kernel: row and column of the tap. */
type PerTap = (i: number, j: number) => Value;

/** One product per image, channels as rows: best for large images. */
function productsPerImage(g: Value, x: Value, a: ConvAttributes): PerTap {
  const [batch, out, rows, cols] = g.shape as [Value["shape"][number], number, number, number];
  const flat = (v: Value, channels: number) => {
    const area = rows * cols;
    return reshape(v, a.group === 1 ? [batch, channels, area] : [batch, a.group, channels / a.group, area]);
  };
  const dy = flat(g, out), windowAt = tapWindows(x, a, [rows, cols], 2);
  const inputs = fixed("Conv", x.shape, 1);
  return (i, j) => reduceSum(fusedMatmul(dy, flat(windowAt(i, j), inputs), false, true), [0], false);
}

/** One product for all images, channels last: twice as fast at 7x7 pixels, no better from 28x28 on. */
function productsChannelsLast(g: Value, x: Value, a: ConvAttributes): PerTap {
  const [, out, rows, cols] = g.shape as [Value["shape"][number], number, number, number];
  const dy = reshape(transpose(g, [0, 2, 3, 1]), [-1, out]); // N H' W', O
  const windowAt = tapWindows(transpose(x, [0, 2, 3, 1]), a, [rows, cols], 1);
  return (i, j) => gemm(dy, reshape(windowAt(i, j), [-1, fixed("Conv", x.shape, 1)]), { transA: true });
}

/**
 * What each tap of a kernel sees of the padded operand.
 *
 * With steps above 1 the taps fall into phases; the pixels of a phase are picked out once, because a slice with steps
 * costs three times one without.
 *
 * @param x Images, rows on axis `at` and columns on the next.
 * @param a Steps, border and gaps.
 * @param size Height and width of what a tap sees.
 * @param at Axis of rows.
 */
function tapWindows(x: Value, a: ConvAttributes, size: readonly [number, number], at: number): PerTap {
  const border = x.shape.map(() => [0, 0]);
  border[at] = [a.pads[0], a.pads[2]];
  border[at + 1] = [a.pads[1], a.pads[3]];
  const padded = a.pads.some((p) => p > 0) ? pad(x, [0, 1].flatMap((end) => border.map((b) => b[end]!))) : x;
  const limits = [fixed("Conv", padded.shape, at), fixed("Conv", padded.shape, at + 1)];
  const phases = new Map<string, Value>();
  return (i, j) => {
    const from = [i * a.dilations[0], j * a.dilations[1]];
    const phase = from.map((k, axis) => k % a.strides[axis]!),
      start = from.map((k, axis) => Math.floor(k / a.strides[axis]!));
    const key = phase.join();
    const picked = phases.get(key) ?? cut(padded, at, phase, limits, a.strides);
    phases.set(key, picked);
    return cut(picked, at, start, start.map((k, axis) => k + size[axis]!), [1, 1]);
  };
}

/** Some rows and columns; x itself when nothing is cut away. */
function cut(
  x: Value,
  at: number,
  starts: readonly number[],
  ends: readonly number[],
  steps: readonly number[],
): Value {
  const whole = [0, 1].every((k) => starts[k] === 0 && steps[k] === 1 && ends[k]! >= fixed("cut", x.shape, at + k));
  return whole ? x : slice(x, { axes: [at, at + 1], starts, ends, steps });
}

/** Gradient of a bias per channel. */
const channelSum = (g: Value) => reduceSum(g, [0, 2, 3], false);

const convRule: GradientRule = ({ inputs, attributes }, [g]) => {
  const [x, w] = inputs as [Value, Value];
  const a = convAttributes(attributes);
  return [
    () => convInputGradient(g!, w, x, a),
    () => convWeightGradient(g!, x, w, a),
    () => channelSum(g!),
  ];
};

// A transposed convolution is the input gradient of a convolution, so its own gradients are that convolution's.
const convTransposeRule: GradientRule = ({ inputs, attributes }, [g]) => {
  const [x, w] = inputs as [Value, Value];
  const a = convAttributes(attributes);
  return [
    () => conv(g!, w, a),
    () => convWeightGradient(x, g!, w, a),
    () => channelSum(g!),
  ];
};

/** Rules of this family. */
export const CONVOLUTION_RULES: Readonly<Record<string, GradientRule>> = {
  Conv: convRule,
  ConvTranspose: convTransposeRule,
};
