/** Gradients of pooling and of nearest-neighbour enlargement. */
import { fixed } from "../_node.ts";
import { conv, type ConvAttributes, convAttributes, convTranspose } from "../ops/convolution.ts";
import { constant, full } from "../ops/creation.ts";
import { add, cast, div, equal, mul } from "../ops/elementwise.ts";
import { concat, expand, pad, reshape, resizeNearest, slice, unsqueeze } from "../ops/movement.ts";
import type { GradientRule, Node, Value } from "../types.ts";

/** Window and steps of a pooling node. */
interface Window extends ConvAttributes {
  readonly kernel: readonly [number, number];
}

function windowOf(node: Node): Window {
  const attribute = node.attributes["kernel_shape"] as { ints: [number, number] };
  return { ...convAttributes(node.attributes), kernel: attribute.ints };
}

/** Rows or columns that no window reached, which a transposed convolution adds back as zeros. */
function unreached(axis: 0 | 1, x: Value, y: Value, { kernel, strides, pads, dilations }: Window): number {
  const reach = dilations[axis] * (kernel[axis] - 1) + 1;
  const steps = strides[axis] * (fixed("Pool", y.shape, 2 + axis) - 1);
  return fixed("Pool", x.shape, 2 + axis) + pads[axis] + pads[2 + axis]! - reach - steps;
}

/** Spreads numbers over windows with a kernel per channel; overlapping windows add up. */
function spread(g: Value, kernels: Value, x: Value, y: Value, window: Window): Value {
  const outputPads = [unreached(0, x, y, window), unreached(1, x, y, window)] as const;
  return convTranspose(g, kernels, { ...window, group: fixed("Pool", x.shape, 1), outputPads });
}

/** How many pixels of the image, its border left out, each window covers: `[1, 1, H', W']`. */
function coverage(x: Value, y: Value, { kernel, strides, pads, dilations }: Window): Value {
  const along = (axis: 0 | 1) =>
    Array.from({ length: fixed("Pool", y.shape, 2 + axis) }, (_, i) => {
      let count = 0;
      for (let k = 0; k < kernel[axis]; k++) {
        const at = i * strides[axis] + k * dilations[axis] - pads[axis];
        if (at >= 0 && at < fixed("Pool", x.shape, 2 + axis)) count++;
      }
      return count;
    });
  const rows = along(0), columns = along(1);
  const counts = Float32Array.from(rows.flatMap((r) => columns.map((c) => r * c)));
  return constant(counts, [1, 1, rows.length, columns.length]);
}

const averagePool: GradientRule = (node, [g]) => {
  const x = node.inputs[0]!, y = node.outputs[0]!, window = windowOf(node);
  const [kh, kw] = window.kernel;
  const include = node.attributes["count_include_pad"] as { int: number } | undefined;
  const whole = include?.int === 1 || window.pads.every((p) => p === 0);
  return [() => {
    const share = div(g!, whole ? kh * kw : coverage(x, y, window));
    return spread(share, full([fixed("Pool", x.shape, 1), 1, kh, kw], 1), x, y, window);
  }];
};

// The gradient goes to every pixel that equals its window's maximum, shared between equals.
const maxPool: GradientRule = (node, [g]) => {
  const x = node.inputs[0]!, y = node.outputs[0]!, window = windowOf(node);
  const [kh, kw] = window.kernel, channels = fixed("MaxPool", x.shape, 1);
  const tiles = window.strides[0] === kh && window.strides[1] === kw && kh === kw &&
    window.pads.every((p) => p === 0) && window.dilations.every((d) => d === 1) &&
    unreached(0, x, y, window) === 0 && unreached(1, x, y, window) === 0;
  if (!tiles) return [() => maxPoolByTaps(g!, x, y, window)];
  return [() => {
    const hit = cast(equal(x, resizeNearest(y, kh)), "float32");
    const hits = conv(hit, full([channels, 1, kh, kw], 1), { strides: [kh, kw], group: channels });
    return mul(hit, resizeNearest(div(g!, hits), kh));
  }];
};

/** Windows of any kind: which tap of each window is its maximum, then each tap's share back to where it came from. */
function maxPoolByTaps(g: Value, x: Value, y: Value, window: Window): Value {
  const { kernel: [kh, kw], strides, pads, dilations } = window;
  const channels = fixed("MaxPool", x.shape, 1), taps = kh * kw;
  const [rows, columns] = [fixed("MaxPool", y.shape, 2), fixed("MaxPool", y.shape, 3)];
  const padded = pads.every((p) => p === 0) ? x : pad(x, [0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]], -Infinity);
  const hits = Array.from({ length: taps }, (_, tap) => {
    const top = Math.floor(tap / kw) * dilations[0], left = (tap % kw) * dilations[1];
    const seen = slice(padded, {
      axes: [2, 3],
      starts: [top, left],
      ends: [top + (rows - 1) * strides[0] + 1, left + (columns - 1) * strides[1] + 1],
      steps: strides,
    });
    return cast(equal(seen, y), "float32"); // N, C, H', W'
  });
  const share = div(g, hits.reduce((a, b) => add(a, b)));
  const stacked = concat(hits.map((hit) => unsqueeze(mul(hit, share), [2])), 2); // N, C, T, H', W'
  const oneHot = new Float32Array(channels * taps * taps);
  for (let i = 0; i < channels * taps; i++) oneHot[i * taps + i % taps] = 1;
  const kernels = constant(oneHot, [channels * taps, 1, kh, kw]);
  return spread(reshape(stacked, [x.shape[0]!, channels * taps, rows, columns]), kernels, x, y, window);
}

const globalAveragePool: GradientRule = ({ inputs }, [g]) => {
  const x = inputs[0]!;
  const area = fixed("GlobalAveragePool", x.shape, 2) * fixed("GlobalAveragePool", x.shape, 3);
  return [() => expand(div(g!, area), x)];
};

// Each source pixel was copied to a block; its gradient is the block's sum, which a convolution with ones takes fastest.
const resize: GradientRule = ({ inputs, outputs }, [g]) => {
  const x = inputs[0]!, scale = fixed("Resize", outputs[0]!.shape, 2) / fixed("Resize", x.shape, 2);
  const channels = fixed("Resize", x.shape, 1);
  return [() => conv(g!, full([channels, 1, scale, scale], 1), { strides: [scale, scale], group: channels })];
};

/** Rules of this family. */
export const POOLING_RULES: Readonly<Record<string, GradientRule>> = {
  AveragePool: averagePool,
  MaxPool: maxPool,
  GlobalAveragePool: globalAveragePool,
  Resize: resize,
};
