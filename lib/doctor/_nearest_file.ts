/** The nearest row of a reference for each row of a set as a file, written while they are found. */
import { FeatureFile } from "@/datasets/mod.ts";
import type { Leakage, LeakageOptions, PassState } from "@/metrics/mod.ts";
import { removeIfThere, textIfThere, writeWholeText } from "./_files.ts";

/** Columns: number of the row, number of the reference, cosine. */
const WIDTH = 3;

/** What a file of nearest rows is of. */
export interface NearestFileOptions {
  /** The .npy file [N, 3] float64 that it becomes; its folder must exist. */
  readonly path: string;
  /** State of the pass that finds them. */
  readonly state: PassState;
  /** Number of rows N. */
  readonly rows: number;
  /** Number that a row is written by. */
  readonly rowNumber: (row: number) => number;
  /** Number that a reference is written by. */
  readonly referenceNumber: (reference: number) => number;
}

/**
 * Runs a pass and writes what it finds nearest; a stopped one goes on with both. A file that is complete and of the same sets is
 * left as it is, and one that is missing has the pass begin anew.
 */
export async function withNearestFile(
  options: NearestFileOptions,
  pass: (onNearest: NonNullable<LeakageOptions["onNearest"]>) => Promise<Leakage>,
): Promise<Leakage> {
  const { path, state, rows, rowNumber, referenceNumber } = options;
  const recipe = { nearest: state.input, path }, made = JSON.stringify({ ...recipe, rows });
  const marker = `${state.path}.json`;
  if (await textIfThere(marker) === made && await isFile(path)) return await pass(() => {});
  await removeIfThere(marker);
  await using file = await FeatureFile.open(path, { rows, width: WIDTH, dtype: "float64", recipe });
  if (file.done === 0) await removeIfThere(state.path); // a file that begins anew goes with a state that begins anew
  const found = await pass(async (from, index, cosine) => {
    if (from > file.done) {
      throw new Error(`Cannot go on with ${path}: its state ${state.path} is ahead of it; delete both`);
    }
    // After a kill the file may be ahead of the state; what it holds is what would be written.
    const there = Math.min(index.length, file.done - from), values = new Float64Array(WIDTH * (index.length - there));
    for (let i = there; i < index.length; i++) {
      values.set([rowNumber(from + i), referenceNumber(index[i]!), cosine[i]!], WIDTH * (i - there));
    }
    await file.writeRows(values);
  });
  await file.finish();
  await writeWholeText(marker, made);
  return found;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
