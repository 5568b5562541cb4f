/** One batch of training images as bytes: a pure function of data, step and settings. */
import { batchIndices, type PackedImages } from "./packed_images.ts";

/** Which images make a batch, and what is read of them. */
export interface BatchOptions {
  /** Images a batch, N. */
  readonly size: number;
  /** Seed of order and flips. */
  readonly seed: number;
  /** Read the head masks too. @default {false} */
  readonly heads?: boolean;
}

/** Images of one step. */
export interface Batch {
  /** Numbers of the images [N]. */
  readonly indices: Int32Array;
  /** Which ones are mirrored [N]. */
  readonly flips: readonly boolean[];
  /** RGB bytes [N,112,112,3]. */
  readonly images: Uint8Array<ArrayBuffer>;
  /** Head masks [N,112,112], 255 on the head; empty unless asked for. */
  readonly heads: Uint8Array<ArrayBuffer>;
}

const PIXELS = 112 * 112;

/**
 * Steps of a run: whole batches of an epoch, times epochs.
 *
 * @throws {RangeError} If that is none, as a run of no steps would pass first weights off as trained ones.
 */
export function stepsOf(images: number, size: number, epochs: number): number {
  const steps = Math.round(Math.floor(images / size) * epochs);
  if (steps >= 1) return steps;
  throw new RangeError(
    `Cannot train: ${epochs} epochs of ${images} images in batches of ${size} are not one step; take smaller batches or more epochs`,
  );
}

/** Reads the batch of a step. */
export function readBatch(data: PackedImages, step: number, { size, seed, heads = false }: BatchOptions): Batch {
  const { indices, flips } = batchIndices(data.length, size, step, seed);
  const images = new Uint8Array(size * PIXELS * 3), masks = new Uint8Array(heads ? size * PIXELS : 0);
  indices.forEach((index, i) => {
    data.image(index, images.subarray(i * PIXELS * 3, (i + 1) * PIXELS * 3), flips[i]);
    if (heads) data.mask(index, masks.subarray(i * PIXELS, (i + 1) * PIXELS), flips[i]);
  });
  return { indices, flips, images, heads: masks };
}
