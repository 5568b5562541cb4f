/** Results to draw. */
import type { Histogram, SeparabilityCurve, YawPoints } from "@/plots/mod.ts";

/** A set of which ever fewer identities are separated, faster with a lower threshold. */
export function fallingSet(name: string, rate: number, thresholds: readonly number[] = [0.3, 0.4]): SeparabilityCurve {
  const prefixes = Array.from({ length: 20 }, (_, k) => (k + 1) * 1000);
  const counts = (factor: number) =>
    thresholds.map((t) => prefixes.map((rows) => Math.round(rows / (1 + rows * rate * factor / t))));
  return { name, thresholds, prefixes, separated: counts(1), greedy: counts(0.7) };
}

/** A bell in a hundred bins from -1 to 1. */
export function bell(mean: number, deviation: number): Histogram {
  const counts = Array.from(
    { length: 100 },
    (_, k) => Math.round(1e6 * Math.exp(-0.5 * (((k + 0.5) / 50 - 1 - mean) / deviation) ** 2)),
  );
  return { low: -1, high: 1, counts };
}

/** Forty identities that turn nearly as asked, and drift from themselves the more they turn. */
export function turnedSet(name: string, second = true): YawPoints {
  const images = Array.from({ length: 40 * 7 }, (_, i) => {
    const target = 15 * (i % 7) - 45, wave = Math.sin(i * 1.7), other = Math.cos(i * 2.3);
    const yaw = target + 2.5 * wave - 0.03 * target, cosine = 0.8 - 0.003 * Math.abs(target) + 0.05 * other;
    return { target, yaw, cosine, second: second ? 0.85 * target + 4 * other : null };
  });
  return { name, tolerance: 5, leastCosine: 0.5, images };
}
