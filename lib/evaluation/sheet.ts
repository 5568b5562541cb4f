/**
 * A sheet to look at: rendered images beside their decodings, and sampled identities with their variations.
 */
import { contactSheet, fromTensor, type Pixels } from "@/images/mod.ts";
import { type Decoder, decodeShots, type Shot } from "./_decode.ts";
import { type Embedder, type ImageSource, readImage } from "./embed_images.ts";
import { chooseImages } from "./reconstruction_report.ts";

/** What {@link evaluationSheet} shows. */
export interface EvaluationSheetInput {
  /** The generator. */
  readonly generator: Decoder;
  /** The recogniser whose features it decodes; only its image size is asked for. */
  readonly embedder: Pick<Embedder, "imageSize">;
  /** Rendered images. */
  readonly source: ImageSource;
  /** Features [N, D] of all rendered images. */
  readonly features: Float32Array;
  /** Sampled identity vectors [M, D]. */
  readonly vectors: Float32Array;
  /** Most sampled identities shown. @default {6} */
  readonly rows?: number;
  /** Most rendered images shown. @default {16} */
  readonly pairs?: number;
  /** Seed of choice, masks and noise, as in the reports. @default {0} */
  readonly seed?: number | bigint;
}

/** Noise levels and images at each. */
const SIGMAS = [0.3, 0.5, 0.7], EACH = 5;
/** Images a row: the vector itself, then five at each level. */
const COLUMNS = 1 + SIGMAS.length * EACH;

/**
 * Draws the sheet.
 *
 * @param input Networks, rendered images and vectors.
 * @returns The sheet: rows of 8 pairs "render, decoded", then a row for each sampled identity: the vector itself and
 * five images at each sigma.
 *
 * @example A generator of grey pixels
 * ```ts
 * import { evaluationSheet } from "@/evaluation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const mask = { keep: new Uint8Array(0), masked: new Uint8Array(0) };
 * const sheet = await evaluationSheet({
 *   generator: {
 *     vectorSize: 2,
 *     drawMask: () => mask,
 *     decode: (_, masks) => Promise.resolve(new Float32Array(3 * masks.length)),
 *   },
 *   embedder: { imageSize: 1 },
 *   source: { length: 1, image: (_, out) => void out.fill(9) },
 *   features: Float32Array.of(1, 2),
 *   vectors: Float32Array.of(3, 4),
 * });
 * assert.ok(sheet.width > 16);
 * ```
 */
export async function evaluationSheet(input: EvaluationSheetInput): Promise<Pixels> {
  const { generator, embedder: { imageSize }, source, features, vectors, rows = 6, pairs = 16, seed = 0 } = input;
  const width = generator.vectorSize;
  const images: Pixels[] = [], labels: string[] = [];
  const show = async (shots: readonly Shot[], each: (image: Pixels, i: number) => void) => {
    const decoded = await decodeShots(generator, shots, seed);
    shots.forEach((_, i) => each(fromTensor(decoded, i, imageSize), i));
  };
  const chosen = chooseImages(source.length, pairs, seed);
  const shots = Array.from(chosen, (row): Shot => {
    return { vector: features.subarray(row * width, (row + 1) * width), identity: row, image: 0, sigma: 0 };
  });
  await show(shots, (image, i) => {
    images.push(readImage(source, chosen[i]!, imageSize), image);
    labels.push(`render ${chosen[i]}`, "decoded");
  });
  const blank = { width: imageSize, height: imageSize, data: new Uint8Array(3 * imageSize ** 2).fill(255) };
  while (images.length % COLUMNS !== 0) {
    images.push(blank);
    labels.push("");
  }
  for (let identity = 0; identity < Math.min(rows, vectors.length / width); identity++) {
    const shots = Array.from({ length: COLUMNS }, (_, i): Shot => ({
      vector: vectors.subarray(identity * width, (identity + 1) * width),
      identity,
      image: i === 0 ? 0 : 2 + (i - 1) % EACH,
      sigma: i === 0 ? 0 : SIGMAS[Math.floor((i - 1) / EACH)]!,
    }));
    await show(shots, (image, i) => {
      images.push(image);
      labels.push(i === 0 ? `sampled ${identity}` : `sigma ${shots[i]!.sigma}`);
    });
  }
  return contactSheet(images, { columns: COLUMNS, labels });
}
