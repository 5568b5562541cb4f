/** Convolutions whose kernels change with every step, on a processor. */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { suitedTile, type SuitedTiles } from "./_pixels_first.ts";

/** The processor that a network is trained on. */
export interface TrainingProcessor {
  /** Channels of a block, from {@linkcode op.convolutionBlock}; undefined where there are no blocked convolutions. */
  readonly block: number | undefined;
}

/** Steps, border and bias of a convolution. */
interface Settings {
  readonly strides: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
  readonly bias: Value | undefined;
}

/**
 * By height of the image, the tiles in which a 3x3 convolution is fastest by factors of its kernel, made anew each time, and the fewest
 * channels for that.
 */
const SUITED: SuitedTiles = {
  28: { tile: 7, channels: 32 },
  14: { tile: 7, channels: 64 },
  7: { tile: 4, channels: 64 },
};

/**
 * Convolution with a kernel that is trained, in the way that is fastest.
 *
 * @param x [N,C,H,W].
 * @param w [O,C,kh,kw].
 * @param settings Steps, border and bias.
 * @param processor Where it runs.
 * @returns [N,O,H',W'].
 */
export function trainedConv(x: Value, w: Value, settings: Settings, { block }: TrainingProcessor): Value {
  const { strides, pads, bias } = settings, [out, inn, rows] = w.shape as [number, number, number];
  const tile = suitedTile(x.shape[2] as number, inn, out, SUITED);
  if (tile !== undefined && rows === 3 && [...strides, ...pads].every((n) => n === 1)) {
    return biased(op.winogradConvImages(x, op.winogradKernel(w, tile)), bias);
  }
  if (block === undefined || !op.isBlocked(w, block)) return op.conv(x, w, settings);
  return biased(op.blockedConv(x, w, { strides, pads, block }), bias);
}

/** x [N,O,H,W] with a bias [O] added to each channel. */
function biased(x: Value, bias: Value | undefined): Value {
  return bias === undefined ? x : op.add(x, op.reshape(bias, [-1, 1, 1]));
}
