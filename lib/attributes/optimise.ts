/**
 * The loop of attribute operation: vectors go down the gradient until each has what was asked of it.
 *
 * Ported in behaviour from gen_image of
 * https://github.com/HaiyuWu/Vec2Face/blob/main/pixel_generator/vec2face/model_vec2face.py . Deviations, each a defect there:
 * a sample is accepted on its own losses, not on the batch's means; it then leaves the batch and the next job takes its place;
 * its mask stays the same, so the image that passed is the image returned; every sample ends, at the latest at the cap, with a
 * reason; the best image so far is kept; and no sample's way depends on its neighbours, so batch size and order change nothing.
 *
 * @module
 */
import { norm } from "@/identity/mod.ts";
import type { TokenMask } from "@/networks/mod.ts";
import { Adam } from "./adam.ts";
import type { AttributeEvaluation, AttributeEvaluator, AttributeSample } from "./attribute_session.ts";
import { excessOf } from "./excess.ts";
import { START_TARGET } from "./objective.ts";

/** One vector to optimise. */
export interface AttributeJob<Tag> {
  /** Whatever tells the caller which job it was; comes back with the result. */
  readonly tag: Tag;
  /** Where to start [D]; not changed. */
  readonly vector: Float32Array;
  /** The mask of its image, for all iterations. */
  readonly mask: TokenMask;
  /** Targets by name: numbers, or vectors [D]; those with a fallback may be left out. */
  readonly targets: Readonly<Record<string, number | Float32Array>>;
}

/**
 * Why a sample ended.
 *
 * - `accepted`: every objective is within its threshold.
 * - `cap`: the number of iterations is used up.
 * - `budget`: its time is used up.
 * - `no gradient`: the gradient is zero and always was, so the vector can't move.
 * - `not finite`: the vector, a target, the image, a loss or the gradient has NaN or an infinite value.
 * - `no norm`: the vector or a class vector has (almost) no length, so no cosine to it can be told.
 */
export type EndReason = "accepted" | "cap" | "budget" | "no gradient" | "not finite" | "no norm";

/** One iteration of one sample. */
export interface AttributeStep {
  /** Sum of the weighted losses. */
  readonly loss: number;
  /** See {@linkcode excessOf}. */
  readonly excess: number;
  /** What each objective measured. */
  readonly measured: Readonly<Record<string, number>>;
}

/** What came of one job; vector, image and values belong together: they are those of the best iteration. */
export interface AttributeResult<Tag> {
  /** The job's tag. */
  readonly tag: Tag;
  /** Whether every objective is within its threshold. */
  readonly accepted: boolean;
  /** Why it ended. */
  readonly reason: EndReason;
  /** Evaluations made; 1 when the start was accepted as it was. */
  readonly iterations: number;
  /** The iteration, from 1, with the smallest excess; 0 when there was none that is finite. */
  readonly best: number;
  /** The vector of that iteration [D]; a copy of the start when there was none. */
  readonly vector: Float32Array;
  /** The image of that iteration [3,H,W], RGB, -1..1. */
  readonly image?: Float32Array;
  /** What each objective measured there. */
  readonly measured: Readonly<Record<string, number>>;
  /** Distance of each objective from its target there. */
  readonly miss: Readonly<Record<string, number>>;
  /** See {@linkcode excessOf}; 0 when accepted, Infinity when no iteration was finite. */
  readonly excess: number;
  /** All iterations, when asked for. */
  readonly history?: readonly AttributeStep[];
}

/** How far the loop is. */
export interface AttributeProgress<Tag> {
  /** Runs of the session, each for one batch. */
  readonly runs: number;
  /** Samples that ended. */
  readonly finished: number;
  /** Samples that were accepted. */
  readonly accepted: number;
  /** Samples in the batch, with their best excess so far. */
  readonly active: readonly { readonly tag: Tag; readonly iterations: number; readonly excess: number }[];
}

/** Options of {@linkcode optimiseAttributes} and of what is built on it. */
export interface OptimiseOptions<Tag = unknown> {
  /** Most evaluations of one sample, a whole number from 1. @default {30} */
  readonly cap?: number;
  /** Learning rate of Adam. @default {0.1} */
  readonly learningRate?: number;
  /** Samples a run; speed and memory only, never the results. @default {8} */
  readonly batchSize?: number;
  /** Milliseconds that one sample may stay in the batch; checked after each iteration, needs `clock`. @default {Infinity} */
  readonly budget?: number;
  /** Gives the time in milliseconds, such as `() => performance.now()`; only asked when there is a budget. */
  readonly clock?: () => number;
  /** Keep the losses of all iterations in the results. @default {false} */
  readonly history?: boolean;
  /** Called after each run. */
  readonly onProgress?: (progress: AttributeProgress<Tag>) => void;
  /** Stops between two runs. */
  readonly signal?: AbortSignal;
}

/** Where jobs come from; may have a job again after it had none, when results led to new ones. */
export interface JobSource<Tag> {
  /** The next job, or undefined when there is none at the moment. */
  next(): Promise<AttributeJob<Tag> | undefined>;
  /** Called when the loop ends, for whatever reason. */
  close?(): Promise<void>;
}

/** Shortest vector that has a direction: PyTorch's cosine counts shorter ones as this long. */
const LEAST_NORM = 1e-8;

/**
 * Optimises vectors, each until it has what was asked of it or cannot have it.
 *
 * Results come in the order in which samples end. Every result is a function of its job, the networks and the options
 * `cap` and `learningRate` alone, unless there is a time budget.
 *
 * @param evaluator Networks and objectives.
 * @param jobs Jobs, taken when there is room in the batch.
 * @param options Cap, learning rate, batch size, budget, progress.
 * @returns A result for each job.
 * @throws {RangeError} If the cap, the batch size, the learning rate or the budget cannot work.
 * @throws {TypeError} If a vector has another width than the network's, a target is missing, or there is a budget and no clock.
 * @throws {DOMException} The signal's reason, when it fires.
 *
 * @example A "network" whose image is its vector, which should be near 1
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { type AttributeEvaluator, optimiseAttributes } from "@/attributes/mod.ts";
 *
 * const mask = { keep: new Uint8Array(), masked: new Uint8Array() };
 * const toOne: AttributeEvaluator = {
 *   vectorSize: 1,
 *   objectives: [{ name: "one", unit: "", threshold: 0.05 }],
 *   targets: [],
 *   drawMask: () => mask,
 *   evaluate: (samples) =>
 *     Promise.resolve(samples.map(({ vector }) => {
 *       const miss = Float32Array.of(Math.abs(vector[0]! - 1)), gradient = Float32Array.of(Math.sign(vector[0]! - 1));
 *       return { loss: miss[0]!, gradient, image: vector, measured: vector, miss };
 *     })),
 * };
 * const jobs = [0.8, 0.6].map((x) => ({ tag: x, vector: Float32Array.of(x), mask, targets: {} }));
 * const ended = await Array.fromAsync(optimiseAttributes(toOne, jobs));
 * deepStrictEqual(ended.map(({ tag, iterations, reason }) => [tag, iterations, reason]), [
 *   [0.8, 3, "accepted"],
 *   [0.6, 5, "accepted"],
 * ]);
 * ```
 */
export function optimiseAttributes<Tag>(
  evaluator: AttributeEvaluator,
  jobs: Iterable<AttributeJob<Tag>> | AsyncIterable<AttributeJob<Tag>>,
  options: OptimiseOptions<Tag> = {},
): AsyncGenerator<AttributeResult<Tag>, void, void> {
  return runJobs(evaluator, iterated(jobs), options);
}

/**
 * The loop of {@linkcode optimiseAttributes} for a source that may grow while it runs.
 *
 * @param evaluator Networks and objectives.
 * @param source Jobs; asked again after each result that was taken.
 * @param options Cap, learning rate, batch size, budget, progress.
 * @returns A result for each job.
 *
 * @example No jobs, no results
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { type AttributeEvaluator, runJobs } from "@/attributes/mod.ts";
 *
 * const none = { next: () => Promise.resolve(undefined) };
 * deepStrictEqual(await Array.fromAsync(runJobs({} as AttributeEvaluator, none)), []);
 * ```
 */
export async function* runJobs<Tag>(
  evaluator: AttributeEvaluator,
  source: JobSource<Tag>,
  options: OptimiseOptions<Tag> = {},
): AsyncGenerator<AttributeResult<Tag>, void, void> {
  const { batchSize = 8, onProgress, signal } = options;
  checkOptions(options);
  let active: Run<Tag>[] = [];
  let [runs, finished, accepted] = [0, 0, 0];
  try {
    while (true) {
      while (active.length < batchSize) {
        const job = await source.next();
        if (job === undefined) break;
        const run = new Run(job, evaluator, options);
        const refused = run.refusal();
        if (refused === undefined) {
          active.push(run);
        } else {
          finished++;
          yield run.end(refused);
        }
      }
      if (active.length === 0) return;
      signal?.throwIfAborted();
      const evaluations = await evaluator.evaluate(active.map((run) => run.sample));
      runs++;
      const staying: Run<Tag>[] = [], ended: AttributeResult<Tag>[] = [];
      active.forEach((run, i) => {
        const reason = run.take(evaluations[i]!);
        if (reason === undefined) staying.push(run);
        else ended.push(run.end(reason));
      });
      active = staying;
      finished += ended.length;
      accepted += ended.filter((result) => result.accepted).length;
      onProgress?.({ runs, finished, accepted, active: active.map((run) => run.state) });
      yield* ended;
    }
  } finally {
    await source.close?.();
  }
}

/** One sample on its way. */
class Run<Tag> {
  readonly #job: AttributeJob<Tag>;
  readonly #evaluator: AttributeEvaluator;
  readonly #options: OptimiseOptions<Tag>;
  readonly #adam: Adam;
  readonly #started: number;
  readonly #history: AttributeStep[] | undefined;
  #iterations = 0;
  #best: { iteration: number; excess: number; vector: Float32Array; evaluation: AttributeEvaluation } | undefined;
  /** What is evaluated next; its vector changes from run to run. */
  readonly sample: AttributeSample;

  constructor(job: AttributeJob<Tag>, evaluator: AttributeEvaluator, options: OptimiseOptions<Tag>) {
    const { vectorSize } = evaluator, { vector, mask } = job;
    if (vector.length !== vectorSize) {
      throw new TypeError(
        `Cannot optimise a vector of ${vector.length} values: the network takes ${vectorSize}`,
      );
    }
    this.#job = job;
    this.#evaluator = evaluator;
    this.#options = options;
    this.#adam = new Adam(vectorSize, { learningRate: options.learningRate ?? 0.1 });
    this.#started = (options.budget ?? Infinity) < Infinity ? options.clock!() : 0;
    this.#history = options.history ? [] : undefined;
    this.sample = { vector: vector.slice(), mask, targets: this.#targets() };
  }

  get state(): { tag: Tag; iterations: number; excess: number } {
    return { tag: this.#job.tag, iterations: this.#iterations, excess: this.#best?.excess ?? Infinity };
  }

  /** Why the sample needs no evaluation, if so. */
  refusal(): EndReason | undefined {
    const { vector, targets } = this.sample;
    const values = Object.values(targets).map((value) => typeof value === "number" ? [value] : value);
    const vectors = [vector, ...values.filter((value) => value instanceof Float32Array)];
    if ([vector, ...values].some((value) => !allFinite(value))) return "not finite";
    return vectors.some((value) => norm(value) < LEAST_NORM) ? "no norm" : undefined;
  }

  /** Takes in an evaluation of the present vector, and steps on; a reason ends the sample. */
  take(evaluation: AttributeEvaluation): EndReason | undefined {
    const { cap = 30, budget = Infinity, clock } = this.#options;
    const { loss, measured, miss, gradient } = evaluation;
    const excess = excessOf(this.#evaluator.objectives, miss);
    this.#iterations++;
    this.#history?.push({ loss, excess, measured: this.#named(measured) });
    if (!Number.isFinite(loss) || !Number.isFinite(excess) || !allFinite(measured)) return "not finite";
    if (this.#best === undefined || excess < this.#best.excess) {
      const kept = { loss, gradient, image: evaluation.image.slice(), measured: measured.slice(), miss: miss.slice() };
      const { vector } = this.sample;
      this.#best = { iteration: this.#iterations, excess, vector: vector.slice(), evaluation: kept };
    }
    if (excess === 0) return "accepted";
    if (this.#iterations >= cap) return "cap";
    if (budget < Infinity && clock!() - this.#started >= budget) return "budget";
    if (!allFinite(gradient)) return "not finite";
    this.#adam.step(this.sample.vector, gradient);
    if (!this.#adam.moved) return "no gradient";
    return allFinite(this.sample.vector) ? undefined : "not finite";
  }

  end(reason: EndReason): AttributeResult<Tag> {
    const best = this.#best, { tag, vector } = this.#job;
    const result = {
      tag,
      accepted: reason === "accepted",
      reason,
      iterations: this.#iterations,
      best: best?.iteration ?? 0,
      vector: best?.vector ?? vector.slice(),
      measured: best === undefined ? {} : this.#named(best.evaluation.measured),
      miss: best === undefined ? {} : this.#named(best.evaluation.miss),
      excess: best?.excess ?? Infinity,
      ...(best === undefined ? {} : { image: best.evaluation.image }),
    };
    return this.#history === undefined ? result : { ...result, history: this.#history };
  }

  #named(values: Float32Array): Record<string, number> {
    return Object.fromEntries(this.#evaluator.objectives.map(({ name }, j) => [name, values[j]!]));
  }

  /** The job's targets, completed by fallbacks and the start. */
  #targets(): Record<string, number | Float32Array> {
    const { vector, targets } = this.#job, complete: Record<string, number | Float32Array> = {};
    for (const { name, fallback, kind } of this.#evaluator.targets) {
      const value = targets[name] ?? (name === START_TARGET ? vector : fallback);
      const found = value === undefined
        ? "none"
        : typeof value === "number"
        ? "a number"
        : `a vector of ${value.length}`;
      const expected = kind === "number" ? "a number" : `a vector of ${vector.length}`;
      if (found !== expected) {
        throw new TypeError(`Cannot optimise: target "${name}" of a sample must be ${expected}, found ${found}`);
      }
      complete[name] = value!;
    }
    return complete;
  }
}

function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return false;
  return true;
}

function iterated<Tag>(
  jobs: Iterable<AttributeJob<Tag>> | AsyncIterable<AttributeJob<Tag>>,
): JobSource<Tag> {
  const iterator = Symbol.asyncIterator in jobs ? jobs[Symbol.asyncIterator]() : jobs[Symbol.iterator]();
  let done = false;
  return {
    next: async () => {
      if (done) return undefined;
      const result = await iterator.next();
      done = result.done === true;
      return result.done === true ? undefined : result.value;
    },
    close: async () => {
      if (!done) await iterator.return?.();
      done = true;
    },
  };
}

function checkOptions<Tag>({ cap = 30, batchSize = 8, budget = Infinity, clock }: OptimiseOptions<Tag>): void {
  for (const [name, value] of [["cap", cap], ["batch size", batchSize]] as const) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot optimise: the ${name} is ${value}, expected a whole number of at least 1`);
    }
  }
  if (!(budget > 0)) {
    throw new RangeError(`Cannot optimise: the budget is ${budget} ms, expected a number above 0`);
  }
  if (budget < Infinity && clock === undefined) {
    throw new TypeError("Cannot optimise with a time budget: give a clock too, such as () => performance.now()");
  }
}
