/** Results to draw. */
import type { CosineHistogram, SeparabilityCurve } from "@/plots/mod.ts";

/** A set of which ever fewer identities are separated, faster with a lower threshold. */
export function fallingSet(name: string, rate: number, thresholds: readonly number[] = [0.3, 0.4]): SeparabilityCurve {
  const prefixes = Array.from({ length: 20 }, (_, k) => (k + 1) * 1000);
  const counts = (factor: number) =>
    thresholds.map((t) => prefixes.map((rows) => Math.round(rows / (1 + rows * rate * factor / t))));
  return { name, thresholds, prefixes, separated: counts(1), greedy: counts(0.7) };
}

/** A bell in a hundred bins from -1 to 1. */
export function bell(mean: number, deviation: number): CosineHistogram {
  const counts = Array.from(
    { length: 100 },
    (_, k) => Math.round(1e6 * Math.exp(-0.5 * (((k + 0.5) / 50 - 1 - mean) / deviation) ** 2)),
  );
  return { low: -1, high: 1, counts };
}
