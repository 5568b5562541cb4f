import { deepStrictEqual, notDeepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { drawMask, GENERATION_MASK, keptTokens, TRAINING_MASK } from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";

const draws = (options: typeof GENERATION_MASK, count: number) =>
  Array.from(
    { length: count },
    (_, i) => drawMask(new RandomStream(7, "mask", i, 0), options),
  );
const sum = (flags: Uint8Array) => flags.reduce((a, b) => a + b, 0);

Deno.test.each(
  [["generation", GENERATION_MASK, 44], [
    "training",
    TRAINING_MASK,
    24,
  ]] as const,
)(
  "drawMask() keeps tokens in order and masks all that are dropped: %s",
  (_, options, kept) => {
    for (const { keep, masked } of draws(options, 200)) {
      strictEqual(keep.length, kept);
      deepStrictEqual([...keep], [...new Set(keep)].sort((a, b) => a - b));
      for (let token = 0; token < 49; token++) {
        ok(masked[token] === 1 || keep.includes(token));
      }
    }
  },
);

// Mean and standard deviation of ceil(49 x) for x from the cut normal distribution, by scipy's truncnorm.cdf.
Deno.test.each(
  [["generation", GENERATION_MASK, 16.1, 7.8], [
    "training",
    TRAINING_MASK,
    37.25,
    6.6,
  ]] as const,
)(
  "drawMask() has the mean number of masked tokens of the cut normal distribution: %s",
  (_, options, expected, sd) => {
    const counts = draws(options, 4000).map(({ masked }) => sum(masked));
    const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
    ok(
      Math.abs(mean - expected) < 5 * sd / Math.sqrt(4000),
      `mean ${mean}, expected ${expected}`,
    );
  },
);

Deno.test("drawMask() drops every token equally often", () => {
  const dropped = new Uint32Array(49).fill(4900);
  for (const { keep } of draws(GENERATION_MASK, 4900)) {
    for (const token of keep) {
      dropped[token]!--;
    }
  }
  // 4900 draws drop each token 500 times on average, standard deviation 21.
  for (const [token, count] of dropped.entries()) {
    ok(
      Math.abs(count - 500) < 6 * 21.2,
      `token ${token} dropped ${count} times`,
    );
  }
});

Deno.test("drawMask() depends on the stream of the image only", () => {
  const draw = (image: number) => drawMask(new RandomStream(1, "mask", 3, image), GENERATION_MASK);
  deepStrictEqual(draw(2), draw(2));
  notDeepStrictEqual(draw(2), draw(3));
});

Deno.test("drawMask() takes a fixed share when min and max are equal", () => {
  const options = { ...GENERATION_MASK, min: 0.5, max: 0.5 };
  const { keep, masked } = drawMask(new RandomStream(1, "mask"), options);
  strictEqual(keep.length, 24);
  strictEqual(sum(masked), 25);
});

Deno.test("keptTokens() refuses shares outside 0..1", () => {
  throws(() => keptTokens({ ...GENERATION_MASK, max: 1.5 }), {
    name: "RangeError",
    message: /0 <= min <= max <= 1 and sd > 0, found min 0.1, max 1.5/,
  });
});
