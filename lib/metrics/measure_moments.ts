/** Mean and covariance of all rows of a source in one pass that can be interrupted. */
import type { RowSource } from "@/similarity/mod.ts";
import { type PassState, readState, saveState } from "./_pass_state.ts";
import { Pause } from "./_pause.ts";
import { FeatureMoments } from "./feature_moments.ts";
import { rowParts } from "./identity_rows.ts";

/** Options of {@linkcode measureMoments}. */
export interface MeasureMomentsOptions {
  /** Where to keep the state, so that an interrupted pass goes on. */
  readonly state?: PassState | undefined;
  /** Rows from one saving of the state to the next, rounded up to whole parts of 4096. @default {65536} */
  readonly saveEvery?: number;
  /** Stops the work between two parts; the state is saved. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each part with the number of rows measured, and of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Takes all rows of a source into moments.
 *
 * Takes N D^2 / 2 products; memory is that of the moments and of one part.
 *
 * @param rows The rows [N, D].
 * @param options State, progress.
 * @returns The moments.
 * @throws {RangeError} When a value is not finite, or the state belongs to another pass.
 *
 * @example Three rows
 * ```ts
 * import { arrayVectors } from "@/identity/mod.ts";
 * import { measureMoments } from "@/metrics/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { count, mean } = await measureMoments(arrayVectors(Float32Array.of(1, 2, 6), 1, "three"));
 * assert.deepEqual([count, [...mean]], [3, [3]]);
 * ```
 */
export async function measureMoments(rows: RowSource, options: MeasureMomentsOptions = {}): Promise<FeatureMoments> {
  const { state, saveEvery = 65536, signal, onProgress } = options;
  const moments = new FeatureMoments(rows.width), pause = new Pause();
  const key = JSON.stringify({ pass: "moments", input: state?.input, rows: rows.count, width: rows.width });
  const saved = state === undefined ? undefined : readState(state, key)?.get("moments");
  if (saved !== undefined) moments.restore(saved);
  let safe = moments.count;
  const save = () => {
    if (state !== undefined && moments.count > safe) saveState(state.path, key, { moments: moments.state() });
    safe = moments.count;
  };
  try {
    for (const part of rowParts(rows, moments.count)) {
      await pause.now();
      signal?.throwIfAborted();
      moments.add(part.rows);
      if (moments.count - safe >= saveEvery) save();
      onProgress?.(moments.count, rows.count);
    }
  } finally {
    save();
  }
  return moments;
}
