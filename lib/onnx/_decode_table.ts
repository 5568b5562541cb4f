/**
 * Nodes of an ONNX file said in the graph language, one operator a line.
 *
 * Operators as https://onnx.ai/onnx/operators/ states them, operator sets 7 to 23; older forms are translated to ours. What
 * is not translated exactly is refused, and the decoder then keeps the node as it is.
 */
import { emit, fixed } from "./_node.ts";
import type { NodeReader } from "./_node_reader.ts";
import { typeName, typeText } from "./_tensor_proto.ts";
import { CONVOLUTION_NODES } from "./_decode_convolution.ts";
import * as el from "./ops/elementwise.ts";
import * as mv from "./ops/movement.ts";
import * as rd from "./ops/reduction.ts";
import { constant, full, ints, scalar } from "./ops/creation.ts";
import { fusedMatmul, gemm, matmul } from "./ops/linalg.ts";
import { batchNorm, groupNorm, layerNorm } from "./ops/normalization.ts";
import type { Dim, Value } from "./types.ts";

/** Makes the results of a node. */
export type NodeBuilder = (node: NodeReader) => Value | readonly Value[];

const unary = (f: (x: Value) => Value): NodeBuilder => (n) => f(n.in(0));
const binary = (f: (a: Value, b: Value) => Value): NodeBuilder => (n) => f(n.in(0), n.in(1));
/** Operators that take any number of operands. */
const fold = (f: (a: Value, b: Value) => Value): NodeBuilder => (n) =>
  n.inputs.map((_, i) => n.in(i)).reduce((a, b) => f(a, b));

/** Axes of a reduction: an attribute or an operand; none given means all, unless the node says otherwise. */
const reduce = (f: (x: Value, axes: number[], keepDims: boolean) => Value): NodeBuilder => (n) => {
  const x = n.in(0), axes = n.numbersOr(1, "axes") ?? [], keep = n.int("keepdims", 1) === 1;
  if (n.int("noop_with_empty_axes", 0) === 1 && axes.length === 0) n.refuse("it reduces over no axis");
  return f(x, axes.length === 0 ? x.shape.map((_, i) => i) : [...axes], keep);
};

/** Before operator set 13 these two worked on all axes from the given one on. */
const softmax = (f: (x: Value, axis: number) => Value): NodeBuilder => (n) => {
  const x = n.in(0), rank = x.shape.length, axis = n.int("axis", n.opset < 13 ? 1 : -1);
  if (n.opset < 13 && (axis < 0 ? axis + rank : axis) !== rank - 1) n.refuse("it runs over more than the last axis");
  return f(x, axis);
};

const clip: NodeBuilder = (n) => {
  const x = n.in(0), older = n.opset < 11;
  const limit = (i: number, name: string, fallback: number) => {
    if (older) return n.float(name, fallback);
    const found = n.constantFloats(i);
    return found === undefined ? fallback : found[0]!;
  };
  return el.clip(x, limit(1, "min", -Infinity), limit(2, "max", Infinity));
};

/** Of whole numbers only, as they come from axis lengths; nothing is differentiated there. */
const modulo: NodeBuilder = (n) => {
  const a = n.in(0), b = n.in(1);
  if (a.dtype.startsWith("float")) n.refuse("it divides numbers that are not whole");
  return emit("Mod", [a, b], a.dtype, broadcastTo(n, a.shape, b.shape), { fmod: { int: n.int("fmod", 0) } });
};

const cast: NodeBuilder = (n) => {
  n.ignore("saturate");
  const code = n.int("to", 0), dtype = typeName(code);
  return dtype === undefined ? n.refuse(`it casts to ${typeText(code)}`) : el.cast(n.in(0), dtype);
};

const gemmNode: NodeBuilder = (n) => {
  const alpha = n.float("alpha", 1), beta = n.float("beta", 1), c = n.inputs[2];
  const flags = { transA: n.int("transA", 0) === 1, transB: n.int("transB", 0) === 1 };
  if (alpha === 1 && (beta === 1 || c === undefined)) {
    return gemm(n.in(0), n.in(1), c === undefined ? flags : { ...flags, c });
  }
  const product = el.mul(gemm(n.in(0), n.in(1), flags), alpha);
  return c === undefined ? product : el.add(product, el.mul(c, beta));
};

const reshape: NodeBuilder = (n) => {
  const x = n.in(0), copies = n.int("allowzero", 0) === 0;
  return mv.reshape(
    x,
    n.dims(1).map((d, i) => d === 0 && copies ? x.shape[i] ?? n.refuse("it copies a missing axis") : d),
  );
};

const flatten: NodeBuilder = (n) => {
  const x = n.in(0), axis = n.int("axis", 1);
  return axis === 0 ? mv.reshape(x, [1, -1]) : mv.flatten(x, axis);
};

const split: NodeBuilder = (n) => {
  const x = n.in(0), axis = n.int("axis", 0), parts = n.int("num_outputs", n.node.outputs.length);
  const at = axis < 0 ? axis + x.shape.length : axis;
  const given = n.numbersOr(1, "split");
  if (given !== undefined) return mv.split(x, given, at);
  const length = fixed("Split", x.shape, at), size = Math.ceil(length / parts);
  return mv.split(x, Array.from({ length: parts }, (_, i) => Math.min(size, length - i * size)), at);
};

const slice: NodeBuilder = (n) => {
  const x = n.in(0);
  const starts = n.numbersOr(1, "starts") ?? n.refuse("it has no starts");
  const ends = n.numbersOr(2, "ends") ?? n.refuse("it has no ends");
  const axes = n.numbersOr(3, "axes") ?? starts.map((_, i) => i);
  const steps = n.numbers(4) ?? starts.map(() => 1);
  // A whole axis may have a length that is only a name.
  const whole = (i: number) => starts[i] === 0 && steps[i] === 1 && ends[i]! >= 2 ** 31 - 1;
  const kept = axes.map((_, i) => i).filter((i) => !whole(i));
  if (kept.length === 0) return el.identity(x);
  const pick = (list: readonly number[]) => kept.map((i) => list[i]!);
  return mv.slice(x, { axes: pick(axes), starts: pick(starts), ends: pick(ends), steps: pick(steps) });
};

const pad: NodeBuilder = (n) => {
  const x = n.in(0), rank = x.shape.length, mode = n.text("mode", "constant");
  if (mode !== "constant") n.refuse(`its mode is ${mode}`);
  const pads = n.numbersOr(1, "pads") ?? n.refuse("it has no pads");
  const value = n.opset < 11 ? n.float("value", 0) : n.constantFloats(2)?.[0] ?? 0;
  const axes = n.numbers(3) ?? x.shape.map((_, i) => i);
  const all = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    const at = axis < 0 ? axis + rank : axis;
    all[at] = pads[i]!;
    all[rank + at] = pads[axes.length + i]!;
  });
  return mv.pad(x, all, value);
};

const expand: NodeBuilder = (n) => {
  const x = n.in(0), target = n.dims(1);
  if (target.every((d): d is number => typeof d === "number")) return mv.expand(x, target);
  return emit("Expand", [x, n.in(1)], x.dtype, broadcastTo(n, x.shape, target));
};

function broadcastTo(n: NodeReader, a: readonly Dim[], b: readonly Dim[]): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1, y = b[i - rank + b.length] ?? 1;
    return x === 1 ? y : y === 1 || x === y ? x : n.refuse("its shapes do not broadcast");
  });
}

const shape: NodeBuilder = (n) => {
  const x = n.in(0), from = n.int("start", 0), to = n.int("end", x.shape.length);
  const rank = x.shape.length, all = mv.shapeOf(x);
  return from === 0 && to === rank ? all : mv.slice(all, { axes: [0], starts: [from], ends: [to] });
};

const transpose: NodeBuilder = (n) => {
  const x = n.in(0);
  return mv.transpose(x, n.ints("perm") ?? x.shape.map((_, i) => x.shape.length - 1 - i));
};

const axesOf = (n: NodeReader, x: Value) =>
  n.numbersOr(1, "axes") ?? x.shape.map((_, i) => i).filter((i) => x.shape[i] === 1);

const constantNode: NodeBuilder = (n) => {
  const tensor = n.tensor("value");
  if (tensor?.data !== undefined) return constant(tensor.data, tensor.shape, tensor.dtype);
  const list = n.ints("value_ints"), floats = n.floats("value_floats");
  if (list !== undefined) return ints(list);
  if (floats !== undefined) return constant(Float32Array.from(floats), [floats.length]);
  if (n.node.attributes.has("value_float")) return scalar(n.float("value_float", 0));
  if (n.node.attributes.has("value_int")) return constant(BigInt64Array.of(BigInt(n.int("value_int", 0))), []);
  return n.refuse("its value has a type that is not known");
};

/** Most elements of a constant that is written out: a hostile file could ask for any number (CWE-770). */
const MAX_FILL = 1 << 24;

const constantOfShape: NodeBuilder = (n) => {
  const dims = n.numbers(0) ?? n.refuse("its shape is missing");
  const tensor = n.tensor("value"), count = dims.reduce((a, b) => a * b, 1);
  if (!(count <= MAX_FILL) || dims.some((d) => d < 0)) n.refuse(`it makes ${count} elements`);
  if (tensor === undefined) return full(dims, 0);
  const one = tensor.data ?? n.refuse("its value lies outside the file");
  if (one.length !== 1) n.refuse("its value is not one element");
  const many = new (one.constructor as Float32ArrayConstructor)(count).fill(one[0] as number);
  return constant(many, dims, tensor.dtype);
};

const batchNormNode: NodeBuilder = (n) => {
  n.ignore("momentum");
  if (n.int("training_mode", 0) !== 0 || n.int("spatial", 1) !== 1) n.refuse("it runs in training mode");
  const [scale, bias, mean, variance] = [n.in(1), n.in(2), n.in(3), n.in(4)];
  return batchNorm(n.in(0), { scale, bias, mean, variance, epsilon: n.float("epsilon", 1e-5) });
};

const layerNormNode: NodeBuilder = (n) => {
  n.ignore("stash_type");
  const x = n.in(0), scale = n.in(1), axis = n.int("axis", -1);
  if (axis !== -1 && axis !== x.shape.length - 1) n.refuse("it runs over more than the last axis");
  const bias = n.inputs[2] ?? full(scale.shape as number[], 0);
  return layerNorm(x, scale, bias, n.float("epsilon", 1e-5));
};

const instanceNorm: NodeBuilder = (n) => {
  const x = n.in(0), [batch, channels, ...rest] = x.shape;
  const area = rest.reduce<number>((p, _, i) => p * fixed("InstanceNormalization", x.shape, 2 + i), 1);
  const flat = mv.reshape(x, [batch!, channels!, area, 1]);
  const groups = fixed("InstanceNormalization", x.shape, 1);
  return mv.reshape(groupNorm(flat, groups, n.in(1), n.in(2), n.float("epsilon", 1e-5)), x.shape);
};

const groupNormNode: NodeBuilder = (n) => {
  n.ignore("stash_type");
  if (n.opset < 21) n.refuse("its scale is one per group");
  return groupNorm(n.in(0), n.int("num_groups", 0), n.in(1), n.in(2), n.float("epsilon", 1e-5));
};

const dropout: NodeBuilder = (n) => {
  n.ignore("ratio", "seed", "is_test");
  if (n.inputs[2] !== undefined) n.refuse("it may run in training mode");
  return el.identity(n.in(0));
};

const gelu: NodeBuilder = (n) => {
  const mode = n.text("approximate", "none");
  return mode === "none" ? el.gelu(n.in(0)) : n.refuse(`it is the approximation ${mode}`);
};

const fused: NodeBuilder = (n) => {
  if (n.float("alpha", 1) !== 1 || n.int("transBatchA", 0) !== 0 || n.int("transBatchB", 0) !== 0) {
    n.refuse("it scales");
  }
  return fusedMatmul(n.in(0), n.in(1), n.int("transA", 0) === 1, n.int("transB", 0) === 1);
};

/** Builders by operator. */
export const NODE_BUILDERS: ReadonlyMap<string, NodeBuilder> = new Map<string, NodeBuilder>([
  ["Add", binary(el.add)],
  ["Sub", binary(el.sub)],
  ["Mul", binary(el.mul)],
  ["Div", binary(el.div)],
  ["Pow", binary(el.pow)],
  ["Sum", fold(el.add)],
  ["Min", fold(el.min2)],
  ["Max", fold(el.max2)],
  ["Greater", binary(el.greater)],
  ["GreaterOrEqual", binary(el.greaterOrEqual)],
  ["Less", binary(el.less)],
  ["LessOrEqual", binary(el.lessOrEqual)],
  ["Equal", binary(el.equal)],
  ["And", binary(el.and)],
  ["Or", binary(el.or)],
  ["Not", unary(el.not)],
  ["Neg", unary(el.neg)],
  ["Abs", unary(el.abs)],
  ["Sign", unary(el.sign)],
  ["Sqrt", unary(el.sqrt)],
  ["Exp", unary(el.exp)],
  ["Log", unary(el.log)],
  ["Erf", unary(el.erf)],
  ["Sigmoid", unary(el.sigmoid)],
  ["Tanh", unary(el.tanh)],
  ["Sin", unary(el.sin)],
  ["Cos", unary(el.cos)],
  ["Acos", unary(el.acos)],
  ["Atan", unary(el.atan)],
  ["Relu", unary(el.relu)],
  ["Identity", unary((x) => el.identity(x))],
  ["Reciprocal", unary((x) => el.div(1, x))],
  ["LeakyRelu", (n) => el.leakyRelu(n.in(0), n.float("alpha", 0.01))],
  ["PRelu", binary(el.prelu)],
  ["HardSigmoid", (n) => el.clip(el.add(el.mul(n.in(0), n.float("alpha", 0.2)), n.float("beta", 0.5)), 0, 1)],
  ["HardSwish", unary((x) => el.mul(x, el.clip(el.add(el.mul(x, 1 / 6), 0.5), 0, 1)))],
  ["Gelu", gelu],
  ["Clip", clip],
  ["Where", (n) => el.where(n.in(0), n.in(1), n.in(2))],
  ["Cast", cast],
  ["Mod", modulo],
  ["Dropout", dropout],
  ["Constant", constantNode],
  ["ConstantOfShape", constantOfShape],
  ["MatMul", binary(matmul)],
  ["com.microsoft:FusedMatMul", fused],
  ["Gemm", gemmNode],
  ["BatchNormalization", batchNormNode],
  ["LayerNormalization", layerNormNode],
  ["InstanceNormalization", instanceNorm],
  ["GroupNormalization", groupNormNode],
  ["Softmax", softmax(rd.softmax)],
  ["LogSoftmax", softmax(rd.logSoftmax)],
  ["ReduceSum", reduce(rd.reduceSum)],
  ["ReduceMean", reduce(rd.reduceMean)],
  ["ReduceMax", reduce(rd.reduceMax)],
  ["ReduceMin", reduce((x, axes, keep) => el.neg(rd.reduceMax(el.neg(x), axes, keep)))],
  ["ReduceSumSquare", reduce((x, axes, keep) => rd.reduceSum(el.mul(x, x), axes, keep))],
  [
    "ReduceL2",
    reduce((x, axes, keep) => {
      const norm = axes.length === 1 ? rd.l2norm(x, axes[0]) : el.sqrt(rd.reduceSum(el.mul(x, x), axes));
      return keep ? norm : mv.squeeze(norm, axes);
    }),
  ],
  ["Reshape", reshape],
  ["Flatten", flatten],
  ["Transpose", transpose],
  ["Concat", (n) => mv.concat(n.inputs.map((_, i) => n.in(i)), n.int("axis", 1))],
  ["Split", split],
  ["Slice", slice],
  ["Unsqueeze", (n) => mv.unsqueeze(n.in(0), axesOf(n, n.in(0)))],
  ["Squeeze", (n) => mv.squeeze(n.in(0), axesOf(n, n.in(0)))],
  ["Gather", (n) => mv.gather(n.in(0), n.in(1), n.int("axis", 0))],
  ["GatherElements", (n) => mv.gatherElements(n.in(0), n.in(1), n.int("axis", 0))],
  ["ScatterElements", (n) => {
    const reduction = n.text("reduction", "none");
    if (reduction !== "none" && reduction !== "add") return n.refuse(`its reduction is ${reduction}`);
    return mv.scatterElements(n.in(0), n.in(1), n.in(2), n.int("axis", 0), reduction);
  }],
  ["Shape", shape],
  ["Expand", expand],
  ["Pad", pad],
  ...CONVOLUTION_NODES,
]);
