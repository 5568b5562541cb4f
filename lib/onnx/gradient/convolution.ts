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
  const padded = a.pads.some((p) => p > 0) ? pad(x, [0, 0, a.pads[0], a.pads[1], 0, 0, a.pads[2], a.pads[3]]) : x;
  const dy = group === 1
    ? reshape(g, [batch, out!, rows * cols])
    : reshape(g, [batch, group, out! / group, rows * cols]);
  const taps: Value[] = [];
  for (let i = 0; i < kh!; i++) {
    for (let j = 0; j < kw!; j++) {
      const top = i * a.dilations[0], left = j * a.dilations[1];
      const window = kh === 1 && kw === 1 && a.strides[0] === 1 && a.strides[1] === 1 ? padded : slice(padded, {
        axes: [2, 3],
        starts: [top, left],
        ends: [top + (rows - 1) * a.strides[0] + 1, left + (cols - 1) * a.strides[1] + 1],
        steps: [...a.strides],
      });
      const flat = group === 1
        ? reshape(window, [batch, inn!, rows * cols])
        : reshape(window, [batch, group, inn!, rows * cols]);
      const perImage = fusedMatmul(dy, flat, false, true); // [N, O, C] or [N, G, O/G, C/G]
      taps.push(reshape(reduceSum(perImage, [0], false), [out!, inn!, 1]));
    }
  }
  return reshape(taps.length === 1 ? taps[0]! : concat(taps, 2), [out!, inn!, kh!, kw!]);
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
