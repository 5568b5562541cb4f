/** Timing of small graphs over repeats. */
import * as op from "@/onnx/mod.ts";
import type { Tensor, Value } from "@/onnx/mod.ts";

/** How long and how often to repeat. */
export interface MeasureOptions {
  /** Time to spend on one measurement in seconds. @default {0.5} */
  readonly seconds?: number;
  /** Least number of runs, one of which only warms up. @default {4} */
  readonly runs?: number;
  /** Device and threads. */
  readonly session?: op.SessionOptions;
  /** Clock in milliseconds. @default {performance.now} */
  readonly now?: () => number;
}

/** Numbers without meaning but without denormals, infinities or patterns that a kernel could skip. */
export function noise(shape: readonly number[]): Tensor {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  let state = 12345;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state / 2 ** 31 - 1;
  }
  return { data, shape };
}

/**
 * Least time of one run of a graph in seconds: steady also on a machine that is shared with other work.
 *
 * Inputs are filled with noise; results are written to the same memory at each run, so that no allocation is timed.
 *
 * @param inputs Graph inputs of fixed shape, float32.
 * @param outputs Results to compute.
 */
export async function leastSeconds(
  inputs: readonly Value[],
  outputs: readonly Value[],
  options: MeasureOptions = {},
): Promise<number> {
  return Math.min(...await secondsOfRuns(inputs, outputs, options));
}

/**
 * Mean time of one run of a graph in seconds, to compare with long work that also takes the machine as it is.
 *
 * @param inputs As for {@link leastSeconds}.
 * @param outputs As for {@link leastSeconds}.
 */
export async function meanSeconds(
  inputs: readonly Value[],
  outputs: readonly Value[],
  options: MeasureOptions = {},
): Promise<number> {
  const times = await secondsOfRuns(inputs, outputs, options);
  return times.reduce((a, b) => a + b) / times.length;
}

async function secondsOfRuns(
  inputs: readonly Value[],
  outputs: readonly Value[],
  { seconds = 0.5, runs = 4, session: options = {}, now = () => performance.now() }: MeasureOptions,
): Promise<number[]> {
  const named = Object.fromEntries(outputs.map((value, i) => [`y${i}`, op.identity(value)]));
  await using session = await op.createSession(op.buildModel({ inputs, outputs: named }), options);
  const feeds = Object.fromEntries(inputs.map((value) => [value.name!, noise(value.shape as number[])]));
  const into = Object.fromEntries(outputs.map((value, i) => [`y${i}`, noise(value.shape as number[])]));
  await session.run(feeds, into);
  const times: number[] = [];
  const begin = now();
  for (let i = 1; i < runs || now() - begin < seconds * 1000; i++) {
    const start = now();
    await session.run(feeds, into);
    times.push((now() - start) / 1000);
  }
  return times;
}
