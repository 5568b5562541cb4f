/** Ticks of axes: where they are and what stands beside them. */

/** A tick with its text. */
export interface Tick {
  /** Position. */
  readonly value: number;
  /** Text. */
  readonly text: string;
}

/**
 * A round number in few letters: 500, 2K, 1.5M.
 *
 * @param value Number of at least 0.
 * @returns Its text, with K for thousands, M for millions and G for more.
 *
 * @example Thousands
 * ```ts
 * import { shortNumber } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([0.5, 200, 1e3, 2e5, 1e6].map(shortNumber), ["0.5", "200", "1K", "200K", "1M"]);
 * ```
 */
export function shortNumber(value: number): string {
  const [unit, letter] = value >= 1e9 ? [1e9, "G"] : value >= 1e6 ? [1e6, "M"] : value >= 1e3 ? [1e3, "K"] : [1, ""];
  return `${Number((value / unit).toPrecision(6))}${letter}`;
}

/**
 * A number with a minus sign in place of a hyphen.
 *
 * @param value The number.
 * @returns Its text.
 *
 * @example A cosine
 * ```ts
 * import { signed } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(signed(-0.2), "−0.2");
 * ```
 */
export function signed(value: number): string {
  return String(value).replaceAll("-", "−");
}

/**
 * A power of ten as such.
 *
 * @param value Power of ten, above 0.
 * @returns Its text with a raised exponent.
 *
 * @example A millionth
 * ```ts
 * import { powerOfTen } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(powerOfTen(1e-6), "10⁻⁶");
 * ```
 */
export function powerOfTen(value: number): string {
  const exponent = String(Math.round(Math.log10(value)));
  return `10${exponent.replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]!)}`;
}

/** Powers of ten times `digits` in a range, ascending. */
function multiples([low, high]: readonly [number, number], digits: readonly number[]): number[] {
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const digit of digits) {
      const value = Number(`${digit}e${power}`);
      if (value >= low && value <= high) found.push(value);
    }
  }
  return found;
}

/**
 * Ticks of a logarithmic axis: the decades, or 1, 2, 5, 10, ... when the range has fewer than two.
 *
 * @param range Both ends, 0 < low < high.
 * @param text Text of a tick.
 * @returns Ticks with a text, and the positions of those without.
 * @throws {RangeError} When the range is empty or not above 0.
 *
 * @example Three decades
 * ```ts
 * import { logTicks } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(logTicks([800, 200_000]).ticks.map((tick) => tick.text), ["1K", "10K", "100K"]);
 * ```
 */
export function logTicks(
  range: readonly [number, number],
  text: (value: number) => string = shortNumber,
): { ticks: Tick[]; minor: number[] } {
  const [low, high] = range;
  if (!(low > 0 && high > low && high < Infinity)) {
    throw new RangeError(`Cannot place ticks from ${low} to ${high} on a logarithmic axis: expected 0 < low < high`);
  }
  const decades = multiples(range, [1]);
  const values = decades.length >= 2 ? decades : multiples(range, [1, 2, 5]);
  const minor = multiples(range, [1, 2, 3, 4, 5, 6, 7, 8, 9]).filter((value) => !values.includes(value));
  return { ticks: values.map((value) => ({ value, text: text(value) })), minor };
}

/**
 * Ticks of an even axis at 1, 2 or 5 times a power of ten.
 *
 * @param range Both ends, low < high.
 * @param most Most ticks. @default {7}
 * @returns Ticks with their texts.
 * @throws {RangeError} When the range is empty.
 *
 * @example Cosines
 * ```ts
 * import { evenTicks } from "@/plots/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(evenTicks([-0.3, 1], 4).map((tick) => tick.text), ["0", "0.5", "1"]);
 * ```
 */
export function evenTicks(range: readonly [number, number], most = 7): Tick[] {
  const [low, high] = range;
  if (!(high > low && high - low < Infinity)) {
    throw new RangeError(`Cannot place ticks from ${low} to ${high}: expected low < high`);
  }
  const steps = multiples([(high - low) / most / 10, (high - low) * 10], [1, 2, 5]);
  for (const step of steps) {
    const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
    if (last - first + 1 > most) continue;
    return Array.from({ length: last - first + 1 }, (_, k) => {
      const value = Number(((first + k) * step).toPrecision(12));
      return { value, text: signed(value) };
    });
  }
  return [];
}
