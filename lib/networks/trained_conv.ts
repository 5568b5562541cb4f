/** Convolutions whose kernels change with every step, on a processor. */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";

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
const SUITED: Readonly<Record<number, { readonly tile: op.WinogradTile; readonly channels: number }>> = {
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
export function trainedConv(x: Value, w: Value, { bias, ...settings }: Settings, { block }: TrainingProcessor): Value {
  const y = unbiased(x, w, settings, block);
  return bias === undefined ? y : op.add(y, op.reshape(bias, [-1, 1, 1]));
}

function unbiased(x: Value, w: Value, settings: Omit<Settings, "bias">, block: number | undefined): Value {
  const side = x.shape[2] as number, [out, inn, rows] = w.shape as [number, number, number];
  const { strides, pads } = settings, suited = SUITED[side];
  if (suited && rows === 3 && Math.min(out, inn) >= suited.channels && [...strides, ...pads].every((n) => n === 1)) {
    return op.winogradConvImages(x, op.winogradKernel(w, suited.tile));
  }
  return block !== undefined && op.isBlocked(w, block)
    ? op.blockedConv(x, w, { ...settings, block })
    : op.conv(x, w, settings);
}
