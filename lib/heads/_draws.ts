/** Random choices that several traits need. */

import type { RandomStream } from "@/random/mod.ts";
import type { Rgb } from "./_colour.ts";
import { clamp } from "./_noise.ts";

/** One of the items, with a chance in proportion to its weight. */
export function weighted<T>(
  random: RandomStream,
  items: readonly (readonly [T, number])[],
): T {
  let total = 0;
  for (const [, w] of items) total += w;
  let at = random.uniform() * total;
  for (const [item, w] of items) {
    at -= w;
    if (at < 0) return item;
  }
  return items.at(-1)![0];
}

/** A colour near `c`: brightness and channels vary by about `amount` as a fraction. */
export function jitter(random: RandomStream, c: Rgb, amount: number): Rgb {
  const k = Math.exp(random.normal() * amount);
  return [
    clamp(c[0] * k * Math.exp(random.normal() * amount * 0.4), 0.002, 0.95),
    clamp(c[1] * k * Math.exp(random.normal() * amount * 0.4), 0.002, 0.95),
    clamp(c[2] * k * Math.exp(random.normal() * amount * 0.4), 0.002, 0.95),
  ];
}
