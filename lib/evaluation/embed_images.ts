/**
 * Features of images that lie somewhere as bytes, a part at a time.
 */
import { mirrorTensor, type Pixels, toTensor } from "@/images/mod.ts";

/** Images that are read one at a time, such as `PackedImages`. */
export interface ImageSource {
  /** Number of images N. */
  readonly length: number;
  /** Copies image `index` into `out`: 112 x 112 x 3 bytes, RGB. */
  image(index: number, out: Uint8Array): void;
}

/** What turns images into features, such as `Recogniser`. */
export interface Embedder {
  /** Width D of a feature vector. */
  readonly vectorSize: number;
  /** Height and width of an image in pixels. */
  readonly imageSize: number;
  /** Images [N, 3, H, W] in -1..1 to features [N, D]. */
  embed(images: Float32Array, count: number): Promise<Float32Array>;
}

/** How long work is watched and stopped. */
export interface WorkOptions {
  /** Called with the number of images done so far. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@linkcode embedImages}. */
export interface EmbedImagesOptions extends WorkOptions {
  /** Embed the mirror images instead. @default {false} */
  readonly mirrored?: boolean | undefined;
}

/** Images in memory at once. */
const PART = 32;

/**
 * Reads one image.
 *
 * @param source Where it is.
 * @param index Its number.
 * @param size Height and width in pixels.
 * @returns The image.
 *
 * @example A source of one grey pixel
 * ```ts
 * import { readImage } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const grey = { length: 1, image: (_: number, out: Uint8Array) => void out.fill(128) };
 * assert.deepEqual([...readImage(grey, 0, 1).data], [128, 128, 128]);
 * ```
 */
export function readImage(source: ImageSource, index: number, size: number): Pixels {
  const data = new Uint8Array(3 * size * size);
  source.image(index, data);
  return { width: size, height: size, data };
}

/**
 * Embeds every image of a source.
 *
 * @param source N images.
 * @param embedder The recogniser.
 * @param options Mirroring, progress and stopping.
 * @returns Features [N, D], natural norm.
 *
 * @example The mean of the values as a feature
 * ```ts
 * import { embedImages } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const white = { length: 2, image: (_: number, out: Uint8Array) => void out.fill(255) };
 * const embedder = {
 *   vectorSize: 1,
 *   imageSize: 1,
 *   embed: (x: Float32Array, n: number) => Promise.resolve(new Float32Array(n).map((_, i) => x[3 * i]!)),
 * };
 * assert.deepEqual([...await embedImages(white, embedder)], [1, 1]);
 * ```
 */
export async function embedImages(
  source: ImageSource,
  embedder: Embedder,
  { mirrored = false, onProgress, signal }: EmbedImagesOptions = {},
): Promise<Float32Array> {
  const { vectorSize, imageSize } = embedder;
  const out = new Float32Array(source.length * vectorSize);
  for (let from = 0; from < source.length; from += PART) {
    signal?.throwIfAborted();
    const count = Math.min(PART, source.length - from);
    const images = Array.from({ length: count }, (_, i) => readImage(source, from + i, imageSize));
    const tensor = toTensor(images);
    const seen = mirrored ? mirrorTensor(tensor, imageSize) : tensor;
    out.set(await embedder.embed(seen, count), from * vectorSize);
    onProgress?.(from + count);
  }
  return out;
}
