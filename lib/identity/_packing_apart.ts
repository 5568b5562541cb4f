/**
 * What keeps packed rows away from enrolled ones: a cap around each enrolled row that no packed row may lie in.
 *
 * After each step of the descent a row inside of a cap is moved to the nearest point of its rim (projected gradient descent), by the caps of
 * its K nearest enrolled rows, again until it lies in none of them or a few rounds are over: of caps that overlap, each may move it
 * into another. Where caps leave no way out, as between two of a circle, a row that stays inside for some steps is turned by 45 degrees in a
 * random direction. The rim is drawn a little wider than asked, so that float32 products and the rounding of stored rows
 * do not decide.
 */
import { RandomStream } from "@/random/mod.ts";
import { norm } from "./norm.ts";
import { forBlocksOf, NeighbourLists, type TakeBlock } from "./_packing_neighbours.ts";
import { type BlockProducts, productError } from "./_packing_products.ts";
import { readUnit } from "./_packing_start.ts";
import type { VectorSource } from "./vectors.ts";

/** Rounds through a row's caps; where so many do not free it, the next step may. */
const ROUNDS = 8;
/** Rims are further out for later rows, the last by this in cosine: rows on one rim are nowhere the same, so they can part again. */
const SPREAD = 1e-4;
/** Steps that a row stays inside of caps before it is turned. */
const PATIENCE = 8;
/** Looks for enrolled rows that are near after the last step. */
const LOOKS = 8;

/** Settings of {@link ApartRows}. */
export interface ApartSettings {
  readonly maxCosine: number;
  /** Most enrolled rows K that a row knows. */
  readonly neighbours: number;
  readonly blockRows: number;
  readonly products: BlockProducts;
  /** Seed of the turns. */
  readonly seed: number | bigint;
}

/** Enrolled rows [A, D], and which of them N packed rows lie near to. */
export class ApartRows {
  /** Unit rows [A, D]. */
  readonly enrolled: Float32Array;
  readonly #width: number;
  readonly #settings: ApartSettings;
  readonly #lists: NeighbourLists;
  /** Cosine above which a row is inside of a cap, and that at the rim that it is moved to. */
  readonly #inner: number;
  readonly #rim: number;
  /** Steps that each row has been inside of caps [N], and how often it was turned. */
  readonly #inside: Uint32Array;
  readonly #turns: Uint32Array;

  constructor(source: VectorSource, count: number, settings: ApartSettings) {
    this.enrolled = readUnit(source);
    this.#width = source.width;
    this.#settings = settings;
    this.#lists = new NeighbourLists(count, settings.neighbours, source.count);
    this.#inside = new Uint32Array(count);
    this.#turns = new Uint32Array(count);
    const error = productError(source.width);
    this.#inner = Math.max(-1, settings.maxCosine - 2 * error);
    this.#rim = Math.max(-1, settings.maxCosine - 3 * error);
  }

  /** Looks again which enrolled rows are near; gives the largest cosine to one, in float32. `look` sees each block of products as well. */
  async refresh(
    rows: Float32Array,
    signal: AbortSignal | undefined,
    look: TakeBlock = () => {},
  ): Promise<number> {
    const { blockRows, products } = this.#settings, lists = this.#lists;
    lists.clear();
    await forBlocksOf(rows, this.enrolled, this.#width, blockRows, products, signal, (values, from, at, columns) => {
      lists.offerOthers(values, from, at, columns);
      look(values, from, at, columns);
    });
    lists.sort();
    return lists.largest();
  }

  /** Tells whether a largest cosine of float32 products is within what was asked for. */
  holds(largest: number): boolean {
    return largest + productError(this.#width) <= this.#settings.maxCosine;
  }

  /** Moves rows out of the caps of the enrolled rows that were near when last looked. */
  project(rows: Float32Array): void {
    for (let i = 0; i < this.#lists.count; i++) {
      this.#inside[i] = this.#free(rows, i) ? 0 : this.#inside[i]! + 1;
      if (this.#inside[i]! < PATIENCE) continue;
      this.#turn(rows, i);
      this.#free(rows, i);
      this.#inside[i] = 0;
    }
  }

  /** After the last step: moves rows until none lies too close, or that gets nowhere. */
  async settle(rows: Float32Array, signal: AbortSignal | undefined): Promise<void> {
    for (let look = 0; look < LOOKS && !this.holds(await this.refresh(rows, signal)); look++) this.project(rows);
  }

  /** Moves row i out of its caps; tells whether that worked. */
  #free(rows: Float32Array, i: number): boolean {
    const { length, rows: near } = this.#lists;
    const list = near.subarray(i * length, (i + 1) * length);
    for (let round = 0; round < ROUNDS; round++) if (!this.#moveOut(rows, i, list)) return true;
    return false;
  }

  /** Turns row i by 45 degrees or so, by the stream (seed, "packing turn", row, turn). */
  #turn(rows: Float32Array, i: number): void {
    const row = rows.subarray(i * this.#width, (i + 1) * this.#width);
    const turn = new RandomStream(this.#settings.seed, "packing turn", i, this.#turns[i]!++);
    const step = turn.fillNormal(new Float32Array(this.#width)), length = norm(step);
    for (let c = 0; c < row.length; c++) row[c]! += step[c]! / length;
    const now = norm(row);
    for (let c = 0; c < row.length; c++) row[c]! /= now;
  }

  /** Moves row i out of each cap in turn; tells whether it was in any. */
  #moveOut(rows: Float32Array, i: number, list: Int32Array): boolean {
    const width = this.#width, enrolled = this.enrolled, from = i * width;
    const rim = Math.max(-1, this.#rim - SPREAD * i / this.#lists.count);
    let moved = false;
    for (const a of list) {
      const at = a * width;
      let cosine = 0, square = 0;
      for (let c = 0; c < width; c++) cosine += rows[from + c]! * enrolled[at + c]!;
      if (!(cosine > this.#inner)) continue;
      for (let c = 0; c < width; c++) square += (rows[from + c]! - cosine * enrolled[at + c]!) ** 2;
      if (square < 1e-18) continue; // on the axis no direction is nearest; the descent moves it off
      // The rim's point in the plane of both: rim along the axis, the rest of a unit length across.
      const across = Math.sqrt((1 - rim * rim) / square);
      for (let c = 0; c < width; c++) {
        const axis = enrolled[at + c]!;
        rows[from + c] = rim * axis + across * (rows[from + c]! - cosine * axis);
      }
      moved = true;
    }
    return moved;
  }
}
