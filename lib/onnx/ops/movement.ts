/** Operations that move elements without computing: reshape, transpose, slices, gathers. */
import { axisOf, broadcast, checkRank, checkType, elementCount, emit, fixed, makeNode, show } from "../_node.ts";
import { divideExtents, extentOf } from "../_extent.ts";
import type { Dim, Value } from "../types.ts";
import { ints, scalar } from "./creation.ts";

/**
 * The same elements under other axis lengths.
 *
 * At most one length may be -1. A symbolic length must stand at the same position in x, or be the only unknown one.
 */
export function reshape(x: Value, dims: readonly Dim[]): Value {
  const spec = dims.map((dim, i) => typeof dim === "number" ? dim : x.shape[i] === dim ? 0 : -1);
  const fail = (why: string): never => {
    throw new TypeError(`Cannot reshape ${show(x.shape)} to ${show(dims)}: ${why}`);
  };
  if (spec.filter((d) => d === -1).length > 1) fail("more than one length is unknown");
  const shape = [...dims];
  const hole = dims.indexOf(-1);
  const have = extentOf(x.shape), want = extentOf(dims);
  const rest = divideExtents(have, want);
  if (hole >= 0) {
    if (rest === undefined && want.names.length === 0 && have.names.length === 0) fail("element counts differ");
    shape[hole] = rest ?? `(${x.shape.join("*")})/(${dims.filter((d) => d !== -1).join("*")})`;
  } else if (have.names.join() === want.names.join()) {
    if (have.factor !== want.factor) fail(`element counts differ, ${have.factor} and ${want.factor}`);
  } else if (spec.filter((_, i) => typeof dims[i] === "string").length !== 1) {
    fail("symbolic lengths differ");
  }
  return emit("Reshape", [x, ints(spec)], x.dtype, shape);
}

/** All axes before `axis` in one, and all from `axis` on in another. */
export function flatten(x: Value, axis = 1): Value {
  const at = axisOf("Flatten", axis, x.shape.length);
  const tail = x.shape.slice(at).reduce<number>((p, _, i) => p * fixed("Flatten", x.shape, at + i), 1);
  return at === 1 ? reshape(x, [x.shape[0]!, tail]) : reshape(x, [-1, tail]);
}

/** Axes in another order. */
export function transpose(x: Value, perm: readonly number[]): Value {
  if (perm.length !== x.shape.length || [...perm].sort((a, b) => a - b).some((p, i) => p !== i)) {
    throw new TypeError(`Cannot transpose ${show(x.shape)}: ${show(perm)} is not an order of its axes`);
  }
  return emit("Transpose", [x], x.dtype, perm.map((p) => x.shape[p]!), { perm: { ints: perm } });
}

/** Values joined along an axis. */
export function concat(xs: readonly Value[], axis: number): Value {
  const first = xs[0];
  if (first === undefined) throw new TypeError("Cannot concatenate: no values given");
  const at = axisOf("Concat", axis, first.shape.length);
  const shape = [...first.shape];
  let total = 0;
  for (const x of xs) {
    checkType("Concat", "each operand", x, first.dtype);
    if (x.shape.length !== shape.length || x.shape.some((d, i) => i !== at && d !== shape[i])) {
      throw new TypeError(`Cannot concatenate ${show(first.shape)} and ${show(x.shape)} along axis ${at}`);
    }
    total += fixed("Concat", x.shape, at);
  }
  shape[at] = total;
  return emit("Concat", xs, first.dtype, shape, { axis: { int: at } });
}

/** A value cut along an axis into parts of the given sizes. */
export function split(x: Value, sizes: readonly number[], axis: number): Value[] {
  const at = axisOf("Split", axis, x.shape.length);
  if (sizes.reduce((a, b) => a + b, 0) !== fixed("Split", x.shape, at)) {
    throw new TypeError(`Cannot split axis ${at} of ${show(x.shape)} into ${show(sizes)}: the sizes do not add up`);
  }
  const outputs = sizes.map((n) => ({ dtype: x.dtype, shape: x.shape.map((d, i) => i === at ? n : d) }));
  return [...makeNode("Split", [x, ints(sizes)], outputs, { axis: { int: at } }).outputs];
}

/** Options of {@linkcode slice}. */
export interface SliceOptions {
  /** Axes to cut. */
  readonly axes: readonly number[];
  /** First index on each axis; negative counts from the end. */
  readonly starts: readonly number[];
  /** Index after the last on each axis; negative counts from the end. */
  readonly ends: readonly number[];
  /** Step on each axis, positive. @default {1 for each} */
  readonly steps?: readonly number[];
}

/** Part of a value: a range on each of the given axes. */
export function slice(x: Value, { axes, starts, ends, steps = axes.map(() => 1) }: SliceOptions): Value {
  const shape = [...x.shape];
  const from: number[] = [], to: number[] = [];
  const at = axes.map((a) => axisOf("Slice", a, x.shape.length));
  at.forEach((axis, i) => {
    const n = fixed("Slice", x.shape, axis), step = steps[i]!;
    if (!(step >= 1)) throw new RangeError(`Cannot build Slice: step ${step} must be at least 1`);
    const limit = (k: number) => Math.min(Math.max(k < 0 ? k + n : k, 0), n);
    from.push(limit(starts[i]!));
    to.push(limit(ends[i]!));
    shape[axis] = Math.max(0, Math.ceil((to[i]! - from[i]!) / step));
  });
  return emit("Slice", [x, ints(from), ints(to), ints(at), ints(steps)], x.dtype, shape);
}

/** New axes of length 1 at the given positions of the result. */
export function unsqueeze(x: Value, axes: readonly number[]): Value {
  const rank = x.shape.length + axes.length;
  const at = axes.map((a) => axisOf("Unsqueeze", a, rank));
  const shape: Dim[] = [];
  let next = 0;
  for (let i = 0; i < rank; i++) shape.push(at.includes(i) ? 1 : x.shape[next++]!);
  return emit("Unsqueeze", [x, ints(at)], x.dtype, shape);
}

/** Axes of length 1 taken away. */
export function squeeze(x: Value, axes: readonly number[]): Value {
  const at = axes.map((a) => axisOf("Squeeze", a, x.shape.length));
  for (const a of at) {
    if (x.shape[a] !== 1) throw new TypeError(`Cannot squeeze axis ${a} of ${show(x.shape)}: its length is not 1`);
  }
  return emit("Squeeze", [x, ints(at)], x.dtype, x.shape.filter((_, i) => !at.includes(i)));
}

/** Entries of x along an axis chosen by int64 indices. */
export function gather(x: Value, indices: Value, axis = 0): Value {
  checkType("Gather", "the indices", indices, "int64", "int32");
  const at = axisOf("Gather", axis, x.shape.length);
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  return emit("Gather", [x, indices], x.dtype, shape, { axis: { int: at } });
}

/** result[i][j] = x[index[i][j]][j] for axis 0, and alike for other axes. */
export function gatherElements(x: Value, indices: Value, axis: number): Value {
  checkType("GatherElements", "the indices", indices, "int64", "int32");
  checkRank("GatherElements", "the indices", indices, x.shape.length);
  const at = axisOf("GatherElements", axis, x.shape.length);
  return emit("GatherElements", [x, indices], x.dtype, indices.shape, { axis: { int: at } });
}

/** A copy of x in which result[index[i][j]][j] = updates[i][j] for axis 0, and alike for other axes. */
export function scatterElements(
  x: Value,
  indices: Value,
  updates: Value,
  axis: number,
  reduction: "none" | "add" = "none",
): Value {
  checkType("ScatterElements", "the indices", indices, "int64", "int32");
  checkType("ScatterElements", "the updates", updates, x.dtype);
  checkRank("ScatterElements", "the indices", indices, x.shape.length);
  const at = axisOf("ScatterElements", axis, x.shape.length);
  if (show(indices.shape) !== show(updates.shape)) {
    throw new TypeError(
      `Cannot build ScatterElements: indices ${show(indices.shape)} and updates ${show(updates.shape)} differ`,
    );
  }
  return emit("ScatterElements", [x, indices, updates], x.dtype, x.shape, {
    axis: { int: at },
    reduction: { text: reduction },
  });
}

/** Lengths of all axes as an int64 vector, known when the model runs. */
export function shapeOf(x: Value): Value {
  return emit("Shape", [x], "int64", [x.shape.length]);
}

/** x repeated to a larger shape by broadcasting; the target is a fixed shape or the shape of another value. */
export function expand(x: Value, target: readonly number[] | Value): Value {
  if ("dtype" in target) {
    const shape = broadcast("Expand", x.shape, target.shape);
    const known = elementCount(shape) !== undefined;
    return emit("Expand", [x, known ? ints(shape as number[]) : shapeOf(target)], x.dtype, shape);
  }
  return emit("Expand", [x, ints(target)], x.dtype, broadcast("Expand", x.shape, target));
}

/** x with a border of one number; pads are all starts, then all ends, one per axis. */
export function pad(x: Value, pads: readonly number[], value = 0): Value {
  const rank = x.shape.length;
  if (pads.length !== 2 * rank || pads.some((p) => p < 0)) {
    throw new TypeError(`Cannot pad ${show(x.shape)}: expected ${2 * rank} lengths >= 0, found ${show(pads)}`);
  }
  const shape = x.shape.map((d, i) => {
    const extra = pads[i]! + pads[rank + i]!;
    return extra === 0 ? d : fixed("Pad", x.shape, i) + extra;
  });
  return emit("Pad", [x, ints(pads), scalar(value)], x.dtype, shape, { mode: { text: "constant" } });
}

/** Images `[N, C, H, W]` enlarged by a whole factor, each pixel repeated. */
export function resizeNearest(x: Value, scale = 2): Value {
  checkRank("Resize", "the operand", x, 4);
  if (!Number.isInteger(scale) || scale < 1) throw new RangeError(`Cannot resize: scale ${scale} is not a whole number`);
  const shape = [x.shape[0]!, x.shape[1]!, fixed("Resize", x.shape, 2) * scale, fixed("Resize", x.shape, 3) * scale];
  const scales: Value = {
    dtype: "float32",
    shape: [4],
    source: { kind: "memory", data: Float32Array.of(1, 1, scale, scale) },
  };
  return emit("Resize", [x, undefined, scales], x.dtype, shape, {
    mode: { text: "nearest" },
    coordinate_transformation_mode: { text: "asymmetric" },
    nearest_mode: { text: "floor" },
  });
}
