/**
 * One part of evaluation, timed with its peak memory; started by `deno task bench:evaluation`.
 *
 * Arguments: PART JOB.json VARIANT. Prints one line of JSON: {"seconds", "cpuSeconds", "peakBytes", "result"}.
 */
import process from "node:process";
import {
  consecutivePairs,
  distanceAccuracy,
  pairDistances,
  ScoreTally,
  tarAtFar,
  validationRate,
} from "@/evaluation/mod.ts";
import { arrayParameters, createRecogniser, initialise, iresnetConfig, iresnetSpecs } from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { openNpy, readNpy, readNpyFloat32 } from "@/weights/mod.ts";
import type { EvaluationJob, EvaluationPart } from "./evaluation_report.ts";
import { noise } from "./_measure.ts";
import { peakBytes } from "./_peak.ts";

/** Scores read at once. */
const PART_SCORES = 2 ** 20;

const [part, path, variant] = Deno.args as [EvaluationPart, string, string];
const job: EvaluationJob = JSON.parse(await Deno.readTextFile(path));

/** Runs something once and says how long it took. */
async function once<T>(run: () => T | Promise<T>): Promise<{ seconds: number; cpuSeconds: number; result: T }> {
  const start = performance.now(), cpu = process.cpuUsage();
  const result = await run();
  const { user, system } = process.cpuUsage(cpu); // microseconds
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6, result };
}

async function embed(): Promise<{ seconds: number; cpuSeconds: number; result: number }> {
  const { batch, depth, seconds, threads } = job;
  const config = iresnetConfig(depth), values = initialise(iresnetSpecs(config), new RandomStream(1, "weights"));
  await using recogniser = await createRecogniser(config, arrayParameters(values), {
    threads,
    batchSize: batch,
    bulk: variant !== "less memory",
  });
  const { data } = noise([batch, 3, 112, 112]);
  await recogniser.embed(data as Float32Array, batch);
  let least = Infinity, cpu = Infinity;
  const begin = performance.now();
  for (let runs = 0; runs < 3 || performance.now() - begin < seconds * 1000; runs++) {
    const found = await once(() => recogniser.embed(data as Float32Array, batch));
    least = Math.min(least, found.seconds);
    cpu = Math.min(cpu, found.cpuSeconds);
  }
  return {
    seconds: least,
    cpuSeconds: cpu,
    result: [...values.values()].reduce((sum, data) => sum + data.length, 0),
  };
}

async function folds() {
  const { shape, data } = readNpyFloat32(job.features);
  const same = readNpy(job.same).data as Uint8Array, width = shape[1]!;
  return await once(() => {
    const distances = pairDistances(data, width, consecutivePairs(same.length));
    return (part === "accuracy" ? distanceAccuracy(distances, same) : validationRate(distances, same)).mean;
  });
}

async function scores() {
  return await once(() => {
    const tally = new ScoreTally(readNpyFloat32(job.genuine).data);
    using impostors = openNpy(job.impostors);
    for (let from = 0; from < impostors.length; from += PART_SCORES) {
      tally.add(impostors.rows(from, Math.min(from + PART_SCORES, impostors.length)) as Float32Array);
    }
    return tarAtFar(tally.curve(), job.far).tar!;
  });
}

const found = part === "embed" ? await embed() : part === "tar" ? await scores() : await folds();
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ ...found, peakBytes: peakBytes() })));
