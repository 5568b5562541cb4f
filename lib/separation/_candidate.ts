/** Drawn rows that wait for a decision. */
import { arrayVectors, checkVector, type IdentitySampler } from "@/identity/mod.ts";
import { dotRows, rowNorms, type UnitRows, unitRows } from "@/similarity/mod.ts";

/** One drawn row. */
export interface Candidate {
  /** Row of the sampler. */
  readonly row: number;
  /** Attempt at that row. */
  readonly attempt: number;
  /** The row as drawn [D]. */
  readonly vector: Float32Array;
  /** Its norm. */
  readonly norm: number;
}

/** Outside of these norms float32 products of stored rows are not safe from overflow and underflow. */
const LEAST_NORM = 1e-15, GREATEST_NORM = 1e15;

/** Draws a row and checks that it can be compared. */
export function drawCandidate(sampler: IdentitySampler, row: number, attempt: number): Candidate {
  const vector = attempt === 0 ? sampler.draw(row) : sampler.draw(row, attempt);
  checkVector(vector, row, sampler.name, sampler.width);
  const length = rowNorms(vector, vector.length)[0]!;
  if (!(length >= LEAST_NORM && length <= GREATEST_NORM)) {
    throw new RangeError(
      `Cannot keep rows apart: row ${row} of ${sampler.name} has the norm ${length}, expected ${LEAST_NORM} to ` +
        `${GREATEST_NORM}; scale the rows`,
    );
  }
  return { row, attempt, vector, norm: length };
}

/** Cosine of a candidate and row j of stored rows, in float64, with the arithmetic of `UnitRows.exact`. */
export function exactCosine({ vector, norm }: Candidate, rows: Float32Array, j: number, length: number): number {
  return dotRows(vector, 0, rows, j, vector.length) / (norm * length);
}

/** Candidates of one comparison. */
export class CandidateBatch {
  /** The candidates, B of them. */
  readonly candidates: readonly Candidate[];
  /** Their unit rows [B, D]. */
  readonly units: Float32Array;
  readonly #name: string;
  #rows: UnitRows | undefined;

  constructor(candidates: readonly Candidate[], width: number, name: string) {
    this.candidates = candidates;
    this.#name = name;
    this.units = new Float32Array(candidates.length * width);
    candidates.forEach(({ vector, norm }, i) => {
      for (let c = 0, at = i * width; c < width; c++) this.units[at + c] = vector[c]! / norm;
    });
  }

  /** The same as rows that others can be compared with exactly; made when first asked for. */
  get rows(): UnitRows {
    if (this.#rows === undefined) {
      const width = this.units.length / this.candidates.length;
      const data = new Float32Array(this.units.length);
      this.candidates.forEach(({ vector }, i) => data.set(vector, i * width));
      this.#rows = unitRows(arrayVectors(data, width, this.#name));
    }
    return this.#rows;
  }
}
