/**
 * Gradients of convolution and of its transpose.
 *
 * The formulations were chosen by measuring (`deno task bench`): the input gradient of a convolution with stride 1 is a
 * convolution with flipped weights, else a transposed convolution; the weight gradient is one matrix product per tap of
 * the kernel, over shifted windows of the padded operand. Gathering the windows of all taps for one large product, and
 * splitting stride 2 into four convolutions of stride 1, were slower.
 */
import { derived } from "../_derived.ts";
import { fixed } from "../_node.ts";
import { conv, type ConvAttributes, convAttributes, convTranspose } from "../ops/convolution.ts";
import { constant } from "../ops/creation.ts";
import { fusedMatmul, gemm, matmul } from "../ops/linalg.ts";
import { channelSums } from "../ops/dots.ts";
import { concat, pad, reshape, slice, spaceToDepth, transpose } from "../ops/movement.ts";
import { reduceSum } from "../ops/reduction.ts";
import type { GradientRule, Value } from "../types.ts";

/** Kernel with both axes reversed: a product with a permutation, which is ten times as fast as picking element by element. */
function flip(w: Value): Value {
  const taps = fixed("flip", w.shape, 2) * fixed("flip", w.shape, 3);
  if (taps === 1) return w;
  const reversed = new Float32Array(taps * taps);
  for (let i = 0; i < taps; i++) reversed[i * taps + taps - 1 - i] = 1;
  return reshape(matmul(reshape(w, [-1, taps]), constant(reversed, [taps, taps])), w.shape);
}

/** Weight with the two channel axes swapped inside each group: `[O, C/g, h, w]` -> `[C, O/g, h, w]`. */
function swapChannels(w: Value, group: number): Value {
  if (group === 1) return transpose(w, [1, 0, 2, 3]);
  const [out, inn, h, v] = w.shape as number[];
  const split = reshape(w, [group, out! / group, inn!, h!, v!]);
  return reshape(transpose(split, [0, 2, 1, 3, 4]), [inn! * group, out! / group, h!, v!]);
}

/**
 * Gradient of a convolution with respect to its operand.
 *
 * @param convolve How to convolve where the gradient is a convolution.
 */
export function convInputGradient(g: Value, w: Value, x: Value, a: ConvAttributes, convolve = conv): Value {
  const size = [2, 3].map((i) => fixed("Conv", x.shape, i));
  const reach = [0, 1].map((i) => a.dilations[i]! * (fixed("Conv", w.shape, 2 + i) - 1));
  const fits = a.strides[0] === 1 && a.strides[1] === 1 && a.pads.every((p, i) => p <= reach[i % 2]!);
  if (fits) {
    const pads = a.pads.map((p, i) => reach[i % 2]! - p) as [number, number, number, number];
    const { dilations, group } = a;
    const kernel = derived(w, `flipped ${group}`, () => flip(swapChannels(w, group)));
    return convolve(g, kernel, { pads, dilations, group });
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
  if (kh === 1 && kw === 1 && a.pads.every((p) => p === 0) && Math.max(...a.strides) > 1) {
    const [steps, ends] = [a.strides, [0, 1].map((i) => (fixed("Conv", g.shape, 2 + i) - 1) * a.strides[i]! + 1)];
    const seen = slice(x, { axes: [2, 3], starts: [0, 0], ends, steps }); // one phase of several is picked faster than all parted
    return convWeightGradient(g, seen, w, { ...a, strides: [1, 1] });
  }
  if (a.group === 1 && inn! <= FEW_CHANNELS && kh! * kw! > 1) return productOfAllTaps(g, x, w, a);
  const small = a.group === 1 && rows * cols <= SMALL_AREA, taps: Value[] = [];
  const tap = small ? productsChannelsLast(g, x, a) : productsPerImage(g, x, a);
  for (let i = 0; i < kh!; i++) for (let j = 0; j < kw!; j++) taps.push(tap(i, j));
  if (small) return reshape(joined(taps.map((v) => reshape(v, [out!, inn!, 1])), 2), [out!, inn!, kh!, kw!]);
  // One sum of all taps' products where they are small; where they are large, one sum a tap, so that few are held.
  const sums = out! * inn! <= SMALL_PRODUCT
    ? reduceSum(joined(taps, 1), [0], false)
    : joined(taps.map((v) => reduceSum(v, [0], false)), 0);
  return reshape(transpose(reshape(sums, [taps.length, out! * inn!]), [1, 0]), [out!, inn!, kh!, kw!]);
}

/** Elements of a tap's gradient up to which the products of all taps and images are held at once. */
const SMALL_PRODUCT = 4096;

function joined(values: readonly Value[], axis: number): Value {
  return values.length === 1 ? values[0]! : concat(values, axis);
}

/** What all taps see of at most this many channels is multiplied at once. */
const FEW_CHANNELS = 4;

/** The weight gradient as one product per image of all taps: for colours, whose own products would be narrow. */
function productOfAllTaps(g: Value, x: Value, w: Value, a: ConvAttributes): Value {
  const [out, inn, kh, kw] = w.shape as number[],
    [batch, , rows, cols] = g.shape as [Value["shape"][number], ...number[]];
  const windowAt = tapWindows(phases(x, a), a, { size: [rows!, cols!], channels: inn!, axes: [1, 2, 3] });
  const windows = Array.from({ length: kh! * kw! }, (_, tap) => windowAt(Math.floor(tap / kw!), tap % kw!));
  const seen = reshape(concat(windows, 1), [batch, kh! * kw! * inn!, rows! * cols!]);
  const taps = reduceSum(fusedMatmul(reshape(g, [batch, out!, rows! * cols!]), seen, false, true), [0], false);
  return reshape(transpose(reshape(taps, [out!, kh! * kw!, inn!]), [0, 2, 1]), w.shape);
}

/** Something for each tap of a kernel: row and column of the tap. */
type PerTap = (i: number, j: number) => Value;

/** One product per image `[N, O, C]`, channels as rows: best for large images. */
function productsPerImage(g: Value, x: Value, a: ConvAttributes): PerTap {
  const [batch, out, rows, cols] = g.shape as [Value["shape"][number], number, number, number];
  const flat = (v: Value, channels: number) => {
    const area = rows * cols;
    return reshape(v, a.group === 1 ? [batch, channels, area] : [batch, a.group, channels / a.group, area]);
  };
  const dy = flat(g, out), inputs = fixed("Conv", x.shape, 1);
  const windowAt = tapWindows(phases(x, a), a, { size: [rows, cols], channels: inputs, axes: [1, 2, 3] });
  return (i, j) => fusedMatmul(dy, flat(windowAt(i, j), inputs), false, true);
}

/** One product for all images, channels last: twice as fast at 7x7 pixels, no better from 28x28 on. */
function productsChannelsLast(g: Value, x: Value, a: ConvAttributes): PerTap {
  const [, out, rows, cols] = g.shape as [Value["shape"][number], number, number, number];
  const dy = reshape(transpose(g, [0, 2, 3, 1]), [-1, out]), channels = fixed("Conv", x.shape, 1); // N H' W', O
  const last = transpose(phases(x, a), [0, 2, 3, 1]);
  const windowAt = tapWindows(last, a, { size: [rows, cols], channels, axes: [3, 1, 2] });
  return (i, j) => gemm(dy, reshape(windowAt(i, j), [-1, channels]), { transA: true });
}

/**
 * The padded operand, its pixels parted by what is left of row and column after division by the steps: `[N, sh*sw*C, H/sh, W/sw]`.
 *
 * Every window of a tap is then a piece without steps; picking pixels by steps costs three times as much.
 */
function phases(x: Value, { pads: [top, left, bottom, right], strides: [down, across] }: ConvAttributes): Value {
  const [channels, rows, cols] = [1, 2, 3].map((axis) => fixed("Conv", x.shape, axis));
  const height = Math.ceil((rows! + top + bottom) / down), width = Math.ceil((cols! + left + right) / across);
  const borders = [top, left, height * down - rows! - top, width * across - cols! - left];
  const [t, l, b, r] = borders as [number, number, number, number];
  const padded = borders.some((n) => n > 0) ? pad(x, [0, 0, t, l, 0, 0, b, r]) : x;
  if (down === 1 && across === 1) return padded;
  if (down === across) return spaceToDepth(padded, down);
  const blocks = transpose(reshape(padded, [x.shape[0]!, channels!, height, down, width, across]), [0, 3, 5, 1, 2, 4]);
  return reshape(blocks, [x.shape[0]!, down * across * channels!, height, width]);
}

/** What each tap of a kernel sees, cut from {@linkcode phases}, whose channels, rows and columns lie on the given axes. */
function tapWindows(parts: Value, { dilations, strides }: ConvAttributes, { size, channels, axes }: {
  readonly size: readonly [number, number];
  readonly channels: number;
  readonly axes: readonly [number, number, number];
}): PerTap {
  return (i, j) => {
    const from = [i * dilations[0], j * dilations[1]] as const;
    const phase = from[0] % strides[0] * strides[1] + from[1] % strides[1];
    const starts = [phase * channels, ...from.map((k, axis) => Math.floor(k / strides[axis]!))];
    const ends = [channels, ...size].map((length, k) => starts[k]! + length);
    const cut = axes.map((_, k) => k).filter((k) => starts[k]! > 0 || ends[k]! < fixed("Conv", parts.shape, axes[k]!));
    const pick = (list: readonly number[]) => cut.map((k) => list[k]!);
    return cut.length === 0 ? parts : slice(parts, { axes: pick(axes), starts: pick(starts), ends: pick(ends) });
  };
}

const convRule: GradientRule = ({ inputs, attributes }, [g]) => {
  const [x, w] = inputs as [Value, Value];
  const a = convAttributes(attributes);
  return [
    () => convInputGradient(g!, w, x, a),
    () => convWeightGradient(g!, x, w, a),
    () => channelSums(g!),
  ];
};

// A transposed convolution is the input gradient of a convolution, so its own gradients are that convolution's.
const convTransposeRule: GradientRule = ({ inputs, attributes }, [g]) => {
  const [x, w] = inputs as [Value, Value];
  const a = convAttributes(attributes);
  return [
    () => conv(g!, w, a),
    () => convWeightGradient(x, g!, w, a),
    () => channelSums(g!),
  ];
};

/** Rules of this family. */
export const CONVOLUTION_RULES: Readonly<Record<string, GradientRule>> = {
  Conv: convRule,
  ConvTranspose: convTransposeRule,
};
