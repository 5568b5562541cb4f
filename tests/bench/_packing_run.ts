/**
 * Packing of some rows for a step or a few, timed with its peak memory; started by `deno task bench:packing`.
 *
 * Arguments: ROWS WIDTH STEPS THREADS. All pairs are gone through for neighbours and largest cosine before the first step, and again after
 * the last; the steps after the first are steps alone. With one step the run ends after it. Prints one line of JSON: {"passSeconds", "stepSeconds", "cpuSeconds", "beforeBytes", "peakBytes"};
 * stepSeconds is 0 with one step, which is too short to be told apart.
 */
import process from "node:process";
import { packVectors, sampledVectors, sphereSampler } from "@/identity/mod.ts";
import { peakBytes } from "./_peak.ts";

const [rows, width, steps, threads] = Deno.args.map(Number) as [number, number, number, number];
const sampler = sampledVectors(sphereSampler(width, { seed: 1 }), rows);
let drawing = 0;
const start = {
  ...sampler,
  vector: (row: number) => {
    const begin = performance.now(), vector = sampler.vector(row);
    drawing += performance.now() - begin;
    return vector;
  },
};
const before = peakBytes(), stop = new AbortController(), ends: number[] = [], begin = performance.now();
const onProgress = () => {
  ends.push(performance.now());
  if (steps === 1) stop.abort();
};
try {
  // No look for neighbours after the first.
  await packVectors({ start, iterations: steps, refreshEvery: steps, threads, signal: stop.signal, onProgress });
} catch (error) {
  if (!stop.signal.aborted) throw error;
}
const end = performance.now(), first = ends[0]!, last = ends.at(-1)!;
const step = steps === 1 ? 0 : (last - first) / (steps - 1);
const passes = steps === 1 ? first - begin - drawing : (first - begin - step + end - last - drawing) / 2;
const { user, system } = process.cpuUsage(); // microseconds
const told = {
  ...{ passSeconds: passes / 1000, stepSeconds: step / 1000, cpuSeconds: (user + system) / 1e6 },
  ...{ beforeBytes: before, peakBytes: peakBytes() },
};
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(told)));
