/**
 * The convolutional decoder of Vec2Face: feature map to pixels.
 *
 * Follows Decoder of https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/im_decoder.py , which changes that of
 * taming-transformers (https://github.com/CompVis/taming-transformers). Kept from it: where a residual block changes the number of
 * channels, the shortcut is a 1x1 convolution of the block's result h, not of its input, so the block gives h + nin(h). Attention
 * is never reached at these resolutions and is left out, as in the reference.
 *
 * @module
 */

import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { conv2d, type ConvOptions, groupNorm } from "./_layers.ts";
import type { TrainingProcessor } from "./trained_conv.ts";
import type { Parameters } from "./params.ts";
import type { ImageDecoderConfig } from "./vec2face_config.ts";

const EPSILON = 1e-6;
const COLOURS = 3;

/**
 * Builds the convolutional decoder.
 *
 * @param config Shape of the decoder.
 * @param params Its parameters, scoped to it.
 * @param z Feature map [N,C,H,W].
 * @param options `processor` as in `Vec2FaceOptions`.
 * @returns Images [N,3,H*s,W*s], s = 2^(levels-1), about -1..1 but not clipped.
 * @throws {RangeError} If the groups do not divide the channels of every level.
 *
 * @example Four doublings
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { imageDecoder, inputParameters, vec2faceConfig } from "@/networks/mod.ts";
 *
 * const z = op.input("z", "float32", ["N", 128, 7, 7]);
 * const image = imageDecoder(vec2faceConfig("mini").image, inputParameters(), z);
 * deepStrictEqual(image.shape, ["N", 3, 112, 112]);
 * ```
 */
export function imageDecoder(
  config: ImageDecoderConfig,
  params: Parameters,
  z: Value,
  { processor }: { readonly processor?: TrainingProcessor | undefined } = {},
): Value {
  const { inputs, channels, multipliers, resBlocks, groups } = config;
  const widths = multipliers.map((multiplier) => channels * multiplier);
  const levels = widths.length;
  const bad = widths.find((width) => width % groups !== 0);
  if (bad !== undefined || levels === 0) {
    throw new RangeError(
      `Cannot build image decoder: ${groups} groups do not divide the channels [${widths}] of every level`,
    );
  }

  let width = widths[levels - 1]!;
  let h = conv3x3(params.scope("conv_in"), z, { inputs, outputs: width, processor }); // N,C,7,7
  for (const name of ["mid.block_1", "mid.block_2"]) {
    h = resBlock(params.scope(name), h, { inputs: width, outputs: width, processor }, groups);
  }
  for (let level = levels - 1; level >= 0; level--) {
    const up = params.scope(`up.${level}`);
    for (let block = 0; block < resBlocks; block++) {
      h = resBlock(up.scope(`block.${block}`), h, { inputs: width, outputs: widths[level]!, processor }, groups);
      width = widths[level]!;
    }
    if (level > 0) { // N,C,2H,2W
      h = conv3x3(up.scope("upsample.conv"), h, { inputs: width, outputs: width, upsample: true });
    }
  }
  h = op.silu(groupNorm(params.scope("norm_out"), h, width, groups, EPSILON));
  return conv3x3(params.scope("conv_out"), h, { inputs: width, outputs: COLOURS }); // N,3,112,112
}

/** x [N,C,H,W] -> [N,O,H,W]. */
function resBlock(p: Parameters, x: Value, sizes: BlockSizes, groups: number): Value {
  const { inputs, outputs } = sizes;
  let h = op.silu(groupNorm(p.scope("norm1"), x, inputs, groups, EPSILON));
  h = conv3x3(p.scope("conv1"), h, { ...sizes, bias: false });
  h = op.silu(groupNorm(p.scope("norm2"), h, outputs, groups, EPSILON));
  h = conv3x3(p.scope("conv2"), h, { ...sizes, inputs: outputs, bias: false });
  if (inputs === outputs) return op.add(x, h);
  const shape = { inputs: outputs, outputs, kernel: 1, bias: false };
  return op.add(conv2d(p.scope("nin_shortcut"), h, shape), h);
}

/** Channels of a convolution, and where its kernel is trained. */
type BlockSizes = Pick<ConvOptions, "inputs" | "outputs" | "processor">;

function conv3x3(p: Parameters, x: Value, options: BlockSizes & Pick<ConvOptions, "bias" | "upsample">): Value {
  return conv2d(p, x, { ...options, kernel: 3, padding: 1 });
}
