/** Whole training steps: forward pass, losses, gradients and optimiser, with the settings that `mini` was trained with. */
import type { SessionOptions } from "@/onnx/mod.ts";
import { initialise, iresnetSpecs, recogniserConfig, vec2faceConfig } from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { GeneratorTraining, type PackedImages, RecogniserTraining, type TrainingRun } from "@/training/mod.ts";

/** One step. */
export interface TrainingStep {
  readonly model: "recogniser" | "generator";
  readonly batch: number;
  /** Classes of a recogniser. */
  readonly classes?: number;
}

/** What is timed: the batches that `mini` was trained with. */
export const TRAINING_STEPS: readonly TrainingStep[] = [
  { model: "recogniser", batch: 32, classes: 3000 },
  { model: "recogniser", batch: 64, classes: 3000 },
  { model: "generator", batch: 16 },
];

/** How a report calls it. */
export function stepName({ model, batch }: TrainingStep): string {
  return `train ${model}, batch ${batch}`;
}

/** Images of noise that need no files: reading is not what is measured, and both sides do without. */
function noiseImages(count: number, classes: number): PackedImages {
  const stream = new RandomStream(0, "bench images");
  const noise = Uint8Array.from({ length: 112 * 112 * 3 }, () => stream.nextUint32() & 255);
  return {
    length: count,
    classes,
    labels: Int32Array.from({ length: count }, (_, i) => i % classes),
    poses: Array(count).fill({ yaw: 10, pitch: 0, roll: 0 }),
    image: (_: number, out: Uint8Array) => out.set(noise),
    mask: (_: number, out: Uint8Array) => out.set(noise.subarray(0, out.length)),
  } as unknown as PackedImages;
}

/**
 * Least time of one training step in seconds.
 *
 * @param step Model and batch.
 * @param options Time to spend in seconds; threads that share a batch; device and threads.
 */
export async function stepSeconds(
  { model, batch, classes = 1 }: TrainingStep,
  { seconds, replicas, session }: {
    readonly seconds: number;
    readonly replicas: number;
    readonly session: SessionOptions;
  },
): Promise<number> {
  const data = noiseImages(batch * 4, classes), config = recogniserConfig("mini");
  await using run: TrainingRun & AsyncDisposable = model === "recogniser"
    ? await RecogniserTraining.create({ config, data, epochs: 1000, batchSize: batch, rate: 1e-3, replicas, session })
    : await GeneratorTraining.create({
      config: vec2faceConfig("mini"),
      recogniser: config,
      recogniserWeights: initialise(iresnetSpecs(config), new RandomStream(1, "initial weights")),
      data,
      steps: 1000,
      batchSize: batch,
      replicas,
      session,
    });
  await run.step();
  let least = Infinity;
  const begin = performance.now();
  for (let runs = 0; runs < 3 || performance.now() - begin < seconds * 1000; runs++) {
    const start = performance.now();
    await run.step();
    least = Math.min(least, (performance.now() - start) / 1000);
  }
  return least;
}
