/** The few rows with the greatest of some number, kept while many go by. */

/** A row and what else is known of it. */
export interface Ranked {
  /** By what it is ranked; the greatest come first. */
  readonly rank: number;
  /** Its row. */
  readonly row: number;
}

/** Keeps the `most` entries of greatest rank; of equal ones those with the smaller row. */
export class Worst<T extends Ranked> {
  readonly #most: number;
  #kept: T[] = [];
  #bar = -Infinity;

  /** Keeps none yet. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether an entry of that rank could be among them, which NaN cannot; spares making it. */
  takes(rank: number): boolean {
    return rank > this.#bar || (this.#kept.length < this.#most && !Number.isNaN(rank));
  }

  /** Takes an entry in. */
  add(entry: T): void {
    if (this.#most === 0 || !this.takes(entry.rank)) return;
    this.#kept.push(entry);
    if (this.#kept.length >= 2 * this.#most + 64) this.#trim();
  }

  #trim(): void {
    this.#kept.sort((a, b) => b.rank - a.rank || a.row - b.row);
    this.#kept.length = Math.min(this.#kept.length, this.#most);
    if (this.#kept.length === this.#most) this.#bar = this.#kept.at(-1)!.rank;
  }

  /** The entries, the greatest rank first. */
  list(): T[] {
    this.#trim();
    return [...this.#kept];
  }
}
