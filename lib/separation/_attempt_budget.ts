/**
 * When to give up: a budget of draws for the whole request.
 *
 * A place is ever harder to find as rows are added, so the share of draws that fit can only fall: with the share of
 * the last rows, (rows left) / share is a lower estimate of what the rest will take. Where it is above what is left of
 * the budget, the request is given up at once. The rule is a function of the draws that earlier rows took and of
 * nothing else, so the row at which it ends does not depend on blocks.
 */

/** Rows that the share is measured over; those not there yet count as fitting at once. */
const WINDOW = 256;

/** Counts draws. */
export class AttemptBudget {
  readonly #most: number;
  readonly #last = new Array<number>(WINDOW).fill(1);
  #at = 0;
  #windowDraws = WINDOW;
  #used = 0;
  #left: number;

  /** A budget of `most` draws for `rows` rows. */
  constructor(rows: number, most: number) {
    this.#left = rows;
    this.#most = most;
  }

  /**
   * Most draws that the next row may take.
   *
   * With w draws for the last W rows, a draws for this one, u before and r rows left, the estimate is u + a + r (w +
   * a) / W.
   */
  get limit(): number {
    const perDraw = 1 + this.#left / WINDOW;
    return Math.floor((this.#most - this.#used - this.#left * this.#windowDraws / WINDOW) / perDraw);
  }

  /** Share of draws that fitted, when the next row has taken `pending` draws for nothing. */
  rate(pending: number): number {
    return WINDOW / (this.#windowDraws + pending);
  }

  /** Notes that a row was placed after so many draws. */
  place(draws: number): void {
    this.#windowDraws += draws - this.#last[this.#at]!;
    this.#last[this.#at] = draws;
    this.#at = (this.#at + 1) % WINDOW;
    this.#used += draws;
    this.#left--;
  }
}
