/**
 * PyTorch's layers as graph functions: each asks for its parameters under PyTorch's names and starts them as PyTorch does.
 */

import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { trainedConv, type TrainingProcessor } from "./trained_conv.ts";
import { type Initialisation, ONES, ZEROS } from "./initialisation.ts";
import type { Parameters } from "./params.ts";

/** Settings of a square convolution. */
export interface ConvOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly bias?: boolean;
  /** Default: PyTorch's Kaiming uniform. */
  readonly init?: Initialisation;
  /** Make the operand twice as large first, every pixel a block of 2x2; for a kernel of 3 with a padding of 1. */
  readonly upsample?: boolean;
  /** The processor that the weight is trained on. */
  readonly processor?: TrainingProcessor | undefined;
}

/** x [N,C,H,W] -> [N,O,H',W'], cross-correlation with a square kernel, as torch.nn.Conv2d. */
export function conv2d(
  params: Parameters,
  x: Value,
  options: ConvOptions,
): Value {
  const { inputs, outputs, kernel, stride = 1, padding = 0, bias = true, upsample = false, processor } = options;
  const fanIn = inputs * kernel * kernel;
  const kaiming: Initialisation = { kind: "kaiming", fanIn };
  const shape = [outputs, inputs, kernel, kernel];
  const weight = params.param("weight", shape, {
    init: options.init ?? kaiming,
  });
  const added = bias ? params.param("bias", [outputs], { init: kaiming }) : undefined;
  if (upsample) return op.upsampleConv(x, weight, added);
  const settings = { strides: [stride, stride], pads: [padding, padding, padding, padding], bias: added } as const;
  return processor ? trainedConv(x, weight, settings, processor) : op.conv(x, weight, settings);
}

/** x [...,I] -> [...,O], as torch.nn.Linear; starts as given, or Kaiming uniform as PyTorch does. */
export function linear(
  params: Parameters,
  x: Value,
  inputs: number,
  outputs: number,
  init?: { readonly weight: Initialisation; readonly bias: Initialisation },
): Value {
  const kaiming: Initialisation = { kind: "kaiming", fanIn: inputs };
  const weight = params.param("weight", [outputs, inputs], {
    init: init?.weight ?? kaiming,
  });
  const bias = params.param("bias", [outputs], { init: init?.bias ?? kaiming });
  return op.linear(x, weight, bias);
}

/** x [...,C] -> [...,C], normalised over the last axis. */
export function layerNorm(
  params: Parameters,
  x: Value,
  width: number,
  epsilon: number,
): Value {
  const scale = params.param("weight", [width], { init: ONES });
  return op.layerNorm(
    x,
    scale,
    params.param("bias", [width], { init: ZEROS }),
    epsilon,
  );
}

/** x [N,C,H,W] -> the same, normalised over each of `groups` runs of channels. */
export function groupNorm(
  params: Parameters,
  x: Value,
  channels: number,
  groups: number,
  epsilon: number,
): Value {
  const scale = params.param("weight", [channels], { init: ONES });
  return op.groupNorm(
    x,
    groups,
    scale,
    params.param("bias", [channels], { init: ZEROS }),
    epsilon,
  );
}

/** x [N,C,H,W] -> the same; one learned slope a channel for negative values. */
export function prelu(params: Parameters, x: Value, channels: number): Value {
  const slope = params.param("weight", [channels], {
    init: { kind: "constant", value: 0.25 },
  });
  return op.prelu(x, op.reshape(slope, [channels, 1, 1]));
}
