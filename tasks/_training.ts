/** What the training tasks share: options, and the loop with its progress, checkpoint and final weights. */
import { trainingLoop, type TrainingRun } from "@/training/mod.ts";
import { openWeights, type TensorInput, writeSafetensors } from "@/weights/mod.ts";
import { note, Progress, say, type TaskArguments, type TaskOption } from "./_cli.ts";
import { VALIDATION_OPTIONS } from "./_validation.ts";

/** Where the training images lie. */
export const DATA_OPTION: TaskOption = {
  flag: "data",
  value: "DIR",
  default: "work/train",
  help: "packed images, as deno task render --format npy writes",
};

/** How a run is carried out; but for replicas these change its speed, never its result. */
export const RUN_OPTIONS: readonly TaskOption[] = [
  { flag: "replicas", value: "N", default: 1, help: "threads that share a batch; batch norms see a share each" },
  { flag: "threads", value: "N", default: 0, help: "threads inside one operation; 0 lets the runtime choose" },
  ...VALIDATION_OPTIONS,
  { flag: "checkpoint", value: "S", default: 120, help: "time between checkpoints", unit: "seconds" },
];

/** A run whose network can be written. */
export interface WritableRun extends TrainingRun {
  /** Weights and buffers of the network. */
  tensors(): TensorInput[];
}

/** What {@linkcode trainToFile} needs to know of a run. */
export interface TrainToFileOptions {
  /** Arguments of the task: `output` and `checkpoint` are read. */
  readonly args: TaskArguments;
  /** What the run is: stored in checkpoint and weights. */
  readonly text: Readonly<Record<string, string>> & { readonly kind: string; readonly settings: string };
  /** What it trains on, for the first line. */
  readonly about: string;
  /** The figures beside the progress. */
  readonly figures: (means: Readonly<Record<string, number>>) => string;
  /** Measures the network on held-out identities; for the log. */
  readonly validate?: (() => Promise<Readonly<Record<string, number>>>) | undefined;
  /** Stops the run, with a checkpoint. */
  readonly signal: AbortSignal;
}

/**
 * Trains to the last step and writes `<output>/<kind>.safetensors`.
 *
 * Throws the signal's reason when stopped before the end.
 */
export async function trainToFile(
  run: WritableRun,
  { args, text, about, figures, validate, signal }: TrainToFileOptions,
): Promise<void> {
  const folder = args.text("output");
  note(`${about}, ${run.steps} steps, from step ${run.state.step}`);
  const every = args.integer("held-every", { min: 1 });
  const progress = new Progress({ total: run.steps, unit: "steps", start: run.state.step });
  const done = await trainingLoop(run, {
    folder,
    note: text,
    now: () => performance.now(),
    checkpointSeconds: args.number("checkpoint", { min: 1 }),
    signal,
    onLog: async (step) => {
      if (validate === undefined || step % every !== 0 && step !== run.steps) return undefined;
      const held = await validate();
      note(`step ${step}, held-out: ${Object.entries(held).map(([k, v]) => `${k} ${v.toFixed(3)}`).join(", ")}`);
      return held;
    },
    onStep: (step, means) => progress.update(step, `loss ${means["loss"]!.toFixed(3)} ${figures(means)}`),
  });
  progress.stop();
  if (!done) throw signal.reason;
  const path = `${folder}/${text.kind}.safetensors`;
  writeSafetensors(path, run.tensors(), { model: `mini ${text.kind}`, ...text });
  say(path);
}

/** All tensors of a weight file as float32, by name. */
export function readAll(path: string): Map<string, Float32Array<ArrayBuffer>> {
  const file = openWeights(path);
  return new Map([...file.tensors.keys()].map((name) => [name, Float32Array.from(file.readFloat32(name))]));
}
