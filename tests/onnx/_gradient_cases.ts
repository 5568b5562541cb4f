/** What tests/fixtures/onnx/gradients.json computed with PyTorch, said again in the graph language: one line a case. */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";

/** Operands of the case, in the fixture's order, to its result. */
export type Case = (...operands: Value[]) => Value;

type Pads = [number, number, number, number];
const SAME: Pads = [1, 1, 1, 1];

function conv(options: op.ConvOptions = {}): Case {
  return (x, w, bias) => op.conv(x!, w!, { ...options, bias });
}

function convTranspose(options: op.ConvTransposeOptions = {}): Case {
  return (x, w, bias) => op.convTranspose(x!, w!, { ...options, bias });
}

function matrix(product: (a: Value, b: Value, ta: boolean, tb: boolean) => Value): [string, Case][] {
  return [0, 1, 2, 3].map((k) => [`${k >> 1}${k & 1}`, (a, b) => product(a!, b!, k >= 2, k % 2 === 1)]);
}

function shapes(name: string, f: Case): [string, Case][] {
  return [
    "same shapes",
    "second operand broadcast",
    "first operand broadcast",
    "both operands broadcast",
    "scalar operand",
  ]
    .map((s) => [`${name} ${s}`, f]);
}

const flat = (x: Value) => op.reshape(x, [-1]);
const RATE = () => op.scalar(0.125);
const zeros = (like: Value) => op.full(like.shape as number[], 0);

function sgd(options: op.SgdOptions): Case {
  return (p, ...gradients) => {
    let parameter = p!, velocity = zeros(p!);
    for (const g of gradients) ({ parameter, velocity } = op.sgdStep(parameter, g, velocity, RATE(), options));
    return parameter;
  };
}

function adamw(options: op.AdamWOptions): Case {
  const { beta1 = 0.9, beta2 = 0.999 } = options;
  return (p, ...gradients) => {
    let parameter = p!, first = zeros(p!), second = zeros(p!);
    gradients.forEach((g, i) => {
      const [correction1, correction2] = [op.scalar(1 - beta1 ** (i + 1)), op.scalar(1 - beta2 ** (i + 1))];
      const schedule = { rate: RATE(), correction1, correction2 };
      ({ parameter, first, second } = op.adamwStep(parameter, g, { first, second }, schedule, options));
    });
    return parameter;
  };
}

function clipNorm(limit: number): Case {
  return (a, b) => {
    const { gradients, norm } = op.clipGradientNorm([a!, b!], limit);
    return op.concat([...gradients.map(flat), op.reshape(norm, [1])], 0);
  };
}

function batchNormTrain(x: Value, scale: Value, bias: Value): Value {
  const { y, mean, variance } = op.batchNormTrain(x, { scale, bias });
  return op.concat([flat(y), mean, variance], 0);
}

const evaluate: Case = (x, scale, bias, mean, variance) =>
  op.batchNorm(x!, { scale: scale!, bias: bias!, mean: mean!, variance: variance! });

/** All cases by the fixture's name. */
export const CASES: ReadonlyMap<string, Case> = new Map<string, Case>([
  ...shapes("add", (a, b) => op.add(a!, b!)),
  ...shapes("sub", (a, b) => op.sub(a!, b!)),
  ...shapes("mul", (a, b) => op.mul(a!, b!)),
  ...shapes("div", (a, b) => op.div(a!, b!)),
  ...shapes("min2", (a, b) => op.min2(a!, b!)),
  ...shapes("max2", (a, b) => op.max2(a!, b!)),
  ["min2 equal operands", (a, b) => op.min2(a!, b!)],
  ["max2 equal operands", (a, b) => op.max2(a!, b!)],
  ["add operand twice", (a) => op.add(op.mul(a!, a!), a!)],
  ["pow number", (a) => op.pow(a!, 3)],
  ["pow operand", (a, b) => op.pow(a!, b!)],
  ["pow of zero", (a, b) => op.pow(a!, b!)],
  ["neg", (x) => op.neg(x!)],
  ["abs", (x) => op.abs(x!)],
  ["sqrt", (x) => op.sqrt(x!)],
  ["exp", (x) => op.exp(x!)],
  ["log", (x) => op.log(x!)],
  ["erf", (x) => op.erf(x!)],
  ["gelu", (x) => op.gelu(x!)],
  ["sigmoid", (x) => op.sigmoid(x!)],
  ["silu", (x) => op.silu(x!)],
  ["tanh", (x) => op.tanh(x!)],
  ["sin", (x) => op.sin(x!)],
  ["cos", (x) => op.cos(x!)],
  ["acos", (x) => op.acos(x!)],
  ["atan", (x) => op.atan(x!)],
  ["atan2 all quadrants", (y, x) => op.atan2(y!, x!)],
  ["atan2 on the axes", (y, x) => op.atan2(y!, x!)],
  ["relu", (x) => op.relu(x!)],
  ["leakyRelu", (x) => op.leakyRelu(x!, 0.1)],
  ["prelu channels", (x, slope) => op.prelu(x!, op.reshape(slope!, [3, 1, 1]))],
  ["prelu one slope", (x, slope) => op.prelu(x!, slope!)],
  ["prelu zero operand", (x, slope) => op.prelu(x!, slope!)],
  ["clip", (x) => op.clip(x!, -0.5, 1)],
  ["where", (c, a, b) => op.where(c!, a!, b!)],
  ["where broadcast", (c, a, b) => op.where(c!, a!, b!)],
  ["cast through float64", (x) => {
    const wide = op.cast(x!, "float64");
    return op.cast(op.mul(wide, wide), "float32");
  }],
  ["matmul", (a, b) => op.matmul(a!, b!)],
  ["matmul batched", (a, b) => op.matmul(a!, b!)],
  ["matmul shared right", (a, b) => op.matmul(a!, b!)],
  ["matmul shared left", (a, b) => op.matmul(a!, b!)],
  ["matmul broadcast batch", (a, b) => op.matmul(a!, b!)],
  ...matrix((a, b, transA, transB) => op.gemm(a, b, { transA, transB })).map(([k, f]) => [`gemm ${k}`, f] as const),
  ...matrix(op.fusedMatmul).map(([k, f]) => [`fusedMatmul ${k}`, f] as const),
  ["gemm row added", (a, b, c) => op.gemm(a!, b!, { c: c! })],
  ["gemm column added", (a, b, c) => op.gemm(a!, b!, { c: c! })],
  ["linear", (x, w, b) => op.linear(x!, w!, b)],
  ["linear no bias", (x, w) => op.linear(x!, w!)],
  ["linear tokens", (x, w, b) => op.linear(x!, w!, b)],
  ["conv", conv()],
  ["conv same", conv({ pads: SAME })],
  ["conv stride 2", conv({ strides: [2, 2], pads: SAME })],
  ["conv stride 2 odd size", conv({ strides: [2, 2], pads: SAME })],
  ["conv stride 2 rows unused", conv({ strides: [2, 2] })],
  ["conv pads not symmetric", conv({ pads: [0, 2, 1, 1] })],
  ["conv pads above reach", conv({ pads: [2, 1, 0, 2] })],
  ["conv strides differ", conv({ strides: [2, 1], pads: [1, 0, 1, 1] })],
  ["conv groups", conv({ group: 2, pads: SAME })],
  ["conv groups stride 2", conv({ group: 2, strides: [2, 2], pads: SAME })],
  ["conv depthwise", conv({ group: 3, pads: SAME })],
  ["conv dilation", conv({ dilations: [2, 2], pads: [2, 2, 2, 2] })],
  ["conv 1x1", conv()],
  ["conv 1x1 stride 2", conv({ strides: [2, 2] })],
  ["conv 4x4 stride 2", conv({ strides: [2, 2], pads: SAME })],
  ["conv one output", conv()],
  ["conv stride 3", conv({ strides: [3, 3], pads: SAME })],
  ["conv stride 2 dilation 2", conv({ strides: [2, 2], dilations: [2, 2], pads: [2, 2, 2, 2] })],
  ["conv stride 2 dilation 3", conv({ strides: [2, 2], dilations: [3, 3], pads: SAME })],
  ["convTranspose", convTranspose()],
  ["convTranspose stride 2", convTranspose({ strides: [2, 2], pads: SAME })],
  ["convTranspose output padding", convTranspose({ strides: [2, 2], pads: SAME, outputPads: [1, 1] })],
  ["convTranspose groups", convTranspose({ strides: [2, 2], group: 2 })],
  ["maxPool", (x) => op.maxPool(x!, { kernel: [2, 2] })],
  ["maxPool odd size", (x) => op.maxPool(x!, { kernel: [2, 2] })],
  ["maxPool overlapping", (x) => op.maxPool(x!, { kernel: [3, 3], strides: [2, 2], pads: SAME })],
  ["averagePool", (x) => op.averagePool(x!, { kernel: [2, 2] })],
  ["averagePool overlapping", (x) => op.averagePool(x!, { kernel: [3, 3], strides: [2, 2], pads: SAME })],
  [
    "averagePool border left out",
    (x) => op.averagePool(x!, { kernel: [3, 3], strides: [2, 2], pads: SAME, countIncludePad: false }),
  ],
  ["averagePool odd size", (x) => op.averagePool(x!, { kernel: [2, 2] })],
  ["globalAveragePool", (x) => op.globalAveragePool(x!)],
  ["resizeNearest", (x) => op.resizeNearest(x!)],
  ["resizeNearest by 3", (x) => op.resizeNearest(x!, 3)],
  ["upsampleConv", (x, w, b) => op.upsampleConv(x!, w!, b)],
  ["upsampleConv no bias", (x, w) => op.upsampleConv(x!, w!)],
  ["spaceToDepth", (x) => op.mul(op.spaceToDepth(x!, 2), 2)],
  ["depthToSpace", (x) => op.mul(op.depthToSpace(x!, 2), 2)],
  ["batchNorm", evaluate],
  ["batchNorm features", evaluate],
  ["batchNormTrain", (x, s, b) => batchNormTrain(x!, s!, b!)],
  ["batchNormTrain features", (x, s, b) => batchNormTrain(x!, s!, b!)],
  ["batchNormTrain far mean", (x, s, b) => batchNormTrain(x!, s!, b!)],
  ["groupNorm", (x, s, b) => op.groupNorm(x!, 2, s!, b!)],
  ["groupNorm one group", (x, s, b) => op.groupNorm(x!, 1, s!, b!)],
  ["groupNorm far mean", (x, s, b) => op.groupNorm(x!, 2, s!, b!)],
  ["layerNorm", (x, s, b) => op.layerNorm(x!, s!, b!)],
  ["layerNorm rows", (x, s, b) => op.layerNorm(x!, s!, b!)],
  ["softmax", (x) => op.softmax(x!)],
  ["softmax inner axis", (x) => op.softmax(x!, 1)],
  ["logSoftmax", (x) => op.logSoftmax(x!)],
  ["logSoftmax inner axis", (x) => op.logSoftmax(x!, 1)],
  ["reshape", (x) => op.reshape(x!, [x!.shape[0]!, 6])],
  ["reshape unknown", (x) => op.reshape(x!, [x!.shape[0]!, -1, 2])],
  ["flatten", (x) => op.flatten(x!)],
  ["unsqueeze", (x) => op.mul(op.unsqueeze(x!, [1, 3]), 2)],
  ["squeeze", (x) => op.mul(op.squeeze(x!, [1]), 2)],
  ["transpose", (x) => op.mul(op.transpose(x!, [0, 2, 1]), 2)],
  ["transpose three", (x) => op.mul(op.transpose(x!, [2, 0, 1]), 2)],
  ["concat", (...xs) => op.concat(xs, 1)],
  ["concat operand twice", (a, b) => op.concat([a!, b!, a!], -1)],
  ["split", (x) => {
    const [a, b, c] = op.split(x!, [1, 2, 2], 1);
    return op.add(op.mul(op.reduceSum(a!, [1]), b!), c!);
  }],
  ["split part unused", (x) => op.mul(op.split(x!, [1, 2, 2], 1)[1]!, 2)],
  ["slice", (x) => op.mul(op.slice(x!, { axes: [1, 2], starts: [1, -3], ends: [3, 5] }), 2)],
  ["slice with steps", (x) => op.mul(op.slice(x!, { axes: [1, 2], starts: [0, 1], ends: [5, 6], steps: [2, 3] }), 2)],
  [
    "slice with steps short of the end",
    (x) => op.mul(op.slice(x!, { axes: [1], starts: [1], ends: [4], steps: [2] }), 2),
  ],
  ["gather", (x, k) => op.gather(x!, k!)],
  ["gather duplicates", (x, k) => op.gather(x!, k!, 1)],
  ["gather matrix of indices", (x, k) => op.gather(x!, k!, 1)],
  ["gather scalar index", (x, k) => op.gather(x!, k!, 1)],
  ["gather from the end", (x, k) => op.gather(x!, k!)],
  ["gatherElements", (x, k) => op.gatherElements(x!, k!, 1)],
  ["scatterElements", (x, k, u) => op.scatterElements(x!, k!, u!, 1)],
  ["scatterElements add", (x, k, u) => op.scatterElements(x!, k!, u!, 1, "add")],
  ["expand", (x) => op.mul(op.expand(x!, [2, 3, 4]), 2)],
  ["pad", (x) => op.pad(x!, [0, 0, 2, 0, 1, 0], 0.5)],
  ["reduceSum", (x) => op.reduceSum(x!, [0, 2])],
  ["reduceSum axes dropped", (x) => op.reduceSum(x!, [1], false)],
  ["reduceMean", (x) => op.reduceMean(x!, [-1])],
  ["reduceMean axes dropped", (x) => op.reduceMean(x!, [1, 2], false)],
  ["reduceMean all", (x) => op.mean(x!)],
  ["reduceMax", (x) => op.reduceMax(x!, [1])],
  ["reduceMax axes dropped", (x) => op.reduceMax(x!, [1, 2], false)],
  ["reduceMax equal maxima", (x) => op.reduceMax(x!, [1], false)],
  ["l2norm", (x) => op.l2norm(x!)],
  ["l2norm of zero", (x) => op.l2norm(x!)],
  ["normalize", (x) => op.normalize(x!)],
  ["normalize inner axis", (x) => op.normalize(x!, 1)],
  ["normalize of zero", (x) => op.normalize(x!)],
  ["cosine", (a, b) => op.cosine(a!, b!)],
  ["sgdStep momentum and decay", sgd({ momentum: 0.9, weightDecay: 0.0625 })],
  ["sgdStep plain", sgd({ momentum: 0 })],
  ["adamwStep", adamw({})],
  ["adamwStep with decay", adamw({ beta1: 0.5, beta2: 0.9, epsilon: 0.0625, weightDecay: 0.25 })],
  ["clipGradientNorm above", clipNorm(0.5)],
  ["clipGradientNorm below", clipNorm(100)],
]);
