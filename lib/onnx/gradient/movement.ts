/** Gradients of operations that move elements: each sends gradients back where the elements came from. */
import { elementCount, fixed } from "../_node.ts";
import { full, scalar } from "../ops/creation.ts";
import * as op from "../ops/movement.ts";
import type { GradientRule, Value } from "../types.ts";
import { unbroadcast } from "./unbroadcast.ts";

/** Axis attribute of a node as a number >= 0. */
function axis(node: Parameters<GradientRule>[0], rank: number): number {
  const a = (node.attributes["axis"] as { int: number } | undefined)?.int ?? 0;
  return a < 0 ? a + rank : a;
}

/** Numbers of an int64 constant operand. */
export function constantInts(value: Value | undefined): number[] | undefined {
  const source = value?.source;
  return source?.kind === "memory" && source.data instanceof BigInt64Array
    ? Array.from(source.data, Number)
    : undefined;
}

/** Zeros of the same shape as x. */
function zerosLike(x: Value): Value {
  return elementCount(x.shape) === undefined ? op.expand(scalar(0), x) : full(x.shape as number[], 0);
}

const back: GradientRule = ({ inputs }, [g]) => [() => op.reshape(g!, inputs[0]!.shape)];

const transpose: GradientRule = ({ attributes }, [g]) => {
  const perm = (attributes["perm"] as { ints: number[] }).ints;
  const inverse = perm.map((_, i) => perm.indexOf(i));
  return [() => op.transpose(g!, inverse)];
};

const concat: GradientRule = (node, [g]) => {
  const at = axis(node, g!.shape.length);
  let start = 0;
  return node.inputs.map((x) => {
    const from = start;
    const size = fixed("Concat", x!.shape, at);
    start += size;
    return () => op.slice(g!, { axes: [at], starts: [from], ends: [from + size] });
  });
};

const split: GradientRule = (node, gs) => {
  const at = axis(node, node.inputs[0]!.shape.length);
  return [() => op.concat(node.outputs.map((y, i) => gs[i] ?? zerosLike(y)), at)];
};

const slice: GradientRule = ({ inputs }, [g]) => {
  const x = inputs[0]!;
  const [starts, , axes, steps] = inputs.slice(1).map(constantInts);
  if (!starts || !axes) throw new TypeError("Cannot differentiate Slice: its ranges are not constants");
  return [() => {
    let value = g!;
    const before = x.shape.map(() => 0), after = x.shape.map(() => 0);
    axes.forEach((a, i) => {
      value = spaced(value, a, steps?.[i] ?? 1);
      before[a] = starts[i]!;
      after[a] = fixed("Slice", x.shape, a) - starts[i]! - fixed("Slice", value.shape, a);
    });
    return op.pad(value, [...before, ...after]);
  }];
};

/** Zeros put between the elements along an axis, so that they stand `step` apart. */
function spaced(g: Value, axis: number, step: number): Value {
  const count = fixed("Slice", g.shape, axis);
  if (step === 1 || count === 0) return g;
  const split = op.unsqueeze(g, [axis + 1]); // ..., count, 1, ...
  const pads = split.shape.map(() => 0);
  const padded = op.pad(split, [...pads, ...pads.map((_, i) => i === axis + 1 ? step - 1 : 0)]);
  const merged = op.reshape(padded, g.shape.map((d, i) => i === axis ? count * step : d));
  return op.slice(merged, { axes: [axis], starts: [0], ends: [(count - 1) * step + 1] });
}

const gather: GradientRule = (node, [g]) => {
  const [x, indices] = node.inputs as [Value, Value];
  const at = axis(node, x.shape.length);
  return [() => {
    // Duplicate indices add up, so the scatter sums.
    const count = elementCount(indices.shape);
    if (count === undefined) throw new TypeError("Cannot differentiate Gather: its indices have no fixed lengths");
    const flat = op.reshape(g!, x.shape.map((d, i) => i === at ? count : d));
    const index = op.reshape(indices, x.shape.map((_, i) => i === at ? count : 1));
    return op.scatterElements(zerosLike(x), op.expand(index, flat), flat, at, "add");
  }];
};

const gatherElements: GradientRule = (node, [g]) => {
  const [x, indices] = node.inputs as [Value, Value];
  return [() => op.scatterElements(zerosLike(x), indices, g!, axis(node, x.shape.length), "add")];
};

const scatterElements: GradientRule = (node, [g]) => {
  const [x, indices] = node.inputs as [Value, Value, Value];
  const at = axis(node, x.shape.length);
  const adds = (node.attributes["reduction"] as { text: string } | undefined)?.text === "add";
  return [
    () => adds ? g! : op.scatterElements(g!, indices, zerosLike(node.inputs[2]!), at),
    undefined,
    () => op.gatherElements(g!, indices, at),
  ];
};

const pad: GradientRule = ({ inputs }, [g]) => {
  const x = inputs[0]!, pads = constantInts(inputs[1]);
  if (!pads) throw new TypeError("Cannot differentiate Pad: its border is not a constant");
  const axes = x.shape.map((_, i) => i).filter((i) => pads[i]! + pads[x.shape.length + i]! > 0);
  if (axes.length === 0) return [() => g!];
  const starts = axes.map((a) => pads[a]!);
  const ends = axes.map((a) => pads[a]! + fixed("Pad", x.shape, a));
  return [() => op.slice(g!, { axes, starts, ends })];
};

const expand: GradientRule = ({ inputs }, [g]) => [() => unbroadcast(g!, inputs[0]!)];

/** Side of a node's blocks. */
const blockOf = (node: Parameters<GradientRule>[0]) => (node.attributes["blocksize"] as { int: number }).int;

const spaceToDepth: GradientRule = (node, [g]) => [() => op.depthToSpace(g!, blockOf(node))];

const depthToSpace: GradientRule = (node, [g]) => [() => op.spaceToDepth(g!, blockOf(node))];

/** Rules of this family. */
export const MOVEMENT_RULES: Readonly<Record<string, GradientRule>> = {
  Reshape: back,
  Unsqueeze: back,
  Squeeze: back,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
  Pad: pad,
  Expand: expand,
  SpaceToDepth: spaceToDepth,
  DepthToSpace: depthToSpace,
};
