import assert from "node:assert/strict";
import { largestRemainder, sigmaPlan } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";

const SIGMAS = [0.3, 0.5, 0.7];
const MIX = [0.4, 0.4, 0.2];

function countsOf(plan: readonly number[]): number[] {
  return SIGMAS.map((sigma) => plan.filter((x) => x === sigma).length);
}

Deno.test("largestRemainder() gives whole numbers that add up, each within one of its share", () => {
  for (
    const weights of [MIX, [1], [1, 1, 1], [0, 1, 0], [5, 3, 1e-9], [
      1 / 3,
      1 / 3,
      1 / 3,
    ]]
  ) {
    const sum = weights.reduce((a, b) => a + b);
    for (let total = 0; total <= 200; total++) {
      const counts = largestRemainder(total, weights);
      assert.equal(counts.reduce((a, b) => a + b), total);
      counts.forEach((n, i) => {
        const share = total * weights[i]! / sum;
        assert.ok(Math.abs(n - share) < 1 + 1e-9, `${n} for ${share}`);
        if (weights[i] === 0) assert.equal(n, 0);
      });
    }
  }
});

Deno.test("largestRemainder() gives exact shares where they are whole", () => {
  for (let k = 1; k <= 100; k++) {
    assert.deepEqual(largestRemainder(5 * k, MIX), [2 * k, 2 * k, k]);
  }
});

Deno.test("largestRemainder() gives what is left to the largest rests, ties to the earlier", () => {
  assert.deepEqual(largestRemainder(10, [0.27, 0.38, 0.35]), [3, 4, 3]); // rests 0.7, 0.8, 0.5
  assert.deepEqual(largestRemainder(1, MIX), [1, 0, 0]);
  assert.deepEqual(largestRemainder(2, [1, 1, 1]), [1, 1, 0]);
});

Deno.test("largestRemainder() refuses wrong totals and weights", () => {
  assert.throws(() => largestRemainder(-1, [1]), {
    name: "RangeError",
    message: /split -1/,
  });
  assert.throws(() => largestRemainder(1.5, [1]), { name: "RangeError" });
  for (const weights of [[], [0, 0], [1, -1, 1], [NaN], [Infinity]]) {
    assert.throws(() => largestRemainder(3, weights), {
      name: "RangeError",
      message: /weights/,
    });
  }
});

Deno.test("sigmaPlan() gives every identity the published 20/20/10 of 50", () => {
  for (let row = 0; row < 20; row++) {
    assert.deepEqual(
      countsOf(sigmaPlan(50, SIGMAS, MIX, new RandomStream(1, "sigma", row))),
      [20, 20, 10],
    );
  }
});

Deno.test("sigmaPlan() works for any number of images", () => {
  for (let images = 1; images <= 64; images++) {
    const plan = sigmaPlan(
      images,
      SIGMAS,
      MIX,
      new RandomStream(1, "sigma", images),
    );
    assert.equal(plan.length, images);
    assert.deepEqual(countsOf(plan), largestRemainder(images, MIX));
  }
});

Deno.test("sigmaPlan() spreads sigmas evenly without a stream", () => {
  const plan = sigmaPlan(50, SIGMAS, MIX);
  for (let at = 0; at < 50; at += 10) {
    const [a, b, c] = countsOf(plan.slice(at, at + 10));
    assert.ok(
      Math.abs(a! - 4) <= 1 && Math.abs(b! - 4) <= 1 && Math.abs(c! - 2) <= 1,
      `${a} ${b} ${c}`,
    );
  }
});

Deno.test("sigmaPlan() is shuffled by the identity's stream, the same each time", () => {
  const plan = (row: number) => sigmaPlan(50, SIGMAS, MIX, new RandomStream(1, "sigma", row));
  assert.deepEqual(plan(3), plan(3));
  assert.notDeepEqual(plan(3), plan(4));
  const first = Array.from({ length: 300 }, (_, row) => plan(row)[0]!);
  assert.ok(
    countsOf(first).every((n) => n > 30),
    "the first image gets each sigma in some identity",
  );
});

Deno.test("sigmaPlan() refuses lists that do not match and values outside the range", () => {
  assert.throws(() => sigmaPlan(5, [0.3, 0.5], [1]), {
    name: "RangeError",
    message: /2 sigmas .* but 1 shares/,
  });
  assert.throws(() => sigmaPlan(5, [], []), { name: "RangeError" });
  assert.throws(() => sigmaPlan(0, SIGMAS, MIX), {
    name: "RangeError",
    message: /0 images/,
  });
  assert.throws(() => sigmaPlan(5, [-1], [1]), {
    name: "RangeError",
    message: /\[-1\]/,
  });
  assert.throws(() => sigmaPlan(5, SIGMAS, [0, 0, 0]), {
    name: "RangeError",
    message: /not all 0/,
  });
});
