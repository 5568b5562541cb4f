/** What is known of all identities so far, and its file. */
import type { IdentityNumbers } from "./_identity.ts";
import { type PassState, readState, saveState, type StateArrays, tuples } from "./_pass_state.ts";
import { type Ranked, Worst } from "./_worst.ts";
import type { IdentityStatistics } from "./identity_statistics.ts";
import { COSINE_BINS, Tally } from "./tally.ts";

/** Numbers of each identity, in the order of the state. */
const COLUMNS = [
  "images",
  "length",
  "ownMean",
  "ownLeast",
  "consistent",
  "pairMean",
  "pairLeast",
  "duplicatePairs",
  "duplicateRows",
  "compared",
  "vendi",
] as const;

type Column = (typeof COLUMNS)[number];

interface RankedOutlier extends Ranked {
  readonly identity: number;
}

interface RankedPair extends RankedOutlier {
  readonly other: number;
}

/** State of the pass. */
export class IdentityLedger {
  /** Identities measured. */
  done = 0;
  readonly #columns: Readonly<Record<Column, Float64Array>>;
  readonly #own = new Tally(COSINE_BINS);
  readonly #others = new Tally(COSINE_BINS);
  readonly #pairs = new Tally(COSINE_BINS);
  readonly #outliers: Worst<RankedOutlier>;
  readonly #duplicates: Worst<RankedPair>;

  /** A pass over C identities that has not begun. */
  constructor(identities: number, listed: number) {
    const empty = COLUMNS.map((name) => [name, new Float64Array(identities)]);
    this.#columns = Object.fromEntries(empty) as Record<Column, Float64Array>;
    this.#outliers = new Worst(listed);
    this.#duplicates = new Worst(listed);
  }

  /** Takes in the numbers of the next identity, whose first row is `first`. */
  take(numbers: IdentityNumbers, first: number, duplicate: number): void {
    const identity = this.done++, columns = this.#columns;
    const { own, others, compared, cosines } = numbers, n = own.length, m = compared.length;
    let sum = 0, least = Infinity, pairs = 0, rows = 0;
    for (let i = 0; i < n; i++) {
      sum += own[i]!;
      least = Math.min(least, own[i]!);
      this.#own.add(own[i]!);
      this.#others.add(others[i]!);
      if (this.#outliers.takes(-others[i]!)) this.#outliers.add({ rank: -others[i]!, row: first + i, identity });
    }
    for (let i = 1; i < m; i++) {
      let twice = false;
      for (let j = 0; j < i; j++) {
        const cosine = cosines[i * m + j]!;
        this.#pairs.add(cosine);
        if (!(cosine > duplicate)) continue;
        pairs++;
        twice = true;
        const pair = { rank: cosine, row: first + compared[j]!, other: first + compared[i]!, identity };
        this.#duplicates.add(pair);
      }
      if (twice) rows++;
    }
    const values: Readonly<Record<Column, number>> = {
      images: n,
      length: numbers.length,
      ownMean: sum / n,
      ownLeast: least,
      consistent: numbers.consistent,
      pairMean: numbers.pairMean,
      pairLeast: numbers.pairLeast,
      duplicatePairs: pairs,
      duplicateRows: rows,
      compared: m,
      vendi: numbers.vendi,
    };
    for (const name of COLUMNS) columns[name][identity] = values[name];
  }

  /** All of it, for the caller of the pass. */
  statistics(): Omit<IdentityStatistics, "identities" | "rows" | "threshold" | "duplicate"> {
    return {
      ...this.#columns,
      own: this.#own,
      others: this.#others,
      pairs: this.#pairs,
      outliers: this.#outliers.list().map(({ rank, row, identity }) => ({ row, identity, cosine: -rank })),
      duplicates: this.#duplicates.list().map(({ rank, ...pair }) => ({ ...pair, cosine: rank })),
    };
  }

  /** Writes the state; `key` names what it belongs to. */
  save(path: string, key: string): void {
    const arrays: StateArrays = {
      done: Float64Array.of(this.done),
      ...this.#columns,
      own: this.#own.state(),
      others: this.#others.state(),
      pairs: this.#pairs.state(),
      outliers: Float64Array.from(this.#outliers.list().flatMap((o) => [o.rank, o.row, o.identity])),
      duplicates: Float64Array.from(this.#duplicates.list().flatMap((d) => [d.rank, d.row, d.identity, d.other])),
    };
    saveState(path, key, arrays);
  }

  /** Takes up a saved state; does nothing when there is no file. */
  resume(place: PassState, key: string): void {
    const state = readState(place, key);
    if (state === undefined) return;
    for (const name of COLUMNS) this.#columns[name].set(state.get(name) ?? []);
    this.#own.restore(state.get("own") ?? []);
    this.#others.restore(state.get("others") ?? []);
    this.#pairs.restore(state.get("pairs") ?? []);
    for (const [rank, row, identity] of tuples(state.get("outliers"), 3)) {
      this.#outliers.add({ rank: rank!, row: row!, identity: identity! });
    }
    for (const [rank, row, identity, other] of tuples(state.get("duplicates"), 4)) {
      this.#duplicates.add({ rank: rank!, row: row!, identity: identity!, other: other! });
    }
    this.done = state.get("done")?.[0] ?? 0;
  }
}
