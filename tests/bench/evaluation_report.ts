/**
 * Time and memory of evaluation beside PyTorch and scikit-learn: embedding by an IResNet, 10-fold accuracy and VAL, TAR at a false
 * accept rate from many impostor scores.
 *
 * Each run has a process of its own, so that its peak memory is its own, and all sides read the same files. The results are compared: they
 * must be equal to 1e-9 (for embedding, the number of values in the network must be).
 */
import type { IResNetDepth } from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { NpyWriter, writeNpy } from "@/weights/mod.ts";
import { NOT_THERE, tellOf } from "./_process.ts";

/** What is measured. */
export type EvaluationPart = "embed" | "accuracy" | "val" | "tar";

/** All parts, with what Python has for them. */
export const EVALUATION_PARTS: Readonly<Record<EvaluationPart, readonly string[]>> = {
  embed: ["PyTorch", "PyTorch, channels last"],
  accuracy: ["scikit-learn"],
  val: ["scikit-learn"],
  tar: ["scikit-learn"],
};

/** What of ours is measured; the first is what the others are told as multiples of. */
const OURS: Readonly<Record<EvaluationPart, readonly string[]>> = {
  embed: ["ours", "ours, less memory"],
  accuracy: ["ours"],
  val: ["ours"],
  tar: ["ours"],
};

/** What the processes are given. */
export interface EvaluationJob {
  /** Depth of the IResNet. */
  readonly depth: IResNetDepth;
  /** Images embedded together. */
  readonly batch: number;
  /** Seconds of repeating the embedding. */
  readonly seconds: number;
  /** Threads of both sides. */
  readonly threads: number;
  /** Features [2P, 512] of pairs. */
  readonly features: string;
  /** 1 where a pair is of one person: [P]. */
  readonly same: string;
  /** Genuine scores. */
  readonly genuine: string;
  /** Impostor scores. */
  readonly impostors: string;
  /** False accept rate. */
  readonly far: number;
}

/** One run. */
export interface EvaluationRun {
  /** What was measured. */
  readonly part: EvaluationPart;
  /** By whom. */
  readonly method: string;
  /** Seconds; for embedding, the least of a batch; null where it could not be run. */
  readonly seconds: number | null;
  /** Seconds of processors. */
  readonly cpuSeconds: number | null;
  /** Peak memory of the process in bytes. */
  readonly peakBytes: number | null;
  /** What came out. */
  readonly result: number | null;
  /** Speed of our side as a multiple of this one's. */
  readonly ours: number | null;
  /** Why it could not be run, or that the result is another. */
  readonly note?: string;
}

/** All results. */
export interface EvaluationBench {
  /** Threads of both sides. */
  readonly threads: number;
  /** Depth of the IResNet. */
  readonly depth: IResNetDepth;
  /** Images of a batch. */
  readonly batch: number;
  /** Number of pairs. */
  readonly pairs: number;
  /** Number of genuine scores. */
  readonly genuine: number;
  /** Number of impostor scores. */
  readonly impostors: number;
  /** The runs. */
  readonly runs: readonly EvaluationRun[];
}

/** What to run. */
export interface EvaluationBenchOptions {
  /** Pairs of the folds. */
  readonly pairs: number;
  /** Impostor scores. */
  readonly impostors: number;
  /** Genuine scores. @default {100000} */
  readonly genuine?: number;
  /** Depth of the IResNet. @default {50} */
  readonly depth?: IResNetDepth;
  /** Images embedded together. @default {16} */
  readonly batch?: number;
  /** Seconds of repeating the embedding. @default {5} */
  readonly seconds?: number;
  /** Threads. */
  readonly threads: number;
  /** Parts. @default {all} */
  readonly parts?: readonly string[];
  /** Interpreter with PyTorch, scikit-learn or both; `python3` is tried when left out. */
  readonly python?: string | undefined;
  /** Told about each run before it begins. */
  readonly onRun?: ((part: string, method: string) => void) | undefined;
  /** Stops the work. */
  readonly signal?: AbortSignal | undefined;
}

const WIDTH = 512, RATE = 1e-4;

/**
 * Runs the benchmark. Requires permission to run Deno and Python, and to write into the folder for temporary files.
 *
 * @throws {TypeError} If a part is unknown, or an interpreter was named that cannot be run.
 */
export async function benchEvaluation(options: EvaluationBenchOptions): Promise<EvaluationBench> {
  const { pairs, impostors, genuine = 100_000, depth = 50, batch = 16, seconds = 5, threads, python, onRun, signal } =
    options;
  const all = Object.keys(EVALUATION_PARTS) as EvaluationPart[], parts = options.parts ?? all;
  const unknown = parts.find((part) => !all.includes(part as EvaluationPart));
  if (unknown !== undefined || parts.length === 0) {
    throw new TypeError(`Cannot time "${unknown ?? ""}": expected any of ${all.join(", ")}`);
  }
  const folder = await Deno.makeTempDir(), runs: EvaluationRun[] = [];
  try {
    const file = (name: string) => `${folder}/${name}`;
    const job: EvaluationJob = {
      ...{ depth, batch, seconds, threads, far: RATE },
      ...{ features: file("features.npy"), same: file("same.npy") },
      ...{ genuine: file("genuine.npy"), impostors: file("impostors.npy") },
    };
    await Deno.writeTextFile(file("job.json"), JSON.stringify(job));
    if (parts.includes("accuracy") || parts.includes("val")) writePairs(job, pairs);
    if (parts.includes("tar")) {
      writeScores(job.genuine, genuine, { seed: 1, centre: 0.35, spread: 0.25 });
      writeScores(job.impostors, impostors, { seed: 2, centre: 0, spread: 0.1 });
    }
    for (const part of parts as EvaluationPart[]) {
      runs.push(...await runPart(part, file("job.json"), { python, onRun, signal }));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return { threads, depth, batch, pairs, genuine, impostors, runs };
}

async function runPart(
  part: EvaluationPart,
  job: string,
  { python, onRun, signal }: Pick<EvaluationBenchOptions, "python" | "onRun" | "signal">,
): Promise<EvaluationRun[]> {
  const here = (name: string) => decodeURIComponent(new URL(name, import.meta.url).pathname);
  const runs: EvaluationRun[] = [];
  for (const method of [...OURS[part], ...EVALUATION_PARTS[part]]) {
    onRun?.(part, method);
    const [side, variant = ""] = method.split(", ");
    const told = side === "ours"
      ? await tellOf(Deno.execPath(), ["run", "-P", here("./_evaluation_run.ts"), part, job, variant], signal)
      : await tellOf(python ?? "python3", [here("./evaluation_bench.py"), part, job, variant], signal);
    if ("note" in told) {
      if (told.note === NOT_THERE && side !== "ours" && python !== undefined) {
        throw new TypeError(`Cannot time Python: "${python}" is not there or may not be run`);
      }
      runs.push({ ...NOTHING, part, method, note: String(told.note) });
      continue;
    }
    const { seconds, cpuSeconds, peakBytes, result } = told as Record<string, number>;
    const ours = runs[0] ?? { seconds: seconds!, result: result! };
    const equal = ours.result === null || Math.abs(result! - ours.result) <= 1e-9;
    runs.push({
      ...{ part, method, seconds: seconds!, cpuSeconds: cpuSeconds!, peakBytes: peakBytes!, result: result! },
      ours: ours.seconds === null ? null : seconds! / ours.seconds,
      ...(equal ? {} : { note: "another result" }),
    });
  }
  return runs;
}

const NOTHING = { seconds: null, cpuSeconds: null, peakBytes: null, result: null, ours: null };

/** Pairs of which those of one person have a cosine around .15, and those of two around 0. */
function writePairs(job: EvaluationJob, count: number): void {
  using writer = new NpyWriter(job.features, { rowShape: [WIDTH] });
  for (let p = 0; p < count; p++) {
    const stream = new RandomStream(1, "pairs of the benchmark", p);
    const first = stream.fillNormal(new Float32Array(WIDTH)), second = stream.fillNormal(new Float32Array(WIDTH));
    writer.write(first);
    writer.write(p % 2 === 0 ? second.map((x, c) => x + 0.15 * first[c]!) : second);
  }
  writer.close();
  const same = Uint8Array.from({ length: count }, (_, p) => 1 - p % 2);
  writeNpy(job.same, { dtype: "uint8", shape: [count], data: same });
}

interface Scores {
  readonly seed: number;
  readonly centre: number;
  readonly spread: number;
}

/** Sums of four numbers of a linear congruential generator, which is quick enough for a hundred million. */
function writeScores(path: string, count: number, { seed, centre, spread }: Scores): void {
  using writer = new NpyWriter(path, { rowShape: [] });
  let state = seed;
  for (let from = 0; from < count; from += 2 ** 20) {
    const part = new Float32Array(Math.min(2 ** 20, count - from));
    for (let i = 0; i < part.length; i++) {
      let sum = -2 * 2 ** 32;
      for (let k = 0; k < 4; k++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        sum += state;
      }
      part[i] = centre + spread * sum / 2 ** 32;
    }
    writer.write(part);
  }
  writer.close();
}

/** The results as lines of text. */
export function evaluationTable({ threads, depth, batch, pairs, genuine, impostors, runs }: EvaluationBench): string[] {
  const work: Record<EvaluationPart, string> = {
    embed: `IResNet-${depth}, batch ${batch}`,
    accuracy: `10-fold accuracy, ${pairs} pairs`,
    val: `VAL at 1e-3, ${pairs} pairs`,
    tar: `TAR at ${RATE}, ${genuine} + ${impostors} scores`,
  };
  const number = (x: number | null, digits: number) => x === null ? "" : x.toFixed(digits);
  const head = ["part", "method", "seconds", "CPU s", "a second", "peak MiB", "ours is", "result", "note"];
  const cells = runs.map(({ part, method, seconds, cpuSeconds, peakBytes, ours, result, note = "" }) => [
    work[part],
    method,
    number(seconds, 3),
    number(cpuSeconds, 3),
    seconds === null ? "" : part === "embed" ? `${(batch / seconds).toFixed(1)} images` : "",
    peakBytes === null ? "" : (peakBytes / 2 ** 20).toFixed(0),
    ours === null || method === "ours" ? "" : `${ours.toFixed(2)} x`,
    result === null ? "" : part === "embed" ? `${(result / 1e6).toFixed(2)} M values` : result.toFixed(6),
    note,
  ]);
  const widths = head.map((title, c) => Math.max(title.length, ...cells.map((row) => row[c]!.length)));
  const lines = [head, ...cells].map((row) =>
    row.map((cell, c) => c < 2 || c === 8 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)).join("  ").trimEnd()
  );
  return [`${threads} thread(s)`, ...lines];
}
