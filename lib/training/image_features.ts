/**
 * Vectors of training images.
 *
 * @module
 */
import { toTensor } from "@/images/mod.ts";
import type { PackedImages } from "./packed_images.ts";

/** What turns images into vectors, such as a recogniser. */
export interface Embedder {
  /** Images `[N, 3, 112, 112]` in -1..1 -> vectors `[N, D]`. */
  embed(images: Float32Array, count: number): Promise<Float32Array>;
}

/** Settings of {@linkcode imageFeatures}. */
export interface ImageFeaturesOptions {
  /** Images taken of each identity; all when left out. */
  readonly perIdentity?: number;
  /** Images embedded together. @default {32} */
  readonly batchSize?: number;
  /** Stops between batches. */
  readonly signal?: AbortSignal;
}

/**
 * Embeds training images.
 *
 * @param data The images.
 * @param embedder The recogniser.
 * @param options How many and how.
 * @returns Vectors `[M, D]`, one row an image taken, in the order of the images.
 * @throws The signal's reason when stopped.
 */
export async function imageFeatures(
  data: PackedImages,
  embedder: Embedder,
  { perIdentity = Infinity, batchSize = 32, signal }: ImageFeaturesOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const seen = new Int32Array(data.classes);
  const taken: number[] = [];
  data.labels.forEach((label, i) => {
    if (seen[label]!++ < perIdentity) taken.push(i);
  });
  let out: Float32Array<ArrayBuffer> | undefined;
  for (let at = 0; at < taken.length; at += batchSize) {
    signal?.throwIfAborted();
    const batch = taken.slice(at, at + batchSize);
    const pixels = batch.map((index) => {
      const bytes = new Uint8Array(112 * 112 * 3);
      data.image(index, bytes);
      return { width: 112, height: 112, data: bytes };
    });
    const vectors = await embedder.embed(toTensor(pixels), batch.length);
    const width = vectors.length / batch.length;
    out ??= new Float32Array(taken.length * width);
    out.set(vectors, at * width);
  }
  return out ?? new Float32Array();
}
