/** Decoding with the seeds of a data set, a part at a time, and what recognisers see in the images. */
import { perturb } from "@/identity/mod.ts";
import type { TokenMask } from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import type { Embedder } from "./embed_images.ts";

/** What turns identity vectors into images, such as `FaceGenerator`. */
export interface Decoder {
  /** Width D of an identity vector. */
  readonly vectorSize: number;
  /** Draws the mask of one image. */
  drawMask(stream: RandomStream): TokenMask;
  /** Vectors [N, D] and N masks to images [N, 3, H, W] in -1..1. */
  decode(vectors: Float32Array, masks: readonly TokenMask[]): Promise<Float32Array>;
}

/** One image to decode: its vector, and the numbers of identity and image that seed mask and noise. */
export interface Shot {
  /** Identity vector [D]. */
  readonly vector: Float32Array;
  /** Number of the identity. */
  readonly identity: number;
  /** Number of the image within the identity. */
  readonly image: number;
  /** Noise on the vector; 0 takes it as it is. */
  readonly sigma: number;
}

/** Images in memory at once; even, so that pairs stay together. */
export const PART = 32;

/** Decodes shots. Mask and noise depend on (seed, identity, image) only, as in a generated data set. */
export async function decodeShots(generator: Decoder, shots: readonly Shot[], seed: number | bigint) {
  const vectors = new Float32Array(shots.length * generator.vectorSize);
  shots.forEach(({ vector, identity, image, sigma }, i) => {
    const stream = new RandomStream(seed, "perturbation", identity, image);
    vectors.set(sigma === 0 ? vector : perturb(vector, sigma, stream), i * generator.vectorSize);
  });
  const masks = shots.map(({ identity, image }) => generator.drawMask(new RandomStream(seed, "mask", identity, image)));
  return await generator.decode(vectors, masks);
}

/** Decodes shots and embeds the images by every recogniser; features [N, D] of each. */
export async function embedShots(
  generator: Decoder,
  embedders: readonly Embedder[],
  shots: readonly Shot[],
  { seed, signal, onPart }: {
    readonly seed: number | bigint;
    readonly signal?: AbortSignal | undefined;
    /** Takes the images [n, 3, H, W] of each part. */
    readonly onPart?: (images: Float32Array, count: number) => void;
  },
): Promise<Float32Array[]> {
  const features = embedders.map(({ vectorSize }) => new Float32Array(shots.length * vectorSize));
  for (let from = 0; from < shots.length; from += PART) {
    signal?.throwIfAborted();
    const part = shots.slice(from, from + PART);
    const images = await decodeShots(generator, part, seed);
    for (const [e, embedder] of embedders.entries()) {
      features[e]!.set(await embedder.embed(images, part.length), from * embedder.vectorSize);
    }
    onPart?.(images, part.length);
  }
  return features;
}
