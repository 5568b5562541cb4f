/** The middle of a list and how far it spreads, for markers with bars. */

/** Median, and the distances down to the 10 % and up to the 90 % quantile. */
export interface Spread {
  readonly middle: number;
  readonly down: number;
  readonly up: number;
}

/** Sums numbers up; undefined where there are none. Quantiles lie between neighbours, as numpy's do. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1), low = Math.floor(place);
    return sorted[low]! + (place - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!);
  };
  const middle = at(0.5);
  return { middle, down: middle - at(0.1), up: at(0.9) - middle };
}
