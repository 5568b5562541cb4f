/** Centres of images that are no data set: packed renders, and images that are made only to be measured. */
import { classRuns, type ImageEmbedder, streamCentres, type StreamedFace } from "@/datasets/mod.ts";
import { type Pixels, toTensor } from "@/images/mod.ts";
import type { PackedImages } from "@/training/mod.ts";
import { NpyWriter } from "@/weights/mod.ts";
import { Progress } from "./_cli.ts";

/** Height and width of a packed image in pixels. */
const SIZE = 112;

/** Whether a path is a folder of packed images, as `deno task render --format npy` writes them. */
export function isPacked(path: string): boolean {
  try {
    return ["images.npy", "labels.npy"].every((name) => Deno.statSync(`${path}/${name}`).isFile);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

/** One image of packed renders. */
export function packedPixels(data: PackedImages, index: number): Pixels {
  const pixels = { width: SIZE, height: SIZE, data: new Uint8Array(3 * SIZE * SIZE) };
  data.image(index, pixels.data);
  return pixels;
}

/** The images of packed renders, identity by identity: at most the first `perIdentity` of the first `identities`. */
export function packedFaces(
  data: PackedImages,
  { identities = data.classes, perIdentity = Infinity }: { identities?: number; perIdentity?: number } = {},
): StreamedFace[] {
  const { starts, order } = classRuns(data.labels);
  const faces: StreamedFace[] = [];
  for (let c = 0; c < Math.min(identities, data.classes); c++) {
    for (const index of order.subarray(starts[c], Math.min(starts[c + 1]!, starts[c]! + perIdentity))) {
      faces.push({
        identity: c,
        get image() { // read when it is embedded
          return toTensor([packedPixels(data, index)]);
        },
      });
    }
  }
  return faces;
}

/** How centres are written. */
export interface FaceCentresOptions {
  /** Images in all. */
  readonly total: number;
  /** What they are, for the progress display. */
  readonly unit: string;
  /** Images embedded together. */
  readonly batchSize: number;
  /** Stops the work. */
  readonly signal: AbortSignal;
}

/** Writes the centres of images to a .npy file, whole or not at all; gives their number. */
export async function writeFaceCentres(
  path: string,
  faces: AsyncIterable<StreamedFace> | Iterable<StreamedFace>,
  embedder: ImageEmbedder,
  { total, unit, batchSize, signal }: FaceCentresOptions,
): Promise<number> {
  using writer = new NpyWriter(path, { rowShape: [embedder.vectorSize] });
  const progress = new Progress({ total, unit });
  const onProgress = (done: number) => progress.update(done);
  try {
    for await (const { vector } of streamCentres(faces, embedder, { batchSize, signal, onProgress })) {
      writer.write(vector);
    }
  } finally {
    progress.stop();
  }
  writer.close();
  return writer.length;
}
