/** Timing of small graphs: least time over repeats, so that a machine shared with other work still gives steady numbers. */
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
 * Least time of one run of a graph in seconds.
 *
 * Inputs are filled with noise; results are written to the same memory at each run, so that no allocation is timed.
 *
 * @param inputs Graph inputs of fixed shape, float32.
 * @param outputs Results to compute.
 */
export async function leastSeconds(
  inputs: readonly Value[],
  outputs: readonly Value[],
  { seconds = 0.5, runs = 4, session: options = {}, now = () => performance.now() }: MeasureOptions = {},
): Promise<number> {
  const named = Object.fromEntries(outputs.map((value, i) => [`y${i}`, op.identity(value)]));
  await using session = await op.createSession(op.buildModel({ inputs, outputs: named }), options);
  const feeds = Object.fromEntries(inputs.map((value) => [value.name!, noise(value.shape as number[])]));
  const into = Object.fromEntries(outputs.map((value, i) => [`y${i}`, noise(value.shape as number[])]));
  await session.run(feeds, into);
  let least = Infinity;
  const begin = now();
  for (let i = 1; i < runs || now() - begin < seconds * 1000; i++) {
    const start = now();
    await session.run(feeds, into);
    least = Math.min(least, (now() - start) / 1000);
  }
  return least;
}
