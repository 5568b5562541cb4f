/**
 * `deno task evaluate --genuine --impostor`: figures of scores that are there already, by the hundred million.
 */
import { reportTally, type ScoreReport, ScoreTally } from "@/evaluation/mod.ts";
import { type NpyFile, openNpy } from "@/weights/mod.ts";
import { checkInputs, Progress } from "./_cli.ts";

/** Scores read at once. */
const PART = 2 ** 20;

/** Figures of scores. */
export type ScoresResult = Omit<ScoreReport, "equalErrorPoint">;

function openScores(path: string): NpyFile {
  const file = openNpy(path);
  if (file.shape.length === 1 && file.length > 0 && /^float/.test(file.dtype)) return file;
  file.close();
  throw new TypeError(
    `Cannot read scores "${path}": it holds ${file.dtype} of shape [${file.shape.join(", ")}], expected floats [N]`,
  );
}

function* parts(file: NpyFile): Generator<ArrayLike<number>> {
  for (let from = 0; from < file.length; from += PART) {
    const end = Math.min(from + PART, file.length);
    yield file.dtype === "float64" ? file.rows(from, end) as Float64Array : file.rowsFloat32(from, end);
  }
}

/** Reads both files once; memory grows with the genuine scores only. */
export async function measureScores(
  { genuine, impostor, confidence }: {
    readonly genuine: string;
    readonly impostor: string;
    readonly confidence: number;
  },
  signal: AbortSignal,
): Promise<ScoresResult> {
  return await checkInputs(() => {
    using first = openScores(genuine);
    using second = openScores(impostor);
    const all = new Float64Array(first.length);
    let at = 0;
    for (const part of parts(first)) {
      all.set(part, at);
      at += part.length;
    }
    const tally = new ScoreTally(all);
    const progress = new Progress({ total: second.length, unit: "impostor scores" });
    try {
      for (const part of parts(second)) {
        signal.throwIfAborted();
        tally.add(part);
        progress.update(tally.impostors);
      }
    } finally {
      progress.stop();
    }
    return reportTally(tally, confidence);
  });
}
