/**
 * The discriminator of Vec2Face's training: tells rendered or photographed faces from generated ones, patch by patch.
 *
 * Follows https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/taming/modules/discriminator/model.py , itself from
 * https://github.com/lucidrains/parti-pytorch (MIT). State-dict names are theirs. The leaky slope is 0.1 and the group norms keep
 * PyTorch's epsilon of 1e-5. Deviation: `groups` holds for every norm, where the reference's residual blocks always take 8.
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { conv2d, groupNorm } from "./_layers.ts";
import { type Parameters, type ParameterSpec, parameterSpecs } from "./params.ts";

/** Shape of a discriminator. */
export interface DiscriminatorConfig {
  /** Channels a level; each level after the first halves height and width. */
  readonly widths: readonly number[];
  /** Groups of every group norm. */
  readonly groups: number;
  /** Odd sizes of the kernels whose results together make the first level. */
  readonly kernels: readonly number[];
}

/** The reference's discriminator: 112x112 pixels to 11x11 verdicts, 6.1 million weights. */
export const DISCRIMINATOR: DiscriminatorConfig = {
  widths: [64, 128, 256, 512],
  groups: 8,
  kernels: [3, 7, 15],
};

/** A quarter of the reference's widths. */
export const MINI_DISCRIMINATOR: DiscriminatorConfig = {
  ...DISCRIMINATOR,
  widths: [16, 32, 64, 128],
};

const LEAK = 0.1;
const EPSILON = 1e-5;

/**
 * Builds the graph of a discriminator.
 *
 * @param config Shape of the network.
 * @param params Its parameters; the same object may judge several inputs.
 * @param x Images [N,3,H,W], RGB in -1..1.
 * @returns Verdicts [N,1,h,w], no squashing: 1 for real, 0 for generated in the reference's least-squares loss.
 * @throws {RangeError} If the groups do not divide the widths.
 *
 * @example Verdicts on a batch
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { discriminator, inputParameters, MINI_DISCRIMINATOR } from "@/networks/mod.ts";
 *
 * const x = op.input("images", "float32", [4, 3, 112, 112]);
 * const verdicts = discriminator(MINI_DISCRIMINATOR, inputParameters(), x);
 * deepStrictEqual(verdicts.shape, [4, 1, 11, 11]);
 * ```
 */
export function discriminator(
  { widths, groups, kernels }: DiscriminatorConfig,
  params: Parameters,
  x: Value,
): Value {
  const bad = widths.slice(1).find((width) => width % groups !== 0);
  if (bad !== undefined) {
    throw new RangeError(
      `Cannot build discriminator: ${groups} groups do not divide ${bad} channels`,
    );
  }
  let width = widths[0]!;
  let h = op.leakyRelu(
    crossEmbed(params.scope("layers.0.0"), x, kernels, width),
    LEAK,
  ); // N,C,H,W
  for (const [i, outputs] of widths.slice(1).entries()) {
    const level = params.scope(`layers.${i + 1}`);
    const shape = { inputs: width, outputs, kernel: 4, stride: 2, padding: 1 };
    h = op.leakyRelu(conv2d(level.scope("0"), h, shape), LEAK); // N,2C,H/2,W/2
    h = groupNorm(level.scope("2"), h, outputs, groups, EPSILON);
    h = resBlock(level.scope("3.block"), h, outputs, groups);
    width = outputs;
  }
  h = conv2d(params.scope("to_logits.0"), h, {
    inputs: width,
    outputs: width,
    kernel: 1,
  });
  h = op.leakyRelu(h, LEAK);
  return conv2d(params.scope("to_logits.2"), h, {
    inputs: width,
    outputs: 1,
    kernel: 4,
  }); // N,1,H-3,W-3
}

/**
 * Lists the parameters of a discriminator.
 *
 * @param config Shape of the network.
 * @returns Names as in the reference's state dict, shapes and first distributions (PyTorch's default).
 *
 * @example The first kernel
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { DISCRIMINATOR, discriminatorSpecs } from "@/networks/mod.ts";
 *
 * deepStrictEqual(discriminatorSpecs(DISCRIMINATOR)[0]!.shape, [32, 3, 3, 3]);
 * ```
 */
export function discriminatorSpecs(
  config: DiscriminatorConfig,
): readonly ParameterSpec[] {
  const side = 4 * 2 ** (config.widths.length - 1);
  const x = op.input("images", "float32", [1, 3, side, side]);
  return parameterSpecs((params) => discriminator(config, params, x));
}

/** x [N,3,H,W] -> [N,O,H,W]: half the channels from the smallest kernel, a quarter from the next, the rest from the largest. */
function crossEmbed(
  p: Parameters,
  x: Value,
  kernels: readonly number[],
  outputs: number,
): Value {
  const sorted = [...kernels].sort((a, b) => a - b);
  const shares = sorted.slice(1).map((_, i) => Math.floor(outputs / 2 ** (i + 1)));
  shares.push(outputs - shares.reduce((sum, share) => sum + share, 0));
  const inputs = x.shape[1] as number;
  const maps = sorted.map((kernel, i) => {
    const shape = {
      inputs,
      outputs: shares[i]!,
      kernel,
      padding: (kernel - 1) / 2,
    };
    return conv2d(p.scope(`convs.${i}`), x, shape);
  });
  return op.concat(maps, 1);
}

/** x [N,C,H,W] -> [N,C,H,W]. */
function resBlock(
  params: Parameters,
  x: Value,
  width: number,
  groups: number,
): Value {
  const h = op.leakyRelu(
    groupNorm(params.scope("groupnorm"), x, width, groups, EPSILON),
    LEAK,
  );
  const shape = { inputs: width, outputs: width, kernel: 3, padding: 1 };
  return op.add(x, conv2d(params.scope("project"), h, shape));
}
