/** What is thrown where rows cannot be kept apart as asked. */

/** Why: no method can place so many, drawing gets nowhere, the sampler has no more rows, or packing does not get there. */
export type SeparationReason = "bound" | "no progress" | "exhausted" | "descent";

/** The numbers of a {@link SeparationError}. */
export interface SeparationFailure {
  /** Why the request failed. */
  readonly reason: SeparationReason;
  /** Rows asked for. */
  readonly count: number;
  /** Rows reached. */
  readonly reached: number;
  /** Most rows that can lie so far apart by any method; Infinity where no bound is known. */
  readonly bound: number;
  /** Rows accepted out of those drawn last, 0..1; of packed rows, those that fit. */
  readonly rate: number;
  /** The largest cosine allowed. */
  readonly maxCosine: number;
  /** Steps of the descent, where rows are packed. */
  readonly steps?: number;
  /** Largest cosine that was reached, where rows are packed. */
  readonly largest?: number;
}

/**
 * Rows cannot be kept apart as asked; says how far it came and what to do.
 *
 * @example Five directions with a right angle between any two cannot lie in a plane
 * ```ts
 * import { sphereSampler } from "@/identity/mod.ts";
 * import { separatedRows, SeparationError } from "@/separation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const rows = separatedRows(sphereSampler(2, { seed: 1 }), { count: 5, maxCosine: 0 });
 * await assert.rejects(rows.next(), (error) => error instanceof SeparationError && error.bound === 4);
 * ```
 */
export class SeparationError extends Error implements SeparationFailure {
  /** Why the request failed. */
  readonly reason: SeparationReason;
  /** Rows asked for. */
  readonly count: number;
  /** Rows reached. */
  readonly reached: number;
  /** Most rows that can lie so far apart by any method; Infinity where no bound is known. */
  readonly bound: number;
  /** Rows accepted out of those drawn last, 0..1. */
  readonly rate: number;
  /** The largest cosine allowed. */
  readonly maxCosine: number;
  /** Steps of the descent, where rows are packed. */
  readonly steps?: number;
  /** Largest cosine that was reached, where rows are packed. */
  readonly largest?: number;

  /**
   * Makes the error.
   *
   * @param failure Its numbers.
   */
  constructor(failure: SeparationFailure) {
    super(messageOf(failure));
    this.name = "SeparationError";
    this.reason = failure.reason;
    this.count = failure.count;
    this.reached = failure.reached;
    this.bound = failure.bound;
    this.rate = failure.rate;
    this.maxCosine = failure.maxCosine;
    if (failure.steps !== undefined) this.steps = failure.steps;
    if (failure.largest !== undefined) this.largest = failure.largest;
  }
}

function messageOf({ reason, count, reached, bound, rate, maxCosine, steps, largest }: SeparationFailure): string {
  const start = `Cannot keep ${count} rows at cosine ${maxCosine} or less: `;
  if (reason === "bound") {
    return start +
      `no more than ${bound} directions can lie so far apart in this width; ask for fewer rows, or raise ` +
      "the cosine";
  }
  if (reason === "exhausted") {
    return start +
      `the sampler's rows end after ${reached} that fit; ask for ${reached} rows, raise the cosine, or use a ` +
      "sampler that can draw others";
  }
  if (reason === "descent") {
    return start +
      `after ${steps} steps of descent the largest is ${
        largest?.toFixed(4)
      }, and ${reached} rows fit; ask for fewer rows, ` +
      "raise the cosine, take more steps, or let go of what the rows stay near to";
  }
  return start +
    `${reached} are placed, and of the last rows drawn only ${(100 * rate).toPrecision(2)} % fitted, so the ` +
    `rest would take too many; ask for about ${reached} rows, raise the cosine, or raise maxAttempts`;
}
