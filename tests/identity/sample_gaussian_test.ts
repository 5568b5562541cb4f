import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  dot,
  fitMoments,
  gaussianSampler,
  gaussianVectors,
  loadMoments,
  norm,
  principalComponents,
  truncateMoments,
} from "@/identity/mod.ts";
import oracle from "../fixtures/identity/components.json" with { type: "json" };
import fixture from "../fixtures/identity/moments.json" with { type: "json" };
import { covarianceOf, mahalanobis, rowsOf, worstStandardErrors } from "./_statistics.ts";

const D = 8;
const MOMENTS = fitMoments(Float32Array.from(fixture.rows.flat()), D, { ridge: 0 });
const COUNT = 20_000;

Deno.test("gaussianSampler() reproduces mean and covariance within 5 standard errors", () => {
  const worst = worstStandardErrors(
    rowsOf(gaussianSampler(MOMENTS, { seed: 9 }), COUNT),
    MOMENTS.mean,
    covarianceOf(MOMENTS.factor, D),
  );
  assert.ok(worst.mean < 5 && worst.covariance < 5, JSON.stringify(worst));
});

Deno.test("gaussianSampler() with components reproduces the PCA route's covariance within 5 standard errors", () => {
  const cut = oracle.cut.find(({ components }) => components === 3)!;
  const worst = worstStandardErrors(
    rowsOf(gaussianSampler(MOMENTS, { seed: 9, components: 3 }), COUNT),
    MOMENTS.mean,
    cut.covariance.flat(),
  );
  assert.ok(worst.mean < 5 && worst.covariance < 5, JSON.stringify(worst));
});

Deno.test("gaussianSampler() draws gaussianVectors' rows at attempt 0, and others at other attempts", () => {
  const source = gaussianVectors(MOMENTS, 7n, 100);
  const sampler = gaussianSampler(MOMENTS, { seed: 7n });
  for (const row of [0, 5, 99]) assert.deepEqual(sampler.draw(row), source.vector(row));
  assert.notDeepEqual(sampler.draw(5, 1), sampler.draw(5, 2));
  assert.notDeepEqual(sampler.draw(5, 1), sampler.draw(5));
});

Deno.test("gaussianSampler() with components draws the full row, projected", () => {
  const full = gaussianSampler(MOMENTS, { seed: 3 });
  const cut = gaussianSampler(MOMENTS, { seed: 3, components: 3 });
  const all = gaussianSampler(MOMENTS, { seed: 3, components: D });
  const { directions } = truncateMoments(MOMENTS, 3);
  for (const row of [0, 17]) {
    const whole = full.draw(row);
    const centred = Float64Array.from(whole, (value, i) => value - MOMENTS.mean[i]!);
    const projected = MOMENTS.mean.slice();
    for (let c = 0; c < 3; c++) {
      const direction = directions.subarray(c * D, (c + 1) * D);
      const along = dot(direction, centred);
      direction.forEach((value, i) => projected[i]! += along * value);
    }
    cut.draw(row).forEach((value, i) => assert.ok(Math.abs(value - projected[i]!) < 1e-5));
    all.draw(row).forEach((value, i) => assert.ok(Math.abs(value - whole[i]!) < 1e-5));
  }
});

Deno.test("gaussianSampler() on mini's Gaussian: Mahalanobis distances are chi-squared within 5 standard errors", () => {
  const path = fileURLToPath(new URL("../../data/mini/id_moments.safetensors", import.meta.url));
  const moments = loadMoments(path);
  const count = 300, width = moments.width;
  const sampler = gaussianSampler(moments, { seed: 1 });
  let sum = 0, squares = 0;
  for (let row = 0; row < count; row++) {
    const distance = mahalanobis(sampler.draw(row), moments);
    sum += distance / count;
    squares += (distance - width) ** 2 / count;
  }
  assert.ok(Math.abs(sum - width) < 5 * Math.sqrt(2 * width / count), `mean ${sum}`); // variance of chi-squared: 2 D
  const spread = 2 * width * Math.sqrt((2 + 12 / width) / count); // of a squared deviation, fourth moment 12 D (D + 4)
  assert.ok(Math.abs(squares - 2 * width) < 5 * spread, `variance ${squares}`);
  const natural = Array.from({ length: 50 }, (_, row) => norm(sampler.draw(row)));
  const expected = Math.sqrt(
    dot(moments.mean, moments.mean) + dot(moments.factor, moments.factor), // E |x|^2 = |mean|^2 + trace
  );
  const average = natural.reduce((a, b) => a + b, 0) / natural.length;
  assert.ok(Math.abs(average / expected - 1) < 0.05, `${average}, expected about ${expected}`);
});

Deno.test("gaussianSampler() gives the norms asked for without turning a row", () => {
  const fixed = gaussianSampler(MOMENTS, { seed: 2, norms: { kind: "fixed", value: 22 } });
  const natural = gaussianSampler(MOMENTS, { seed: 2 });
  for (let row = 0; row < 20; row++) {
    const [a, b] = [fixed.draw(row), natural.draw(row)];
    assert.ok(Math.abs(norm(a) / 22 - 1) < 1e-7);
    assert.ok(Math.abs(dot(a, b) / (norm(a) * norm(b)) - 1) < 1e-6);
  }
});

Deno.test("gaussianSampler() names everything its rows depend on", () => {
  const origin = { kind: "moments", file: "m.safetensors", sha256: "0".repeat(64) } as const;
  assert.deepEqual(gaussianSampler(MOMENTS, { seed: 2n ** 63n, components: 2, origin }).recipe, {
    kind: "gaussian",
    seed: "9223372036854775808",
    width: 8,
    components: 2,
    norms: { kind: "natural" },
    source: origin,
  });
});

Deno.test("gaussianSampler() refuses bad seeds, rows, attempts and components", () => {
  assert.throws(() => gaussianSampler(MOMENTS, { seed: -1 }), { name: "RangeError", message: /seed is -1/ });
  assert.throws(() => gaussianSampler(MOMENTS, { components: 9 }), { name: "RangeError" });
  const sampler = gaussianSampler(MOMENTS);
  assert.throws(() => sampler.draw(-1), { name: "RangeError", message: /row -1 of the fitted Gaussian/ });
  assert.throws(() => sampler.draw(2 ** 32), { name: "RangeError", message: /0 to 4294967295/ });
  assert.throws(() => sampler.draw(0, 0.5), { name: "RangeError", message: /attempt 0.5 at row 0/ });
  assert.ok(principalComponents(MOMENTS).variances[0]! > 0);
});
