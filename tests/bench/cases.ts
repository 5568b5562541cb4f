/** What is measured: convolutions as face networks use them, and the layers between them, batch 16. */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";

/** Images in a batch. */
export const BATCH = 16;

/** Shape of a square convolution with a border that keeps the size. */
export interface ConvolutionCase {
  /** Name in tables. */
  readonly name: string;
  /** Channels of the operand. */
  readonly inputs: number;
  /** Channels of the result. */
  readonly outputs: number;
  /** Height and width of the operand. */
  readonly size: number;
  /** Height and width of the kernel. */
  readonly kernel: number;
  /** Steps between windows. */
  readonly stride: number;
}

/** The convolutions. */
export const CONVOLUTIONS: readonly ConvolutionCase[] = [
  { name: "16@112", inputs: 16, outputs: 16, size: 112, kernel: 3, stride: 1 },
  { name: "32@56", inputs: 32, outputs: 32, size: 56, kernel: 3, stride: 1 },
  { name: "64@28", inputs: 64, outputs: 64, size: 28, kernel: 3, stride: 1 },
  { name: "128@14", inputs: 128, outputs: 128, size: 14, kernel: 3, stride: 1 },
  { name: "32@56, stride 2", inputs: 32, outputs: 32, size: 56, kernel: 3, stride: 2 },
  { name: "32@56, 4x4, stride 2", inputs: 32, outputs: 64, size: 56, kernel: 4, stride: 2 },
];

/** Graphs of one case: each needs `inputs` and computes `outputs`. */
export interface Parts {
  /** Graph inputs. */
  readonly inputs: readonly Value[];
  /** What to compute. */
  readonly outputs: readonly Value[];
}

/** Floating-point operations of one pass. */
export function operations({ inputs, outputs, size, kernel, stride }: ConvolutionCase): number {
  return 2 * BATCH * inputs * outputs * kernel ** 2 * (size / stride) ** 2;
}

/** Forward pass and both gradients of a convolution. */
export function convolutionParts(
  { inputs, outputs, size, kernel, stride }: ConvolutionCase,
): Record<"forward" | "input" | "weight", Parts> {
  const x = op.input("x", "float32", [BATCH, inputs, size, size]);
  const w = op.input("w", "float32", [outputs, inputs, kernel, kernel]);
  const y = op.conv(x, w, { pads: [1, 1, 1, 1], strides: [stride, stride] });
  const g = op.input("g", "float32", y.shape);
  const [gx, gw] = op.gradients(op.reduceSum(op.mul(y, g), [0, 1, 2, 3], false), [x, w]);
  return {
    forward: { inputs: [x, w], outputs: [y] },
    input: { inputs: [w, g], outputs: [gx!] },
    weight: { inputs: [x, g], outputs: [gw!] },
  };
}

/** A product of two square matrices. */
export function matmulParts(size: number): Parts {
  const [a, b] = ["a", "b"].map((name) => op.input(name, "float32", [size, size])) as [Value, Value];
  return { inputs: [a, b], outputs: [op.matmul(a, b)] };
}

/** Channels and size of the operand that the layers are measured on. */
export const LAYER_SHAPE = { channels: 16, size: 112 } as const;

/** Layers between convolutions: what they make of images and two parameters per channel. */
export const LAYERS: Readonly<Record<string, (x: Value, scale: Value, bias: Value) => Value>> = {
  prelu: (x, scale) => op.prelu(x, op.perChannel(scale, x)),
  silu: (x) => op.silu(x),
  leakyRelu: (x) => op.leakyRelu(x, 0.1),
  groupNorm: (x, scale, bias) => op.groupNorm(x, 8, scale, bias),
  batchNorm: (x, scale, bias) => op.batchNormTrain(x, { scale, bias }).y,
};

/** Forward pass of a layer, and forward with all gradients. */
export function layerParts(layer: string): Record<"forward" | "training", Parts> {
  const { channels, size } = LAYER_SHAPE;
  const x = op.input("x", "float32", [BATCH, channels, size, size]);
  const [scale, bias] = ["scale", "bias"].map((name) => op.input(name, "float32", [channels])) as [Value, Value];
  const y = LAYERS[layer]!(x, scale, bias);
  const g = op.input("g", "float32", y.shape);
  const used = new Set(op.sortNodes([y]).flatMap((node) => node.inputs));
  const inputs = [x, scale, bias].filter((v) => used.has(v));
  const gradients = op.gradients(op.reduceSum(op.mul(y, g), [0, 1, 2, 3], false), inputs);
  return {
    forward: { inputs, outputs: [y] },
    training: { inputs: [...inputs, g], outputs: [y, ...gradients] },
  };
}
