/**
 * Gradients of convolution and of its transpose.
 *
 * The formulations were chosen by measuring (`deno task bench`): the input gradient of a convolution with stride 1 is a
 * convolution with flipped weights, else a transposed convolution; the weight gradient is one matrix product per tap of
 * the kernel, over shifted windows of the padded operand.
 */
import { fixed } from "../_node.ts";
import { conv, type ConvAttributes, convAttributes, convTranspose } from "../ops/convolution.ts";
import { ints } from "../ops/creation.ts";
import { fusedMatmul } from "../ops/linalg.ts";
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

/** Gradient of a convolution with respect to its weight. */
export function convWeightGradient(g: Value, x: Value, w: Value, a: ConvAttributes): Value {
  const [out, inn, kh, kw] = w.shape as number[];
  const [rows, cols] = [fixed("Conv", g.shape, 2), fixed("Conv", g.shape, 3)];
  const batch = g.shape[0]!, { group } = a;
  const flat = (v: Value, channels: number) =>
    reshape(v, group === 1 ? [batch, channels, rows * cols] : [batch, group, channels, rows * cols]);
  const dy = flat(g, out! / group);
  const windowAt = tapWindows(x, a, rows, cols);
  const taps: Value[] = [];
  for (let i = 0; i < kh!; i++) {
    for (let j = 0; j < kw!; j++) {
      const perImage = fusedMatmul(dy, flat(windowAt(i, j), inn!), false, true); // [N, O, C] or [N, G, O/G, C/G]
      taps.push(reshape(reduceSum(perImage, [0], false), [out!, inn!, 1]));
    }
  }
  return reshape(taps.length === 1 ? taps[0]! : concat(taps, 2), [out!, inn!, kh!, kw!]);
}

/**
 * What each tap of a kernel sees of the padded operand, `[N, C, H', W']`.
 *
 * With steps above 1 the taps fall into phases; the pixels of a phase are picked out once, because a slice with steps
 * costs three times one without.
 */
function tapWindows(x: Value, a: ConvAttributes, rows: number, cols: number): (i: number, j: number) => Value {
  const padded = a.pads.some((p) => p > 0) ? pad(x, [0, 0, a.pads[0], a.pads[1], 0, 0, a.pads[2], a.pads[3]]) : x;
  const size = [2, 3].map((axis) => fixed("Conv", padded.shape, axis)) as [number, number];
  const phases = new Map<string, Value>();
  const phaseAt = (top: number, left: number) => {
    const key = `${top},${left}`;
    const found = phases.get(key) ?? cut(padded, [top, left], size, a.strides);
    phases.set(key, found);
    return found;
  };
  return (i, j) => {
    const [top, left] = [i * a.dilations[0], j * a.dilations[1]];
    const phase = phaseAt(top % a.strides[0], left % a.strides[1]);
    const from = [Math.floor(top / a.strides[0]), Math.floor(left / a.strides[1])] as const;
    return cut(phase, from, [from[0] + rows, from[1] + cols]);
  };
}

/** Part of images; the images themselves when nothing is cut away. */
function cut(x: Value, from: readonly number[], to: readonly number[], steps: readonly number[] = [1, 1]): Value {
  const whole = [0, 1].every((k) => from[k] === 0 && to[k]! >= fixed("cut", x.shape, 2 + k) && steps[k] === 1);
  return whole ? x : slice(x, { axes: [2, 3], starts: from, ends: to, steps });
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
