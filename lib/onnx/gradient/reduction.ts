/** Gradients of sums, means, maxima, softmax, matrix products and normalisation. */
import { fixed } from "../_node.ts";
import * as op from "../ops/elementwise.ts";
import { fusedMatmul, gemm } from "../ops/linalg.ts";
import { channelAffine } from "../ops/channel_affine.ts";
import { channelDots, channelSums } from "../ops/dots.ts";
import { expand, gather, reshape, shapeOf } from "../ops/movement.ts";
import { full, ints } from "../ops/creation.ts";
import { reduceMean, reduceSum } from "../ops/reduction.ts";
import type { GradientRule, Node, Value } from "../types.ts";
import { unbroadcast } from "./unbroadcast.ts";
import { constantInts } from "./movement.ts";

/** Axes that a reduction runs over; all when it names none. */
function axesOf(node: Node): number[] {
  const rank = node.inputs[0]!.shape.length;
  const axes = constantInts(node.inputs[1]);
  return axes === undefined || axes.length === 0 ? Array.from({ length: rank }, (_, i) => i) : axes;
}

/** A reduced value with its lost axes put back as length 1. */
function kept(v: Value, node: Node, axes: number[]): Value {
  const shape = node.inputs[0]!.shape.map((d, i) => axes.includes(i) ? 1 : d);
  return v.shape.length === shape.length ? v : reshape(v, shape);
}

/** Number of elements that one mean is taken over, as a number or, for symbolic lengths, as a value. */
function countOf(x: Value, axes: number[]): Value | number {
  const dims = axes.map((a) => x.shape[a]!);
  if (dims.every((d) => typeof d === "number")) return dims.reduce((a, b) => a * b, 1);
  return axes.map((a) => op.cast(reshape(gather(shapeOf(x), ints([a])), []), "float32")).reduce((a, b) => op.mul(a, b));
}

const sum: GradientRule = (node, [g]) => [() => expand(kept(g!, node, axesOf(node)), node.inputs[0]!)];

const mean: GradientRule = (node, [g]) => [() => {
  const axes = axesOf(node), x = node.inputs[0]!;
  return expand(op.div(kept(g!, node, axes), countOf(x, axes)), x);
}];

// Equal maxima share the gradient, as PyTorch's amax does.
const max: GradientRule = (node, [g]) => [() => {
  const axes = axesOf(node), x = node.inputs[0]!;
  const hit = op.cast(op.equal(x, kept(node.outputs[0]!, node, axes)), "float32");
  return op.mul(op.div(hit, reduceSum(hit, axes)), kept(g!, node, axes));
}];

function axisOf(node: Node): number {
  const a = (node.attributes["axis"] as { int: number } | undefined)?.int ?? -1;
  return a < 0 ? a + node.inputs[0]!.shape.length : a;
}

const softmax: GradientRule = (node, [g]) => [() => {
  const y = node.outputs[0]!;
  const gy = op.mul(g!, y);
  return op.sub(gy, op.mul(y, reduceSum(gy, [axisOf(node)])));
}];

const logSoftmax: GradientRule = (node, [g]) => [
  () => op.sub(g!, op.mul(op.exp(node.outputs[0]!), reduceSum(g!, [axisOf(node)]))),
];

const matmul: GradientRule = ({ inputs }, [g]) => {
  const [a, b] = inputs as [Value, Value];
  return [
    () => unbroadcast(fusedMatmul(g!, b, false, true), a),
    () => {
      // A matrix shared by a whole batch: one product over all rows instead of a batch of products and a sum.
      if (b.shape.length === 2 && a.shape.length > 2) {
        const k = fixed("MatMul", a.shape, a.shape.length - 1), n = fixed("MatMul", b.shape, 1);
        return gemm(reshape(a, [-1, k]), reshape(g!, [-1, n]), { transA: true });
      }
      return unbroadcast(fusedMatmul(a, g!, true, false), b);
    },
  ];
};

const fused: GradientRule = ({ inputs, attributes }, [g]) => {
  const [a, b] = inputs as [Value, Value];
  const flag = (name: string) => (attributes[name] as { int: number } | undefined)?.int === 1;
  const [ta, tb] = [flag("transA"), flag("transB")];
  return [
    () => unbroadcast(ta ? fusedMatmul(b, g!, tb, true) : fusedMatmul(g!, b, false, !tb), a),
    () => unbroadcast(tb ? fusedMatmul(g!, a, true, ta) : fusedMatmul(a, g!, !ta, false), b),
  ];
};

const gemmRule: GradientRule = ({ inputs, attributes }, [g]) => {
  const [a, b, c] = inputs as [Value, Value, Value | undefined];
  const flag = (name: string) => (attributes[name] as { int: number } | undefined)?.int === 1;
  const factor = (name: string) => (attributes[name] as { float: number } | undefined)?.float ?? 1;
  if (factor("alpha") !== 1 || factor("beta") !== 1) {
    throw new TypeError("Cannot differentiate Gemm: alpha and beta other than 1 have no rule");
  }
  const [ta, tb] = [flag("transA"), flag("transB")];
  return [
    () => ta ? gemm(b, g!, { transA: tb, transB: true }) : gemm(g!, b, { transB: !tb }),
    () => tb ? gemm(g!, a, { transA: true, transB: ta }) : gemm(a, g!, { transA: !ta }),
    c === undefined ? undefined : () => unbroadcast(g!, c),
  ];
};

const layerNorm: GradientRule = (node, [g]) => {
  const [x, scale] = node.inputs as [Value, Value, Value];
  const epsilon = (node.attributes["epsilon"] as { float: number }).float;
  const centred = op.sub(x, reduceMean(x, [-1]));
  const inverse = op.div(1, op.sqrt(op.add(reduceMean(op.mul(centred, centred), [-1]), epsilon)));
  const hat = op.mul(centred, inverse);
  const lead = x.shape.map((_, i) => i).slice(0, -1);
  return [
    () => {
      const gs = op.mul(g!, scale);
      const inner = op.sub(op.sub(gs, reduceMean(gs, [-1])), op.mul(hat, reduceMean(op.mul(gs, hat), [-1])));
      return op.mul(inner, inverse);
    },
    () => reduceSum(op.mul(g!, hat), lead, false),
    () => reduceSum(g!, lead, false),
  ];
};

// An affine map per channel; the statistics are differentiated too, as they are operands. Made of two sums per channel.
const batchNorm: GradientRule = ({ inputs, attributes }, [g]) => {
  const [x, scale, , mean, variance] = inputs as [Value, Value, Value, Value, Value];
  const epsilon = (attributes["epsilon"] as { float: number } | undefined)?.float ?? 1e-5;
  const inverse = op.div(1, op.sqrt(op.add(variance, epsilon))), slope = op.mul(scale, inverse);
  const total = channelSums(g!);
  let made: Value | undefined;
  const product = () => made ??= op.mul(op.sub(channelDots(g!, x), op.mul(mean, total)), inverse);
  return [
    () => channelAffine(g!, slope, op.cast(full(scale.shape as number[], 0), x.dtype)),
    product,
    () => total,
    () => op.neg(op.mul(total, slope)),
    () => op.mul(op.mul(product(), slope), op.mul(inverse, -0.5)),
  ];
};

/** Rules of this family. */
export const REDUCTION_RULES: Readonly<Record<string, GradientRule>> = {
  ReduceSum: sum,
  ReduceMean: mean,
  ReduceMax: max,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  MatMul: matmul,
  "com.microsoft:FusedMatMul": fused,
  Gemm: gemmRule,
  LayerNormalization: layerNorm,
  BatchNormalization: batchNorm,
};
