/**
 * Work of `deno task sample` that is checked and ready.
 */
import type { RowSource } from "@/similarity/mod.ts";
import { UsageError } from "./_cli.ts";
import type { SampleRecipe } from "./_sample_recipe.ts";

/** How rows come: news of the work, and a signal to stop it. */
export interface RowsOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, note: string) => void;
}

/** A new row. */
export interface NumberedRow {
  /** Row of the sampler. */
  readonly row: number;
  /** Its values [D]. */
  readonly vector: Float32Array;
}

/** Work that is checked and ready. */
export interface SampleJob extends Disposable {
  /** What rows are made by, for people. */
  readonly name: string;
  readonly warning?: string | undefined;
  readonly width: number;
  /** New rows: start to end - 1. */
  readonly start: number;
  readonly end: number;
  readonly output: string;
  /** Rows that come first, unchanged. */
  readonly earlier?: RowSource | undefined;
  /** Group of a row, where there are groups. */
  readonly group?: ((row: number) => number) | undefined;
  /** Makes the new rows in order, with their numbers. */
  readonly rows: (options: RowsOptions) => AsyncGenerator<NumberedRow>;
  /** Everything the rows are a function of; complete, with figures of the result, when all rows are made. */
  readonly recipe: () => Omit<SampleRecipe, "result"> & { readonly result: Record<string, unknown> };
  /** SHA-256 that all rows' bytes must have. */
  readonly expected?: string | undefined;
}

/** What depends on the kind. */
export type SampleParts = Omit<SampleJob, "output" | "expected" | typeof Symbol.dispose>;

/** The same rows; errors that the input explains are usage errors. */
export async function* explained(rows: AsyncGenerator<NumberedRow>): AsyncGenerator<NumberedRow> {
  try {
    yield* rows;
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) {
      throw new UsageError(error.message, { cause: error });
    }
    throw error;
  }
}
