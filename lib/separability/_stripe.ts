/** What passes between the one who counts and those who compare; masks have bit k set for threshold k. */

/** Rows of a row block: the earlier rows that the next stripes are compared with. */
export interface RowBlock {
  /** Number of the first row. */
  readonly from: number;
  /** Rows as stored [M, D]. */
  readonly rows: Float32Array;
  /** Thresholds at which an earlier kept row is known to conflict with a row, [M]. */
  readonly dead: Uint8Array;
  /** Largest cosine to another row so far, [M]; NONE where there is none. */
  readonly best: Float64Array;
}

/** Later rows, compared with all rows of the block before them. */
export interface Stripe {
  /** Number of the first row. */
  readonly from: number;
  /** Rows as stored [N, D]; left out where they are part of the row block. */
  readonly rows?: Float32Array<ArrayBuffer>;
  /** Number of rows N. */
  readonly count: number;
  /** Thresholds at which an earlier row conflicts, [N]. */
  readonly above: Uint8Array;
  /** Thresholds at which an earlier kept row conflicts, [N]. */
  readonly dead: Uint8Array;
  /** Largest cosine to another row so far, [N]. */
  readonly best: Float64Array;
}

/** A row's nearest other row, where a stripe found a nearer one. */
export interface Nearer {
  readonly row: Uint32Array;
  readonly index: Uint32Array;
  readonly cosine: Float64Array;
}

/** What a stripe came to. */
export interface StripeResult {
  readonly above: Uint8Array;
  readonly dead: Uint8Array;
  /** For rows of the block and of the stripe. */
  readonly nearer: Nearer;
  /** Pairs by bin, [201]. */
  readonly histogram: Float64Array;
  /** Pairs of the stripe with rows of its own block, as long as it is not known which of these are kept. */
  readonly conflicts: readonly Conflict[];
}

/** Rows of a stripe that conflict with one row of the block. */
export interface Conflict {
  /** Row within the block. */
  readonly row: number;
  /** Bits of the stripe's rows, [T, words]. */
  readonly bits: Uint32Array;
}

/** The cosine of a row that has been compared with none. */
export const NONE = -2;

/** How to compare. */
export interface StripeSettings {
  readonly width: number;
  readonly precision: "int8" | "float32";
  /** Rows of a stripe, a multiple of 32. */
  readonly block: number;
  /** Ascending. */
  readonly thresholds: readonly number[];
  readonly histogram: boolean;
}

/** What a worker is asked. */
export type StripeRequest =
  | { readonly settings: StripeSettings }
  | { readonly block: RowBlock }
  | { readonly kept: Uint8Array }
  | { readonly stripe: Stripe };
