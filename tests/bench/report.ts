/** The results of a benchmark, measured and as a table. */
import type { SessionOptions } from "@/onnx/mod.ts";
import { leastSeconds } from "./_measure.ts";
import { TorchBench, type TorchTimes } from "./_torch.ts";
import { stepName, stepSeconds, TRAINING_STEPS } from "./training_steps.ts";
import { convolutionParts, CONVOLUTIONS, layerParts, LAYERS, matmulParts, operations, type Parts } from "./cases.ts";

/** Size of the matrices whose product is the machine's measure. */
const MATMUL_SIZE = 1024;

/** One line of the table. */
export interface Row {
  /** Case. */
  readonly name: string;
  /** What of it. */
  readonly part: string;
  /** Least time in seconds. */
  readonly seconds: number;
  /** 10^9 floating-point operations a second; null for layers that only move memory. */
  readonly gflops: number | null;
  /** Speed as a share of the matrix product's; null where there is no count of operations. */
  readonly ofMatmul: number | null;
  /** Speed as a multiple of PyTorch's on the same cores; null when PyTorch is not there. */
  readonly ofTorch: number | null;
}

/** All results. */
export interface Report {
  /** Threads that both sides were given. */
  readonly threads: number;
  /** Version of PyTorch, or null. */
  readonly torch: string | null;
  /** The lines. */
  readonly rows: readonly Row[];
}

/** What to run. */
export interface ReportOptions {
  /** Seconds for one measurement. */
  readonly seconds: number;
  /** Threads. */
  readonly threads: number;
  /** Interpreter with PyTorch; when left out `python3` is tried, and done without. */
  readonly python?: string | undefined;
  /** Device of our side. */
  readonly device?: NonNullable<SessionOptions["device"]>;
  /** Only cases whose name contains this text. */
  readonly filter?: string | undefined;
  /** Told about each measurement before it begins. */
  readonly onCase?: (name: string) => void;
  /** Stops between measurements. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the benchmark.
 *
 * @throws {TypeError} If an interpreter was named that has no PyTorch.
 * @throws {RangeError} If no case's name contains the filter's text.
 */
export async function measureAll(
  { seconds, threads, python, device = "cpu", filter = "", onCase, signal }: ReportOptions,
): Promise<Report> {
  const convolutions = CONVOLUTIONS.filter(({ name }) => name.includes(filter));
  const steps = TRAINING_STEPS.filter((step) => stepName(step).includes(filter));
  const layers = Object.keys(LAYERS).filter((name) => name.includes(filter));
  const time = (name: string, { inputs, outputs }: Parts) => {
    signal?.throwIfAborted();
    onCase?.(name);
    return leastSeconds(inputs, outputs, { seconds, session: { device, threads } });
  };
  // Each case is timed on both sides in turn, so that both see the same load of the machine.
  await using torch = await TorchBench.start(python ?? "python3", { seconds, threads });
  if (python !== undefined && torch === undefined) {
    throw new TypeError(`Cannot time PyTorch: "${python}" is not there, may not be run, or cannot import torch`);
  }
  if (convolutions.length + steps.length + layers.length === 0 && !"MatMul".includes(filter)) {
    const known = [...CONVOLUTIONS.map(({ name }) => name), ...Object.keys(LAYERS)];
    const trained = TRAINING_STEPS.map(stepName);
    throw new RangeError(
      `Cannot measure "${filter}": no case has it in its name; there are ${[...known, ...trained].join(", ")}`,
    );
  }
  const rows: Row[] = [];
  const count = 2 * MATMUL_SIZE ** 3;
  let matmul = Infinity;
  const add = (name: string, part: string, ours: number, ops: number | null, theirs: TorchTimes | undefined) =>
    rows.push({
      name,
      part,
      seconds: ours,
      gflops: ops === null ? null : ops / ours / 1e9,
      ofMatmul: ops === null ? null : (ops / ours) / (count / matmul),
      ofTorch: theirs === undefined ? null : theirs[part]! / ours,
    });
  matmul = await time("MatMul", matmulParts(MATMUL_SIZE));
  add(`MatMul ${MATMUL_SIZE}`, "forward", matmul, count, await torch?.matmul(MATMUL_SIZE));
  for (const shape of convolutions) {
    const theirs = await torch?.convolution(shape);
    for (const [part, parts] of Object.entries(convolutionParts(shape))) {
      add(shape.name, part, await time(`${shape.name} ${part}`, parts), operations(shape), theirs);
    }
  }
  for (const layer of layers) {
    const theirs = await torch?.layer(layer);
    for (const [part, parts] of Object.entries(layerParts(layer))) {
      add(layer, part, await time(`${layer} ${part}`, parts), null, theirs);
    }
  }
  for (const step of steps) {
    signal?.throwIfAborted();
    onCase?.(stepName(step));
    const theirs = await torch?.step(step.model, step);
    for (const replicas of threads > 1 && step.batch % threads === 0 ? [1, threads] : [1]) {
      const ours = await stepSeconds(step, { seconds, replicas, session: { device, threads } });
      add(`${stepName(step)}, ${replicas} replica(s)`, "step", ours, null, theirs);
    }
  }
  return { threads, torch: torch?.version ?? null, rows };
}

/** The report as lines of text. */
export function table({ threads, torch, rows }: Report): string[] {
  const head = ["case", "part", "ms", "GFLOP/s", "of MatMul", torch === null ? "of PyTorch" : `of PyTorch ${torch}`];
  const ratio = (x: number | null) => x === null ? "" : x.toFixed(2);
  const cells = rows.map(({ name, part, seconds, gflops, ofMatmul, ofTorch }) => [
    name,
    part,
    (seconds * 1e3).toFixed(2),
    gflops === null ? "" : gflops.toFixed(1),
    ratio(ofMatmul),
    ratio(ofTorch),
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: string[]) =>
    row.map((cell, i) => i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join("  ").trimEnd();
  return [`${threads} thread(s), least time of each measurement`, line(head), ...cells.map(line)];
}
