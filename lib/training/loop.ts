/**
 * The loop around training steps: checkpoints, log, progress, stopping.
 *
 * @module
 */
import { shortenLog } from "./_log.ts";
import { loadState, saveState, type TrainingState } from "./state.ts";

/** A training run as the loop sees it. */
export interface TrainingRun {
  /** Everything that changes. */
  readonly state: TrainingState;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Does the next step and returns its loss and metrics. */
  step(): Promise<Record<string, number>>;
}

/** Settings of {@linkcode trainingLoop}. */
export interface TrainingLoopOptions {
  /** Folder for `checkpoint.safetensors` and `log.jsonl`. */
  readonly folder: string;
  /** Texts stored in the checkpoint; a checkpoint with other texts is not resumed. */
  readonly note: Readonly<Record<string, string>>;
  /** Clock in milliseconds. */
  readonly now: () => number;
  /** Time between checkpoints in seconds. @default {120} */
  readonly checkpointSeconds?: number;
  /** Steps whose metrics are averaged into one log line. @default {20} */
  readonly logEvery?: number;
  /** Called after each step with the means since the last log line. */
  readonly onStep?: (step: number, means: Readonly<Record<string, number>>) => void;
  /** Called after each log line, for validation; what it returns is written to the log. */
  readonly onLog?: (step: number) => Promise<Readonly<Record<string, number>> | undefined>;
  /** Stops after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/** Name of the checkpoint in a run's folder. */
export const CHECKPOINT_NAME = "checkpoint.safetensors";

/** Options of {@linkcode resume}. */
export interface ResumeOptions {
  /** Texts that checkpoints lack which were written before there were such texts; one that is there must still be equal. */
  readonly mayLack?: readonly string[];
  /** Called for each of those that the checkpoint lacks. */
  readonly onLack?: (key: string) => void;
}

/**
 * Looks for a checkpoint to resume.
 *
 * @param folder Folder of the run.
 * @param note What the run is; it must equal what the checkpoint says.
 * @param options Texts that an older checkpoint may lack.
 * @returns The state, or undefined when there is no checkpoint.
 * @throws {TypeError} If the checkpoint belongs to a run with other settings.
 * @throws {SyntaxError} If the file is not a checkpoint.
 *
 * @example Nothing to go on from
 * ```ts
 * import assert from "node:assert/strict";
 * import { resume } from "@/training/mod.ts";
 *
 * assert.equal(resume("no such folder", {}), undefined);
 * ```
 */
export function resume(
  folder: string,
  note: Readonly<Record<string, string>>,
  { mayLack = [], onLack }: ResumeOptions = {},
): TrainingState | undefined {
  const path = `${folder}/${CHECKPOINT_NAME}`;
  try {
    Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const saved = loadState(path);
  for (const [key, value] of Object.entries(note)) {
    if (saved.note[key] === undefined && mayLack.includes(key)) onLack?.(key);
    else if (saved.note[key] !== value) {
      throw new TypeError(
        `Cannot resume "${path}": its ${key} is ${
          saved.note[key]
        }, this run's is ${value}; use the same settings or another folder`,
      );
    }
  }
  return saved.state;
}

/**
 * Trains to the last step or until stopped.
 *
 * The last thing done is always a checkpoint, so a run that is stopped and started again loses nothing; one that is killed
 * loses what came after the last checkpoint. Either way its log becomes that of a run that was never stopped, times apart:
 * lines behind the checkpoint are taken out, and metrics that waited for their line lie in the checkpoint.
 *
 * Requires `--allow-read` and `--allow-write` permissions.
 *
 * @param run What to train; what its steps throw ends the loop without a checkpoint.
 * @param options Folder, clock, intervals, callbacks, interruption.
 * @returns True when the last step was reached.
 * @throws {RangeError} If the loss is no longer a number, from the run.
 *
 * @example Three steps that only count
 * ```ts
 * import assert from "node:assert/strict";
 * import { resume, type TrainingRun, type TrainingState, trainingLoop } from "@/training/mod.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const state: TrainingState = { step: 0, values: new Map(), slots: new Map() };
 * const run: TrainingRun = { state, steps: 3, step: () => Promise.resolve({ loss: 1 / ++state.step }) };
 * const note = { kind: "example" };
 * assert.equal(await trainingLoop(run, { folder, note, now: () => 0 }), true);
 * assert.equal(resume(folder, note)?.step, 3);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function trainingLoop(run: TrainingRun, options: TrainingLoopOptions): Promise<boolean> {
  const { folder, note, now, checkpointSeconds = 120, logEvery = 20, onStep, onLog, signal } = options;
  await Deno.mkdir(folder, { recursive: true });
  const started = now();
  let saved = started;
  const { state } = run, log = `${folder}/log.jsonl`;
  await shortenLog(log, state.step);
  while (state.step < run.steps && !signal?.aborted) {
    const means = addTo(state, await run.step());
    onStep?.(state.step, means);
    if (state.step % logEvery === 0 || state.step === run.steps) {
      const extra = await onLog?.(state.step) ?? {};
      const line = { step: state.step, seconds: (now() - started) / 1000, ...means, ...extra };
      await Deno.writeTextFile(log, `${JSON.stringify(line)}\n`, { append: true });
      delete state.pending;
    }
    if (now() - saved > checkpointSeconds * 1000) {
      saveState(`${folder}/${CHECKPOINT_NAME}`, state, note);
      saved = now();
    }
  }
  saveState(`${folder}/${CHECKPOINT_NAME}`, state, note);
  return state.step >= run.steps;
}

/** Adds a step's metrics to those that wait for their log line, and gives the means so far. */
function addTo(state: TrainingState, report: Readonly<Record<string, number>>): Record<string, number> {
  const count = (state.pending?.count ?? 0) + 1, sums: Record<string, number> = { ...state.pending?.sums };
  for (const [key, value] of Object.entries(report)) sums[key] = (sums[key] ?? 0) + value;
  state.pending = { count, sums };
  return Object.fromEntries(Object.entries(sums).map(([key, value]) => [key, value / count]));
}
