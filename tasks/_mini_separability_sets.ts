/** The three sets of the paper's figure for `mini`, each as a .npy file of one vector an identity. */
import type { ImageEmbedder, StreamedFace } from "@/datasets/mod.ts";
import { generatedFaces, type MaskedGenerator } from "@/generation/mod.ts";
import { type HeadModel, renderMany } from "@/heads/mod.ts";
import type { VectorSource } from "@/identity/mod.ts";
import { toTensor } from "@/images/mod.ts";
import type { PackedImages } from "@/training/mod.ts";
import { NpyWriter } from "@/weights/mod.ts";
import { packedFaces, writeFaceCentres } from "./_face_centres.ts";

/** How the images of a generated identity differ: as `deno task generate` makes them when it is told nothing. */
const VARIATION = { kind: "sigma", sigmas: [0.3, 0.5, 0.7], mix: [0.4, 0.4, 0.2] } as const;

/** What all sets share. */
export interface SetOptions {
  /** Identities of a set. */
  readonly identities: number;
  /** Images of each, whose mean feature is its centre. */
  readonly images: number;
  /** Seed of everything random. */
  readonly seed: bigint;
  /** Turns images into features. */
  readonly embedder: ImageEmbedder;
  /** Images decoded or embedded together. */
  readonly batchSize: number;
  /** Stops the work. */
  readonly signal: AbortSignal;
}

/** Where rendered heads come from. */
export type HeadsFrom =
  | { readonly kind: "model"; readonly model: HeadModel; readonly first: number; readonly workers: number }
  | { readonly kind: "packed"; readonly data: PackedImages };

/** Writes the vectors that go into the generator. */
export function writeInputVectors(path: string, vectors: VectorSource, { signal }: SetOptions): void {
  using writer = new NpyWriter(path, { rowShape: [vectors.width] });
  for (let row = 0; row < vectors.count; row++) {
    signal.throwIfAborted();
    writer.write(vectors.vector(row));
  }
  writer.close();
}

/** Writes the centres of the images that come out. */
export async function writeGeneratedCentres<Mask>(
  path: string,
  vectors: VectorSource,
  generator: MaskedGenerator<Mask>,
  { identities, images, seed, embedder, batchSize, signal }: SetOptions,
): Promise<void> {
  const recipe = { seed: String(seed), images, variation: VARIATION };
  const faces = generatedFaces({ recipe, vectors, start: 0, end: identities }, generator, { batchSize, signal });
  const total = identities * images;
  await writeFaceCentres(path, faces, embedder, { total, unit: "generated images", batchSize, signal });
}

/** Writes the centres of rendered heads: of at most as many identities and images as there are. */
export async function writeRenderedCentres(
  path: string,
  from: HeadsFrom,
  { identities, images, seed, embedder, batchSize, signal }: SetOptions,
): Promise<void> {
  const unit = "rendered images";
  if (from.kind === "packed") {
    const faces = packedFaces(from.data, { identities, perIdentity: images });
    await writeFaceCentres(path, faces, embedder, { total: faces.length, unit, batchSize, signal });
    return;
  }
  const { model, first, workers } = from;
  const rendered = renderMany(model, { identities: [first, first + identities], images, seed, workers, signal });
  await writeFaceCentres(path, facesOf(rendered), embedder, { total: identities * images, unit, batchSize, signal });
}

async function* facesOf(rendered: ReturnType<typeof renderMany>): AsyncGenerator<StreamedFace, void, undefined> {
  for await (const { identity, pixels } of rendered) yield { identity, image: toTensor([pixels]) };
}
