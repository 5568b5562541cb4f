/**
 * Attribute operation, ours beside the reference's procedure in PyTorch: time of an iteration and of an accepted image, peak
 * memory, and what the count of operations predicts.
 *
 * Each run has a process of its own, so that its peak memory is its own; all do the same job (attrop_job.ts). The reference
 * computes the gradients of all weights and drops them, keeps finished samples in the batch until its means pass, and decodes
 * once more at the end; "PyTorch, weights frozen" is the same without the first.
 */
import { presetObjectives } from "@/attributes/mod.ts";
import { ATTRIBUTE_PRESETS, attributeGraph } from "@/attributes/mod.ts";
import type { BuiltModel } from "@/onnx/mod.ts";
import { join } from "node:path";
import { leastSeconds } from "./_measure.ts";
import { type AttropJob, makeJob } from "./attrop_job.ts";
import { openNetworks } from "./attrop_networks.ts";
import { matmulParts } from "./cases.ts";
import { type Convergence, countConvergence } from "./attrop_convergence.ts";
import { graphFlops, upsampleSaving, weightGradientFlops } from "./flops.ts";

/** Most iterations where convergence is counted: the reference has no limit, few batches come near this one. */
const CONVERGENCE_CAP = 100;
/** Side of the matrices whose product is the machine's measure. */
const MATMUL_SIZE = 1024;

/** One way to do the job. */
export interface AttropRun {
  /** Who, and how. */
  readonly method: string;
  /** Median time of an iteration of a whole batch, seconds; null where it could not be run. */
  readonly iterationSeconds: number | null;
  /** Vectors evaluated with their gradient, of all iterations together. */
  readonly evaluations: number | null;
  /** Time of the job, seconds. */
  readonly seconds: number | null;
  /** Processor time of the job, all threads, seconds: what counts where the machine has other work too. */
  readonly cpuSeconds: number | null;
  /** Images that have what was asked, each judged alone. */
  readonly accepted: number | null;
  /** Memory once the networks are loaded, bytes. */
  readonly loadedBytes: number | null;
  /** Most memory of the process. */
  readonly peakBytes: number | null;
  /** Operations of an iteration, 10^9. */
  readonly gflop: number;
  /** Rate of an iteration as a share of the matrix product's in the same runtime. */
  readonly ofMatmul: number | null;
  /** Losses of each batch, an iteration each; empty for the default mode. */
  readonly losses: readonly (readonly number[])[];
  /** Why it could not be run, or that samples were computed one by one because batches gave other bits. */
  readonly note?: string;
}

/** How much faster ours is than the reference's procedure. */
export interface AttropGain {
  /** Time of an iteration, reference mode on both sides. */
  readonly perIteration: number;
  /** The same as the counts of operations predict, at equal rates. */
  readonly predicted: number;
  /** Time of an accepted image, ours in default mode; null where a side has none. */
  readonly perAccepted: number | null;
  /**
   * Largest relative difference of a loss, at the first iteration and over the first 20 of each batch. Random networks have kinks
   * and Adam's first steps are signs of the gradient, so that what rounding decides grows from one to the next.
   */
  readonly lossDifference: { readonly first: number; readonly later: number };
}

/** All results. */
export interface AttropBench {
  readonly size: string;
  readonly batch: number;
  /** Images that are asked for. */
  readonly images: number;
  readonly cap: number;
  readonly threads: number;
  /** Rates of a matrix product, 10^9 operations a second; null where PyTorch is not there. */
  readonly matmulGflops: { readonly ours: number; readonly torch: number | null };
  readonly torch: string | null;
  readonly runs: readonly AttropRun[];
  /** Null where PyTorch is not there. */
  readonly gain: AttropGain | null;
  /** What trained networks need, where samples converge unevenly. */
  readonly convergence: readonly Convergence[];
}

/** What to run. */
export interface AttropBenchOptions {
  /** A key of ATTROP_SIZES. */
  readonly size: string;
  /** Samples of a batch. */
  readonly batch: number;
  /** Batches of images. */
  readonly batches: number;
  /** Most iterations. */
  readonly cap: number;
  /** Threads of all sides. */
  readonly threads: number;
  /** Interpreter with PyTorch; `python3` is tried when left out. */
  readonly python?: string | undefined;
  /** Batches of each case whose evaluations are counted; 0 for none. @default {20} */
  readonly convergenceBatches?: number;
  /** Seconds to measure matrix products. @default {1} */
  readonly seconds?: number;
  /** Told what begins. */
  readonly onStep?: (what: string) => void;
  /** Told about each iteration of a run. */
  readonly onIteration?: (method: string, iteration: number) => void;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
}

/** What a run's process says at its end. */
interface Told {
  readonly iterations: readonly number[];
  readonly evaluations: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly accepted: number;
  readonly losses: readonly (readonly number[])[];
  readonly loadedBytes: number;
  readonly peakBytes: number;
  readonly alone?: boolean;
  readonly matmulGflops?: number;
  readonly version?: string;
}

const OURS = { "ours, default": "default", "ours, reference mode": "reference" } as const;
const TORCH = { "PyTorch, as the reference": "as the reference", "PyTorch, weights frozen": "frozen" } as const;

/**
 * Runs the benchmark. Requires permission to run Deno and Python, and to write into the folder for temporary files.
 *
 * @throws {TypeError} If an interpreter was named that cannot be run or has no PyTorch.
 */
export async function benchAttrop(options: AttropBenchOptions): Promise<AttropBench> {
  const { size, batch, batches, cap, threads, python, seconds = 1, convergenceBatches = 20, onStep, signal } = options;
  if (python !== undefined) await checkPython(python);
  const { inputs, outputs } = matmulParts(MATMUL_SIZE);
  const ours = 2 * MATMUL_SIZE ** 3 / await leastSeconds(inputs, outputs, { seconds, session: { threads } }) / 1e9;
  const folder = await Deno.makeTempDir({ prefix: "vec2face-bench-" });
  try {
    onStep?.("random networks, and targets that they reach");
    const job = await makeJob({ size, batch, batches, cap, threads, matmulSeconds: seconds, folder });
    const path = join(folder, "job.json"), { ours: step, reference, weights } = operations(job, batch);
    await Deno.writeTextFile(path, JSON.stringify(job));
    const here = (name: string) => decodeURIComponent(new URL(name, import.meta.url).pathname);
    const runs: AttropRun[] = [];
    let torch: { rate: number; version: string } | undefined;
    const run = async (method: string, command: string, args: readonly string[], flops: number, rate?: number) => {
      signal?.throwIfAborted();
      onStep?.(method);
      const told = await oneRun(command, args, signal, (iteration) => options.onIteration?.(method, iteration));
      if (typeof told !== "string" && told.version !== undefined) {
        torch ??= { rate: told.matmulGflops!, version: told.version };
      }
      runs.push(summary(method, told, flops, rate ?? torch?.rate));
    };
    for (const [method, mode] of Object.entries(OURS)) {
      await run(method, Deno.execPath(), ["run", "-P", here("./_attrop_run.ts"), path, mode], step, ours);
    }
    for (const [method, mode] of Object.entries(TORCH)) {
      const flops = mode === "frozen" ? reference : reference + weights;
      await run(method, python ?? "python3", [here("./attrop_bench.py"), path, mode], flops);
    }
    const matmulGflops = { ours, torch: torch?.rate ?? null };
    const common = { size, batch, images: batch * batches, cap, threads, matmulGflops, torch: torch?.version ?? null };
    if (convergenceBatches > 0) onStep?.("evaluations that an accepted image takes, on mini");
    const convergence = await countConvergence({
      batches: convergenceBatches,
      batch,
      cap: CONVERGENCE_CAP,
      threads,
      signal,
    });
    return { ...common, runs, gain: gainOf(runs), convergence };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Operations of an iteration of ours, of the reference's without gradients of weights, and of those gradients. */
export function operations(
  { files, configs }: Pick<AttropJob, "files" | "configs">,
  batch: number,
): { ours: number; reference: number; weights: number } {
  const model = (bulk: boolean) => {
    const { decoder, networks } = openNetworks(files, configs, bulk);
    return attributeGraph(decoder, presetObjectives(ATTRIBUTE_PRESETS.vec2face, networks, { unsigned: true })).model;
  };
  const count = ({ outputs }: BuiltModel) => graphFlops([...outputs.values()], batch);
  const plain = model(false), doubling = upsampleSaving(configs.generator, batch);
  const weights = weightGradientFlops([plain.outputs.get("miss")!], [...plain.inputs.values()], batch);
  // Doubling is convolved as it is on the way there, on the way back, and for the weights.
  return { ours: count(model(true)), reference: count(plain) + 2 * doubling, weights: weights + doubling };
}

async function checkPython(python: string): Promise<void> {
  try {
    const { success } = await new Deno.Command(python, { args: ["-c", "import torch"], stdout: "null", stderr: "null" })
      .output();
    if (success) return;
  } catch (error) {
    const { NotFound, PermissionDenied, NotCapable } = Deno.errors;
    if (![NotFound, PermissionDenied, NotCapable].some((kind) => error instanceof kind)) throw error;
  }
  throw new TypeError(`Cannot time PyTorch: "${python}" is not there, may not be run, or cannot import torch`);
}

/** Runs a process that prints a line of JSON for each iteration and the results last; why not, where it cannot. */
async function oneRun(
  command: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
  onIteration: (iteration: number) => void,
): Promise<Told | string> {
  let child: Deno.ChildProcess;
  try {
    const stop = signal === undefined ? {} : { signal };
    child = new Deno.Command(command, { args: [...args], stdout: "piped", stderr: "null", ...stop }).spawn();
  } catch (error) {
    const { NotFound, PermissionDenied, NotCapable } = Deno.errors;
    if ([NotFound, PermissionDenied, NotCapable].some((kind) => error instanceof kind)) return "not there";
    throw error;
  }
  let told: Told | { readonly missing: string } | undefined, rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const found = JSON.parse(line);
      if ("iteration" in found) onIteration(found.iteration);
      else told = found;
    }
  }
  const { code } = await child.status;
  signal?.throwIfAborted();
  if (told !== undefined && "missing" in told) return `${told.missing} is not installed`;
  return told ?? `ended with code ${code}`;
}

function summary(method: string, told: Told | string, flops: number, rate: number | undefined): AttropRun {
  const gflop = flops / 1e9;
  if (typeof told === "string") {
    const none = { iterationSeconds: null, evaluations: null, seconds: null, cpuSeconds: null, accepted: null };
    return { method, ...none, loadedBytes: null, peakBytes: null, gflop, ofMatmul: null, losses: [], note: told };
  }
  const { iterations, evaluations, seconds, cpuSeconds, accepted, loadedBytes, peakBytes, losses } = told;
  const iterationSeconds = medianOf(iterations);
  const ofMatmul = rate === undefined ? null : gflop / iterationSeconds / rate;
  return {
    method,
    iterationSeconds,
    evaluations,
    seconds,
    cpuSeconds,
    accepted,
    loadedBytes,
    peakBytes,
    gflop,
    ofMatmul,
    losses,
    ...(told.alone ? { note: "one by one" } : {}),
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How much faster ours is; null without the reference's procedure. */
export function gainOf(runs: readonly AttropRun[]): AttropGain | null {
  const [standard, mode, reference] = ["ours, default", "ours, reference mode", "PyTorch, as the reference"].map((
    method,
  ) => runs.find((run) => run.method === method));
  if (!standard?.seconds || !mode?.iterationSeconds || !reference?.iterationSeconds) return null;
  const perImage = ({ seconds, accepted }: AttropRun) => accepted! > 0 ? seconds! / accepted! : undefined;
  const [a, b] = [perImage(standard), perImage(reference)];
  const difference = (iterations: number) =>
    Math.max(...mode.losses.flatMap((losses, batch) => {
      const others = reference.losses[batch]?.slice(0, iterations) ?? [];
      return others.map((other, i) => i < losses.length ? Math.abs(losses[i]! / other - 1) : 0);
    }));
  return {
    perIteration: reference.iterationSeconds / mode.iterationSeconds,
    predicted: reference.gflop / mode.gflop,
    perAccepted: a === undefined || b === undefined ? null : b / a,
    lossDifference: { first: difference(1), later: difference(20) },
  };
}

/** Evaluations of one accepted image on either side, and how much faster ours is when iterations take what they do. */
export function convergenceLine(
  { asked, images, ours, reference }: Convergence,
  gain: Pick<AttropGain, "perIteration"> | null,
): string {
  const [a, b] = [ours, reference].map(({ evaluations, accepted }) => evaluations / accepted) as [number, number];
  const time = gain === null
    ? ""
    : `; with the times above ${(b / a * gain.perIteration).toFixed(2)} times an accepted image`;
  return `${asked}: ${a.toFixed(1)} evaluations an accepted image, ${ours.accepted} of ${images} accepted; ` +
    `the reference's procedure ${b.toFixed(1)}, ${reference.accepted} accepted: ${
      (b / a).toFixed(2)
    } times as many${time}`;
}

/** The results as lines of text. */
export function attropTable(
  { size, batch, images, cap, threads, matmulGflops, torch, runs, gain, convergence }: AttropBench,
): string[] {
  const number = (x: number | null, digits: number) => x === null ? "" : x.toFixed(digits);
  const mebibytes = (bytes: number | null) => number(bytes === null ? null : bytes / 2 ** 20, 0);
  const head = [
    "method",
    "ms/iteration",
    "evaluations",
    "s/accepted",
    "cpu s",
    "accepted",
    "loaded MiB",
    "peak MiB",
    "GFLOP",
    "of MatMul",
  ];
  const cells = runs.map((run) => {
    const each = run.accepted === null || run.accepted === 0 ? null : run.seconds! / run.accepted;
    return [
      run.method,
      number(run.iterationSeconds === null ? null : run.iterationSeconds * 1000, 1),
      number(run.evaluations, 0),
      number(each, 2),
      number(run.cpuSeconds, 1),
      run.accepted === null ? "" : `${run.accepted} of ${images}`,
      ...[mebibytes(run.loadedBytes), mebibytes(run.peakBytes)],
      number(run.gflop, run.gflop < 10 ? 2 : 0),
      ...[number(run.ofMatmul, 2), run.note ?? ""],
    ];
  });
  const widths = [...head, "note"].map((title, c) => Math.max(title.length, ...cells.map((row) => row[c]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, c) => c === 0 || c === 10 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)).join("  ")
      .trimEnd();
  const beside = torch === null ? "" : `, ${number(matmulGflops.torch, 1)} in PyTorch ${torch}`;
  return [
    `${size} networks, random weights, batch ${batch}, at most ${cap} iterations, ${threads} thread(s)`,
    `MatMul ${matmulGflops.ours.toFixed(1)} GFLOP/s in ONNX Runtime${beside}`,
    ...[head, ...cells].map(line),
    ...(gain === null ? [] : [
      `faster than the reference's procedure: ${
        gain.perIteration.toFixed(2)
      } times an iteration (the counts of operations ` +
      `predict ${gain.predicted.toFixed(2)}), ${number(gain.perAccepted, 2) || "-"} times an accepted image`,
      `largest difference of a loss: ${gain.lossDifference.first.toExponential(1)} at the first iteration, ` +
      `${gain.lossDifference.later.toExponential(1)} over 20`,
    ]),
    ...(convergence.length === 0 ? [] : ["convergence of trained networks (mini, random masks):"]),
    ...convergence.map((found) => `  ${convergenceLine(found, gain)}`),
  ];
}
