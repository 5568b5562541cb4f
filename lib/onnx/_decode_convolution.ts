/** Convolution, pooling and enlargement nodes said in the graph language. */
import { fixed } from "./_node.ts";
import type { NodeReader } from "./_node_reader.ts";
import { averagePool, conv, convTranspose, globalAveragePool, maxPool } from "./ops/convolution.ts";
import { depthToSpace, resizeNearest, spaceToDepth } from "./ops/movement.ts";
import { reduceMax } from "./ops/reduction.ts";
import type { Value } from "./types.ts";

type Pair = [number, number];
type Pads = [number, number, number, number];

/** Two numbers of an attribute; other counts belong to lines or volumes, which are refused. */
function pair(n: NodeReader, name: string, fallback: Pair): Pair {
  const list = n.ints(name);
  if (list !== undefined && list.length !== 2) n.refuse(`${name} has ${list.length} numbers, images have 2`);
  return list === undefined ? fallback : list as Pair;
}

/** Steps and border of a window; borders said in words become numbers. */
function windowOf(n: NodeReader, x: Value, kernel: Pair): { strides: Pair; pads: Pads; dilations: Pair } {
  if (x.shape.length !== 4) n.refuse(`its operand has ${x.shape.length} axes, images have 4`);
  const strides = pair(n, "strides", [1, 1]), dilations = pair(n, "dilations", [1, 1]);
  const mode = n.text("auto_pad", "NOTSET"), given = n.ints("pads");
  if (mode === "NOTSET" && given !== undefined && given.length !== 4) n.refuse(`it has ${given.length} pads`);
  if (mode === "NOTSET") return { strides, dilations, pads: (given ?? [0, 0, 0, 0]) as Pads };
  if (mode === "VALID") return { strides, dilations, pads: [0, 0, 0, 0] };
  if (mode !== "SAME_UPPER" && mode !== "SAME_LOWER") n.refuse(`its border is ${mode}`);
  const total = [0, 1].map((i) => {
    const size = fixed(n.node.op, x.shape, 2 + i), reach = dilations[i]! * (kernel[i]! - 1) + 1;
    return Math.max(0, (Math.ceil(size / strides[i]!) - 1) * strides[i]! + reach - size);
  }) as Pair;
  const less = total.map((t) => Math.floor(t / 2)) as Pair, more = total.map((t) => Math.ceil(t / 2)) as Pair;
  return { strides, dilations, pads: mode === "SAME_UPPER" ? [...less, ...more] : [...more, ...less] };
}

function kernelOf(w: Value): Pair {
  return [fixed("Conv", w.shape, 2), fixed("Conv", w.shape, 3)];
}

function convNode(n: NodeReader): Value {
  n.ignore("kernel_shape");
  const [x, w] = [n.in(0), n.in(1)];
  return conv(x, w, { bias: n.inputs[2], group: n.int("group", 1), ...windowOf(n, x, kernelOf(w)) });
}

function convTransposeNode(n: NodeReader): Value {
  n.ignore("kernel_shape");
  if (n.text("auto_pad", "NOTSET") !== "NOTSET" || n.ints("output_shape") !== undefined) {
    n.refuse("its result's size is given and not its border");
  }
  const [x, w] = [n.in(0), n.in(1)];
  const window = windowOf(n, x, kernelOf(w)), outputPads = pair(n, "output_padding", [0, 0]);
  return convTranspose(x, w, { bias: n.inputs[2], group: n.int("group", 1), ...window, outputPads });
}

function poolWindow(n: NodeReader): { kernel: Pair; strides: Pair; pads: Pads; over: Pair } {
  const x = n.in(0), kernel = pair(n, "kernel_shape", [0, 0]);
  const { dilations, ...window } = windowOf(n, x, kernel);
  if (dilations.some((d) => d !== 1)) n.refuse("its windows have gaps");
  const over = n.int("ceil_mode", 0) === 0 ? [0, 0] as Pair : overEdge(n, x, { kernel, ...window });
  return { kernel, ...window, over };
}

/** Pixels by which the last windows stand over the lower and the right edge when sizes are rounded up. */
function overEdge(
  n: NodeReader,
  x: Value,
  { kernel, strides, pads }: { readonly kernel: Pair; readonly strides: Pair; readonly pads: Pads },
): Pair {
  return [0, 1].map((i) => {
    const size = fixed(n.node.op, x.shape, 2 + i), room = size + pads[i]! + pads[2 + i]! - kernel[i]!;
    const steps = Math.ceil(room / strides[i]!);
    // A window must begin within the image or its upper border.
    const last = steps * strides[i]! >= size + pads[i]! ? steps - 1 : steps;
    return Math.max(0, last * strides[i]! - room);
  }) as Pair;
}

/** Pixels outside the image never win, so those that windows stand over the edge by are more border. */
function maxPoolNode(n: NodeReader): Value {
  n.ignore("storage_order");
  const { over, pads: [top, left, bottom, right], ...window } = poolWindow(n);
  return maxPool(n.in(0), { ...window, pads: [top, left, bottom + over[0], right + over[1]] });
}

function averagePoolNode(n: NodeReader): Value {
  const { over, ...window } = poolWindow(n);
  if (over.some((pixels) => pixels > 0)) n.refuse("its windows stand over the edge");
  return averagePool(n.in(0), { ...window, countIncludePad: n.int("count_include_pad", 0) === 1 });
}

/** Nearest-neighbour enlargement by a whole factor; both ways of counting pixels agree then. */
function resizeNode(n: NodeReader): Value {
  n.ignore("cubic_coeff_a", "extrapolation_value", "exclude_outside");
  const x = n.in(0), mode = n.text("mode", "nearest");
  const upsample = n.node.op === "Upsample", older = upsample || n.opset < 11;
  const place = older ? "asymmetric" : n.text("coordinate_transformation_mode", "half_pixel");
  const rounding = older ? "floor" : n.text("nearest_mode", "round_prefer_floor");
  const exact = (place === "asymmetric" && rounding === "floor") ||
    (place === "half_pixel" && rounding.startsWith("round_prefer"));
  if (mode !== "nearest" || !exact) n.refuse(`it is ${mode}, ${place}, ${rounding}`);
  const attribute = upsample ? n.floats("scales") : undefined;
  const scales = attribute ?? n.constantFloats(older ? 1 : 2) ?? [];
  const sizes = scales.length === 0 ? n.numbers(3) ?? [] : [];
  const factors = scales.length > 0
    ? scales
    : sizes.map((size, i) => size === x.shape[i] ? 1 : size / (x.shape[i] as number));
  const [a, b, h, w] = factors;
  if (factors.length !== 4 || a !== 1 || b !== 1 || h !== w) n.refuse(`its factors are [${factors.join(", ")}]`);
  return resizeNearest(x, h!);
}

function depthToSpaceNode(n: NodeReader): Value {
  const mode = n.text("mode", "DCR");
  return mode === "DCR" ? depthToSpace(n.in(0), n.int("blocksize", 0)) : n.refuse(`its mode is ${mode}`);
}

/** Builders of this family. */
export const CONVOLUTION_NODES: readonly [string, (n: NodeReader) => Value][] = [
  ["Conv", convNode],
  ["ConvTranspose", convTransposeNode],
  ["MaxPool", maxPoolNode],
  ["AveragePool", averagePoolNode],
  ["GlobalAveragePool", (n) => globalAveragePool(n.in(0))],
  ["GlobalMaxPool", (n) => reduceMax(n.in(0), [2, 3])],
  ["Resize", resizeNode],
  ["SpaceToDepth", (n) => spaceToDepth(n.in(0), n.int("blocksize", 0))],
  ["DepthToSpace", depthToSpaceNode],
  ["Upsample", resizeNode],
];
