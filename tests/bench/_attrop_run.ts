/**
 * Attribute operation of one job, timed with its peak memory; started by `deno task bench:attrop`.
 *
 * Arguments: JOB.json METHOD; METHOD is "default" or "reference". Prints JSON: {"iteration"} lines, then one with the results, as
 * attrop_bench.py does.
 */
import process from "node:process";
import { type AttributeEvaluator, optimiseAsReference, optimiseAttributes } from "@/attributes/mod.ts";
import { peakBytes } from "./_peak.ts";
import { type AttropJob, openJob, sampleOf } from "./attrop_job.ts";

const [path, method] = Deno.args as [string, string];
const job: AttropJob = JSON.parse(Deno.readTextFileSync(path));
const say = (line: unknown) => Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));

await using session = await openJob(job);
const loadedBytes = peakBytes(), samples = job.batches.flat(), batch = job.batches[0]!.length;
const iterations: number[] = [], losses: number[][] = [];
let runs = 0, accepted = 0, evaluations = 0;
/** The session, with a clock; only whole batches tell the time of an iteration. */
const timed: AttributeEvaluator = {
  vectorSize: session.vectorSize,
  objectives: session.objectives,
  targets: session.targets,
  drawMask: (stream) => session.drawMask(stream),
  evaluate: async (samples) => {
    const start = performance.now(), found = await session.evaluate(samples);
    if (samples.length === batch) iterations.push((performance.now() - start) / 1000);
    evaluations += samples.length;
    say({ iteration: ++runs });
    return found;
  },
};
const processor = () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
const began = performance.now(), cpu = processor();
if (method === "default") {
  const jobs = samples.map((sample, tag) => ({ tag, ...sampleOf(sample) }));
  for await (const result of optimiseAttributes(timed, jobs, { cap: job.cap, batchSize: batch })) {
    if (result.accepted) accepted++;
  }
} else {
  for (const samples of job.batches) {
    const { iterations, final } = await optimiseAsReference(timed, samples.map(sampleOf), { cap: job.cap });
    losses.push(iterations.map(({ loss }) => loss));
    accepted += final.filter(({ miss }) => miss.every((m, j) => m <= session.objectives[j]!.threshold)).length;
  }
}
const seconds = (performance.now() - began) / 1000, cpuSeconds = processor() - cpu;
say({
  iterations,
  seconds,
  cpuSeconds,
  accepted,
  evaluations,
  losses,
  loadedBytes,
  peakBytes: peakBytes(),
  alone: session.alone,
});
