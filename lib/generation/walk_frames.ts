/**
 * Frames of a walk between identities: one mask for all, so that only the vector changes.
 */
import { fromTensor, type Pixels } from "@/images/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import type { MaskedGenerator } from "./generator.ts";

/** Options of {@link decodeWalk}. */
export interface DecodeWalkOptions {
  /** Seed of the mask's stream. @default {0} */
  readonly seed?: number | bigint;
  /** Frames decoded together. @default {8} */
  readonly batchSize?: number;
  /** Called after each batch. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops between two batches. */
  readonly signal?: AbortSignal;
}

/**
 * Decodes vectors with one and the same token mask.
 *
 * @param generator The network.
 * @param vectors Vectors [S, D], row after row, as `walk` gives them.
 * @param options Seed, batch size, progress, interruption.
 * @returns S images.
 * @throws {TypeError} When the vectors do not make whole rows of the network's width.
 * @throws {DOMException} The signal's reason, when it fires.
 *
 * @example Two frames of a network that paints its vector
 * ```ts
 * import { decodeWalk } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const frames = await decodeWalk({
 *   tokens: 1,
 *   vectorSize: 1,
 *   drawMask: () => null,
 *   decode: (v) => Promise.resolve(Float32Array.from({ length: v.length * 37632 }, (_, i) => v[Math.floor(i / 37632)]!)),
 *   release: () => Promise.resolve(),
 * }, Float32Array.of(-1, 1));
 * assert.deepEqual(frames.map((frame) => frame.data[0]), [0, 255]);
 * ```
 */
export async function decodeWalk<Mask>(
  generator: MaskedGenerator<Mask>,
  vectors: Float32Array,
  options: DecodeWalkOptions = {},
): Promise<Pixels[]> {
  const { seed = 0, batchSize = 8, onProgress, signal } = options;
  const width = generator.vectorSize;
  const steps = vectors.length / width;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new TypeError(
      `Cannot decode a walk: ${vectors.length} values, expected rows of ${width}, the network's width`,
    );
  }
  const frames: Pixels[] = [];
  for (let at = 0; at < steps; at += batchSize) {
    signal?.throwIfAborted();
    const count = Math.min(batchSize, steps - at);
    const masks = Array.from(
      { length: count },
      () => generator.drawMask(new RandomStream(seed, "mask")),
    );
    const images = await generator.decode(
      vectors.slice(at * width, (at + count) * width),
      masks,
    );
    for (let b = 0; b < count; b++) frames.push(fromTensor(images, b));
    onProgress?.(at + count, steps);
  }
  return frames;
}
