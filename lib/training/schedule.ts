/**
 * Learning-rate schedules.
 *
 * @module
 */

/** Settings of {@linkcode warmupCosine}. */
export interface WarmupCosineOptions {
  /** Highest rate. */
  readonly peak: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Steps of linear rise from 0. @default {0} */
  readonly warmup?: number;
  /** Rate at the end. @default {0} */
  readonly floor?: number;
}

/**
 * Rate at a step: linear rise, then half a cosine down to the floor.
 *
 * @param step Steps done, 0..steps-1.
 * @param options Peak, length, warm-up and floor.
 * @returns The rate, above 0 during the warm-up and never below the floor after it.
 *
 * @example Peak after the warm-up, half of it in the middle
 * ```ts
 * import { warmupCosine } from "@/training/schedule.ts";
 * import assert from "node:assert/strict";
 *
 * const at = (step: number) => warmupCosine(step, { peak: 1, steps: 110, warmup: 10 });
 * assert.equal(at(10), 1);
 * assert.ok(Math.abs(at(60) - 0.5) < 1e-12);
 * ```
 */
export function warmupCosine(step: number, { peak, steps, warmup = 0, floor = 0 }: WarmupCosineOptions): number {
  if (step < warmup) return peak * (step + 1) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
}
