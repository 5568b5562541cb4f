/** What samplers check and write alike. */
import { RandomStream } from "@/random/mod.ts";
import { NATURAL_NORMS, type Norms } from "./norms.ts";
import type { SamplerOptions } from "./sampler.ts";

/** Rows and attempts are 32-bit words of the random counter. */
const WORD = 2 ** 32;

/** Throws RangeError unless the sampler has such a row and attempt. */
export function checkDraw(name: string, count: number, row: number, attempt: number): void {
  const rows = Math.min(count, WORD);
  if (!Number.isInteger(row) || row < 0 || row >= rows) {
    throw new RangeError(`Cannot draw row ${row} of ${name}: expected a whole number from 0 to ${rows - 1}`);
  }
  if (!Number.isInteger(attempt) || attempt < 0 || attempt >= WORD) {
    throw new RangeError(
      `Cannot draw attempt ${attempt} at row ${row} of ${name}: expected a whole number from 0 to ${WORD - 1}`,
    );
  }
}

/** Throws RangeError when a row is asked for again that nothing can take the place of. */
export function refuseRedraw(name: string, row: number, attempt: number, why: string): void {
  if (attempt > 0) throw new RangeError(`Cannot redraw row ${row} of ${name}: ${why}`);
}

/** Throws RangeError unless the number is a seed. */
export function checkSeed(seed: number | bigint): void {
  new RandomStream(seed, "norm");
}

/** The part of a recipe that all samplers have; the fields that are particular to a kind go into `settings`. */
export function recipeOf(
  kind: string,
  width: number,
  options: SamplerOptions,
  settings: Readonly<Record<string, unknown>>,
  norms: Norms = NATURAL_NORMS,
): Readonly<Record<string, unknown>> {
  const { seed = 0, origin } = options;
  return {
    kind,
    seed: String(seed),
    width,
    ...settings,
    norms,
    ...(origin === undefined ? {} : { source: origin }),
  };
}
