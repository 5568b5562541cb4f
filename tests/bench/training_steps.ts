/** Whole training steps: forward pass, losses, gradients and optimiser, with the settings that `mini` was trained with. */
import type { SessionOptions } from "@/onnx/mod.ts";
import { initialise, iresnetSpecs, recogniserConfig, vec2faceConfig } from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { GeneratorTraining, type PackedImages, RecogniserTraining, type TrainingRun } from "@/training/mod.ts";

/** What is trained. */
export const TRAINING_STEPS: Readonly<Record<string, { readonly batch: number; readonly classes?: number }>> = {
  recogniser: { batch: 32, classes: 3000 },
  generator: { batch: 16 },
};

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
 * @param name A key of {@linkcode TRAINING_STEPS}.
 * @param options Time to spend in seconds; threads that share a batch; device and threads.
 */
export async function stepSeconds(
  name: string,
  { seconds, replicas, session }: {
    readonly seconds: number;
    readonly replicas: number;
    readonly session: SessionOptions;
  },
): Promise<number> {
  const { batch, classes = 1 } = TRAINING_STEPS[name]!;
  const data = noiseImages(batch * 4, classes), config = recogniserConfig("mini");
  await using run: TrainingRun & AsyncDisposable = name === "recogniser"
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
