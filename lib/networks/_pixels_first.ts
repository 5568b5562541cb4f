/**
 * Parts of an IResNet with pixels before samples and channels, where 3x3 convolutions take a quarter of the products.
 *
 * In evaluation a batch norm is a factor and a shift a channel, which move into the convolution beside it, so that nothing but sums and
 * PReLU is left between products.
 */
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { BATCH_NORM_EPSILON } from "./batch_norm.ts";
import { ONES, ZEROS } from "./initialisation.ts";
import type { Parameters } from "./params.ts";

/** The same images in two orders of axes; each order is made when it is asked for, once. */
export class Field {
  #images: Value | undefined;
  #pixels: Value | undefined;

  private constructor(images: Value | undefined, pixels: Value | undefined) {
    this.#images = images;
    this.#pixels = pixels;
  }

  /** @param images [N,C,H,W]. */
  static ofImages(images: Value): Field {
    return new Field(images, undefined);
  }

  /** @param pixels [H,W,N,C]. */
  static ofPixels(pixels: Value): Field {
    return new Field(undefined, pixels);
  }

  /** [N,C,H,W]. */
  get images(): Value {
    return this.#images ??= op.transpose(this.#pixels!, [2, 3, 0, 1]);
  }

  /** [H,W,N,C]. */
  get pixels(): Value {
    return this.#pixels ??= op.transpose(this.#images!, [2, 3, 0, 1]);
  }

  /** Height, which is the width. */
  get side(): number {
    return (this.#pixels?.shape[0] ?? this.#images!.shape[2]) as number;
  }
}

/**
 * By height of the image, the tiles in which a 3x3 convolution with step 1 is faster than as it is, and the fewest channels for that.
 *
 * Measured for batches of 8 and 16 on 2 cores with AVX-512: at 14x14 pixels and 256 channels 7.5 ms in tiles of 7, 10.4 in tiles of 4, 16.3
 * as it is. At 7x7 tiles of 7 read more than they save.
 */
const SUITED: SuitedTiles = {
  28: { tile: 7, channels: 128 },
  14: { tile: 7, channels: 128 },
  7: { tile: 4, channels: 256 },
};

/** By height of the image: side of the tiles, and the fewest channels for which they are worth it. */
export type SuitedTiles = Readonly<Record<number, { readonly tile: op.WinogradTile; readonly channels: number }>>;

/** Side of the tiles for a 3x3 convolution with step 1; undefined when it is faster as it is. */
export function suitedTile(
  side: number,
  inputs: number,
  outputs: number,
  tiles: SuitedTiles = SUITED,
): op.WinogradTile | undefined {
  const suited = tiles[side];
  return suited !== undefined && Math.min(inputs, outputs) >= suited.channels ? suited.tile : undefined;
}

/** One convolution and what becomes part of it. */
export interface FusedConvOptions {
  /** Channels O of the result. */
  readonly outputs: number;
  /** Side of its tiles. */
  readonly tile: op.WinogradTile;
  /** Batch norm before it. */
  readonly before?: string;
  /** The convolution. */
  readonly conv: string;
  /** Batch norm after it. */
  readonly after: string;
}

/**
 * Batch norm, 3x3 convolution and batch norm as one convolution.
 *
 * @param params Scope of the block.
 * @param x [H,W,N,C].
 * @param options Sizes, and what the parts are called below the scope.
 * @returns [H,W,N,O].
 */
export function fusedConv(params: Parameters, x: Value, options: FusedConvOptions): Value {
  const { outputs, tile } = options;
  // Measured with IResNet-50: 1.5 GB in all; as constants of the graph 2.6.
  const factors = (kernel: Value) => op.ahead(op.winogradKernel(kernel, tile));
  const [height, width, , inputs] = x.shape as [number, number, unknown, number];
  const init = { kind: "constant", value: 0 } as const; // stored weights only
  const w = params.scope(options.conv).param("weight", [outputs, inputs, 3, 3], { init });
  const after = normAffine(params.scope(options.after), outputs);
  const scaled = op.mul(w, op.reshape(after.slope, [outputs, 1, 1, 1]));
  if (options.before === undefined) return op.add(op.winogradConv(x, factors(scaled)), after.shift);
  const before = normAffine(params.scope(options.before), inputs);
  // The zero border lies outside the first norm, so its shift reaches the edges less: a map, not a number, is added.
  const plane = op.expand(op.reshape(before.shift, [1, inputs, 1, 1]), [1, inputs, height, width]);
  const map = op.transpose(op.conv(plane, scaled, { pads: [1, 1, 1, 1] }), [2, 3, 0, 1]); // H,W,1,O
  const both = op.mul(scaled, op.reshape(before.slope, [1, inputs, 1, 1]));
  return op.add(op.winogradConv(x, factors(both)), op.add(map, after.shift));
}

/**
 * PReLU as two batch norms: such a graph keeps the blocked order of channels that the runtime gives to convolutions, where its own
 * PReLU, or one made of sums, asks for two changes of order.
 *
 * @param x [N,C,H,W].
 * @param slope [C].
 */
export function blockedPrelu(x: Value, slope: Value): Value {
  const none = op.full(slope.shape as number[], 0);
  return op.add(op.channelAffine(x, slope, none), op.channelAffine(op.relu(x), op.sub(1, slope), none));
}

/** A batch norm with its running statistics as slope [C] and shift [C]. */
function normAffine(layer: Parameters, channels: number): { slope: Value; shift: Value } {
  const buffer = { trainable: false } as const;
  const weight = layer.param("weight", [channels], { init: ONES });
  const bias = layer.param("bias", [channels], { init: ZEROS });
  const mean = layer.param("running_mean", [channels], { init: ZEROS, ...buffer });
  const variance = layer.param("running_var", [channels], { init: ONES, ...buffer });
  const slope = op.div(weight, op.sqrt(op.add(variance, BATCH_NORM_EPSILON)));
  return { slope, shift: op.sub(bias, op.mul(mean, slope)) };
}
