/**
 * All that changes during training: weights, optimiser moments, running statistics and the step counter.
 *
 * Batches are a pure function of (seed, step), so a saved state resumes exactly: the losses are those of a run that was
 * never stopped.
 *
 * @module
 */
import { openWeights, writeSafetensors } from "@/weights/mod.ts";

/** State of one training run. */
export interface TrainingState {
  /** Steps done. */
  step: number;
  /** Weights and buffers by state-dict name, row-major. */
  readonly values: Map<string, Float32Array<ArrayBuffer>>;
  /** Optimiser moments by name; the same length as the weight they belong to. */
  readonly slots: Map<string, Float32Array<ArrayBuffer>>;
  /** Metrics of the steps since the last log line, so that a stop between two lines changes no line; absent at a line. */
  pending?: PendingMetrics;
}

/** Metrics that wait for their log line. */
export interface PendingMetrics {
  /** Steps that were summed. */
  readonly count: number;
  /** Sum of each metric. */
  readonly sums: Readonly<Record<string, number>>;
}

const VALUE_PREFIX = "value/", SLOT_PREFIX = "slot/";

/**
 * Writes a state as a safetensors file, atomically: a reader finds the old file or the new one, never half of one.
 *
 * @param path The file.
 * @param state What to save.
 * @param note Texts to store beside it, such as the configuration of the run.
 *
 * @example There and back
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadState, saveState } from "@/training/mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * const state = { step: 5, values: new Map([["w", Float32Array.of(1, 2)]]), slots: new Map() };
 * saveState(path, state, { kind: "example" });
 * const saved = loadState(path);
 * assert.deepEqual([saved.state, saved.note["kind"]], [state, "example"]);
 * await Deno.remove(path);
 * ```
 */
export function saveState(path: string, state: TrainingState, note: Readonly<Record<string, string>> = {}): void {
  const tensors = [
    ...[...state.values].map(([name, data]) => ({ name: VALUE_PREFIX + name, data })),
    ...[...state.slots].map(([name, data]) => ({ name: SLOT_PREFIX + name, data })),
  ].map(({ name, data }) => ({ name, dtype: "float32" as const, shape: [data.length], data }));
  const pending = state.pending === undefined ? {} : { pending: JSON.stringify(state.pending) };
  writeSafetensors(path, tensors, { ...note, ...pending, step: `${state.step}` });
}

/** What {@linkcode loadState} returns. */
export interface SavedState {
  /** The state. */
  readonly state: TrainingState;
  /** Texts stored beside it. */
  readonly note: Readonly<Record<string, string>>;
}

/**
 * Reads a state written by {@linkcode saveState}.
 *
 * @param path The file.
 * @returns The state and the texts stored with it.
 * @throws {SyntaxError} If the file is not such a state.
 *
 * @example Weights of another kind are refused
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadState } from "@/training/mod.ts";
 * import { writeSafetensors } from "@/weights/mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * writeSafetensors(path, [{ name: "w", dtype: "float32", shape: [1], data: Float32Array.of(1) }]);
 * assert.throws(() => loadState(path), /is it a training checkpoint/);
 * await Deno.remove(path);
 * ```
 */
export function loadState(path: string): SavedState {
  const file = openWeights(path, { root: "" });
  const note = file.metadata.values as Record<string, string>;
  const step = Number(note["step"]);
  if (!Number.isInteger(step) || step < 0) {
    throw new SyntaxError(`Cannot resume from "${path}": its metadata has no step count; is it a training checkpoint?`);
  }
  const state: TrainingState = { step, values: new Map(), slots: new Map() };
  if (note["pending"] !== undefined) state.pending = JSON.parse(note["pending"]) as PendingMetrics;
  for (const name of file.tensors.keys()) {
    const target = name.startsWith(VALUE_PREFIX)
      ? state.values
      : name.startsWith(SLOT_PREFIX)
      ? state.slots
      : undefined;
    if (target === undefined) {
      throw new SyntaxError(`Cannot resume from "${path}": tensor ${name} does not belong to a training checkpoint`);
    }
    target.set(name.slice(name.indexOf("/") + 1), Float32Array.from(file.readFloat32(name)));
  }
  return { state, note };
}
