/** What is known of every row so far, and its file. */
import { PRODUCT_BINS } from "@/similarity/mod.ts";
import { type NpyInput, readNpz, writeNpz } from "@/weights/mod.ts";
import { NONE, type Stripe, type StripeResult } from "./_stripe.ts";

/** State of the whole count: 14 bytes a row. */
export class Ledger {
  /** Rows before this one have been compared with all rows. */
  done = 0;
  /** Thresholds at which an earlier row conflicts, [N]. */
  readonly above: Uint8Array;
  /** Thresholds at which an earlier kept row conflicts, [N]. */
  readonly dead: Uint8Array;
  /** Largest cosine to another row, [N]. */
  readonly best: Float64Array;
  /** The row at that cosine, [N]. */
  readonly nearest: Int32Array;
  /** Pairs by bin. */
  readonly histogram: Float64Array;

  /** A count of N rows that has not begun. */
  constructor(rows: number) {
    this.above = new Uint8Array(rows);
    this.dead = new Uint8Array(rows);
    this.best = new Float64Array(rows).fill(NONE);
    this.nearest = new Int32Array(rows).fill(-1);
    this.histogram = new Float64Array(PRODUCT_BINS.count);
  }

  /** Adds what a stripe came to. */
  merge({ from }: Stripe, { above, dead, nearer, histogram }: StripeResult): void {
    for (let i = 0; i < above.length; i++) {
      this.above[from + i]! |= above[i]!;
      this.dead[from + i]! |= dead[i]!;
    }
    nearer.row.forEach((row, k) => {
      const cosine = nearer.cosine[k]!, index = nearer.index[k]!;
      if (cosine > this.best[row]! || (cosine === this.best[row]! && index < this.nearest[row]!)) {
        [this.best[row], this.nearest[row]] = [cosine, index];
      }
    });
    histogram.forEach((count, bin) => this.histogram[bin]! += count);
  }

  /** Writes the state; `key` names what it belongs to. */
  save(path: string, key: string): void {
    const text = new TextEncoder().encode(key);
    const arrays: Record<string, NpyInput> = {
      key: { dtype: "uint8", shape: [text.length], data: text },
      done: { dtype: "float64", shape: [1], data: Float64Array.of(this.done) },
      above: { dtype: "uint8", shape: [this.above.length], data: this.above },
      dead: { dtype: "uint8", shape: [this.dead.length], data: this.dead },
      best: { dtype: "float64", shape: [this.best.length], data: this.best },
      nearest: { dtype: "int32", shape: [this.nearest.length], data: this.nearest },
      histogram: { dtype: "float64", shape: [this.histogram.length], data: this.histogram },
    };
    writeNpz(path, arrays);
  }

  /**
   * Takes up a saved state; does nothing when there is no file, or with `replace` when it belongs to something else.
   *
   * @throws {RangeError} When the state belongs to something else, without `replace`.
   * @throws {SyntaxError} When the file is damaged or no state.
   */
  resume(path: string, key: string, replace = false): void {
    let arrays;
    try {
      arrays = readNpz(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
      throw new SyntaxError(
        `Cannot resume from ${path}: the file is damaged, or no state of a separability count; delete it or name another`,
        { cause: error },
      );
    }
    const text = arrays.get("key")?.data;
    if (!(text instanceof Uint8Array)) {
      throw new SyntaxError(`Cannot resume from ${path}: it is no state of a separability count; name another file`);
    }
    const found = new TextDecoder().decode(text);
    if (found !== key) {
      if (replace) return;
      throw new RangeError(
        `Cannot resume from ${path}: it belongs to ${found}, this is ${key}; delete it or name another file`,
      );
    }
    for (const name of ["above", "dead", "best", "nearest", "histogram"] as const) {
      const data = arrays.get(name)?.data;
      if (data === undefined || data.constructor !== this[name].constructor || data.length !== this[name].length) {
        throw new SyntaxError(`Cannot resume from ${path}: its array "${name}" is not as written; delete it`);
      }
      this[name].set(data as never);
    }
    const done = Number(arrays.get("done")?.data[0]);
    if (!(Number.isInteger(done) && done >= 0 && done <= this.above.length)) {
      throw new SyntaxError(`Cannot resume from ${path}: it says that ${done} rows are done; delete it`);
    }
    this.done = done;
  }
}
