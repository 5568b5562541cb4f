import { philox4x32, RandomStream, streamNumber } from "@/random/mod.ts";
import assert from "node:assert/strict";

/** Mean, variance, skewness and kurtosis of a sample. */
function moments(xs: ArrayLike<number>): [number, number, number, number] {
  const n = xs.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += xs[i]! / n;
  let m2 = 0, m3 = 0, m4 = 0;
  for (let i = 0; i < n; i++) {
    const d = xs[i]! - mean;
    m2 += d * d / n;
    m3 += d * d * d / n;
    m4 += d * d * d * d / n;
  }
  return [mean, m2, m3 / m2 ** 1.5, m4 / (m2 * m2)];
}

/** Pearson's chi-square statistic of counts against equal expectation. */
function chiSquare(counts: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((a, b) => a + b, 0);
  const expected = total / counts.length;
  return Array.from(counts).reduce(
    (s, c) => s + (c - expected) ** 2 / expected,
    0,
  );
}

function near(actual: number, expected: number, limit: number): void {
  assert.ok(
    Math.abs(actual - expected) < limit,
    `${actual}, expected ${expected} within ${limit}`,
  );
}

Deno.test("RandomStream gives the Philox words of counter (block, image, identity, stream) under the seed", () => {
  const stream = new RandomStream(0x123456789abcdef0n, "mask", 7, 9);
  const words = Array.from({ length: 8 }, () => stream.nextUint32());
  const key: [number, number] = [0x9abcdef0, 0x12345678];
  const number = streamNumber("mask");
  assert.deepEqual(words, [
    ...philox4x32([0, 9, 7, number], key),
    ...philox4x32([1, 9, 7, number], key),
  ]);
});

Deno.test("RandomStream gives the same numbers for a number and a bigint seed", () => {
  const seed = 2 ** 52 + 12345;
  assert.equal(
    new RandomStream(seed, 1).nextUint32(),
    new RandomStream(BigInt(seed), 1).nextUint32(),
  );
});

Deno.test("RandomStream gives other numbers when any part of the key changes", () => {
  const keys: [number | bigint, string | number, number, number][] = [
    [1, "a", 0, 0],
    [2, "a", 0, 0],
    [1n + (1n << 32n), "a", 0, 0],
    [1, "b", 0, 0],
    [1, "a", 1, 0],
    [1, "a", 0, 1],
  ];
  const firsts = new Set(
    keys.map((key) => new RandomStream(...key).nextUint32()),
  );
  assert.equal(firsts.size, keys.length);
});

Deno.test("RandomStream gives the same numbers when streams are read in turn", () => {
  const alone = new RandomStream(5, "a", 3, 1);
  const expected = Array.from({ length: 20 }, () => alone.normal());
  const one = new RandomStream(5, "a", 3, 1),
    other = new RandomStream(5, "a", 3, 2);
  const actual = expected.map(
    () => (other.normal(), other.nextUint32(), one.normal()),
  );
  assert.deepEqual(actual, expected);
});

Deno.test("RandomStream keeps the numbers it has always given", () => {
  const stream = new RandomStream(2024, "perturbation", 12, 34);
  assert.deepEqual(
    [stream.uniform(), stream.normal(), stream.normal(), stream.integer(1000)],
    [0.42585568480282243, 1.010819854313163, -0.4170057688825757, 842],
  );
  assert.equal(stream.truncatedNormal(0.15, 0.25, 0.1, 1), 0.21759409610339958);
});

Deno.test("uniform() has the moments of a uniform number and fills 64 bins evenly", () => {
  const stream = new RandomStream(1, "test");
  const xs = Float64Array.from({ length: 200_000 }, () => stream.uniform());
  const [mean, variance, skew, kurtosis] = moments(xs);
  near(mean, 0.5, 0.003);
  near(variance, 1 / 12, 0.001);
  near(skew, 0, 0.02);
  near(kurtosis, 1.8, 0.02);
  const counts = new Float64Array(64);
  const lowCounts = new Float64Array(64);
  for (const x of xs) {
    assert.ok(x >= 0 && x < 1);
    counts[Math.floor(64 * x)]! += 1;
    lowCounts[Math.floor(x * 2 ** 53) % 64]! += 1; // the last bits as well
  }
  // 63 degrees of freedom: mean 63, sd 11.2
  near(chiSquare(counts), 63, 45);
  near(chiSquare(lowCounts), 63, 45);
});

Deno.test("uniformIn() stays in its interval and reaches both halves", () => {
  const stream = new RandomStream(3, "test");
  const xs = Float64Array.from({ length: 4000 }, () => stream.uniformIn(-3, 5));
  assert.ok(xs.every((x) => x >= -3 && x <= 5));
  near(moments(xs)[0], 1, 0.15);
  near(moments(xs)[1], 64 / 12, 0.3);
  assert.equal(stream.uniformIn(2, 2), 2);
});

Deno.test("normal() has the moments of a normal number and fills equal-mass bins evenly", () => {
  const stream = new RandomStream(2, "test");
  const xs = Float64Array.from({ length: 200_000 }, () => stream.normal());
  const [mean, variance, skew, kurtosis] = moments(xs);
  near(mean, 0, 0.009);
  near(variance, 1, 0.013);
  near(skew, 0, 0.022);
  near(kurtosis, 3, 0.045);
  const octiles = [
    -1.15034938,
    -0.67448975,
    -0.31863936,
    0,
    0.31863936,
    0.67448975,
    1.15034938,
  ];
  const counts = new Float64Array(8);
  for (const x of xs) counts[octiles.filter((q) => q < x).length]! += 1;
  near(chiSquare(counts), 7, 15); // 7 degrees of freedom: 99.7 % point 22
  // Both numbers of a Box-Muller pair, and their product, are independent.
  let product = 0;
  for (let i = 0; i < xs.length; i += 2) product += xs[i]! * xs[i + 1]!;
  near(product / 100_000, 0, 0.013);
});

Deno.test("normal() does not correlate between neighbouring images, identities and seeds", () => {
  const rows = (key: (i: number) => [number, string, number, number]) =>
    Array.from(
      { length: 200 },
      (_, i) => new RandomStream(...key(i)).fillNormal(new Float32Array(512)),
    );
  for (
    const streams of [
      rows((i) => [1, "a", 5, i]),
      rows((i) => [1, "a", i, 5]),
      rows((i) => [i, "a", 5, 5]),
    ]
  ) {
    let sum = 0, largest = 0;
    for (let i = 1; i < streams.length; i++) {
      let dot = 0;
      for (let d = 0; d < 512; d++) {
        dot += streams[i - 1]![d]! * streams[i]![d]!;
      }
      sum += dot / 512;
      largest = Math.max(largest, Math.abs(dot / 512));
    }
    near(sum / 199, 0, 0.0125); // four standard errors
    assert.ok(largest < 0.2, `largest ${largest}`); // sd 1/sqrt(512) = .044
  }
});

Deno.test("fillNormal() gives the numbers of normal() rounded to float32", () => {
  const filled = new RandomStream(1, "a").fillNormal(new Float32Array(7));
  const stream = new RandomStream(1, "a");
  assert.deepEqual(
    [...filled],
    Array.from({ length: 7 }, () => Math.fround(stream.normal())),
  );
});

Deno.test("integer() gives each value equally often, also when n does not divide 2^32", () => {
  const stream = new RandomStream(4, "test");
  const counts = new Float64Array(7);
  for (let i = 0; i < 70_000; i++) counts[stream.integer(7)]! += 1;
  near(chiSquare(counts), 6, 15);
  // n = 3 * 2^30: without rejection the lowest third would come up 1.5 times too often.
  const thirds = new Float64Array(3);
  for (let i = 0; i < 30_000; i++) {
    thirds[Math.floor(stream.integer(3 * 2 ** 30) / 2 ** 30)]! += 1;
  }
  near(chiSquare(thirds), 2, 10);
  assert.equal(stream.integer(1), 0);
  assert.ok(stream.integer(2 ** 32) >= 0);
});

Deno.test("integer() throws RangeError when n is not in 1..2^32", () => {
  const stream = new RandomStream(4, "test");
  for (const n of [0, -1, 1.5, 2 ** 32 + 1, NaN]) {
    assert.throws(
      () => stream.integer(n),
      (e) => e instanceof RangeError && e.message.includes(`n is ${n}`),
    );
  }
});

Deno.test("truncatedNormal() stays inside, takes one uniform and has the mean of the distribution", () => {
  const stream = new RandomStream(6, "test"),
    twin = new RandomStream(6, "test");
  let sum = 0;
  for (let i = 0; i < 20_000; i++) {
    const x = stream.truncatedNormal(0.15, 0.25, 0.1, 1);
    assert.ok(x >= 0.1 && x <= 1);
    sum += x;
    twin.uniform();
  }
  assert.equal(stream.nextUint32(), twin.nextUint32());
  near(sum / 20_000, 0.31833, 0.005); // scipy.stats.truncnorm(-.2, 3.4, .15, .25).mean()
  assert.ok(Number.isFinite(stream.truncatedNormal(0, 1, -Infinity, Infinity)));
});

Deno.test("permutation() holds every number once and mixes positions evenly", () => {
  const stream = new RandomStream(7, "test");
  const order = stream.permutation(1000);
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  const counts = new Float64Array(24);
  for (let i = 0; i < 24_000; i++) {
    const [a, b, c] = stream.permutation(4) as unknown as [
      number,
      number,
      number,
    ];
    counts[
      a * 6 + [0, 1, 2, 3].filter((x) => x !== a).indexOf(b) * 2 +
      (c > 6 - a - b - c ? 1 : 0)
    ]! += 1;
  }
  near(chiSquare(counts), 23, 27); // 23 degrees of freedom: 4 sd above
  assert.equal(stream.permutation(0).length, 0);
});

Deno.test("choice() gives each element and throws RangeError when there is none", () => {
  const stream = new RandomStream(8, "test");
  const seen = new Set(
    Array.from({ length: 100 }, () => stream.choice(["a", "b", "c"])),
  );
  assert.equal(seen.size, 3);
  assert.throws(
    () => stream.choice([]),
    (e) => e instanceof RangeError && e.message.includes("list is empty"),
  );
});

Deno.test("RandomStream throws RangeError when a part of the key is outside its range", () => {
  const cases: [() => unknown, string][] = [
    [() => new RandomStream(-1, "a"), "seed is -1"],
    [() => new RandomStream(0.5, "a"), "seed is 0.5"],
    [() => new RandomStream(1n << 64n, "a"), "seed is 18446744073709551616"],
    [() => new RandomStream(1, "a", 2 ** 32), "identity is 4294967296"],
    [() => new RandomStream(1, "a", 0, -1), "image is -1"],
    [() => new RandomStream(1, "a").uniformIn(1, 0), "interval [1, 0]"],
    [() => new RandomStream(1, "a").permutation(-1), "n is -1"],
  ];
  for (const [run, part] of cases) {
    assert.throws(
      run,
      (e) => e instanceof RangeError && e.message.includes(part),
      part,
    );
  }
});
