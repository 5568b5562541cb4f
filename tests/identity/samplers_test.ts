/** What holds for every sampler, and what is particular to the short ones. */
import assert from "node:assert/strict";
import {
  arrayVectors,
  centersSampler,
  cosine,
  fitMoments,
  fitNorms,
  gaussianSampler,
  type IdentitySampler,
  interpolate,
  norm,
  rotatedSampler,
  sampledVectors,
  SPHERE_WARNING,
  sphereSampler,
  walk,
  walkSampler,
} from "@/identity/mod.ts";
import { normalRows, rowsOf, worstStandardErrors } from "./_statistics.ts";

const D = 16;
const source = arrayVectors(normalRows(40, D), D, "forty.npy");
const norms = fitNorms(source, { points: 11 });

const SAMPLERS: [string, () => IdentitySampler][] = [
  ["centersSampler()", () => centersSampler(source)],
  ["centersSampler() shuffled", () => centersSampler(source, { shuffle: true, seed: 4, norms })],
  ["gaussianSampler()", () => gaussianSampler(fitMoments(normalRows(40, D), D), { seed: 4, norms })],
  ["gaussianSampler() cut", () => gaussianSampler(fitMoments(normalRows(40, D), D), { seed: 4, components: 3 })],
  ["sphereSampler()", () => sphereSampler(D, { seed: 4, norms })],
  ["rotatedSampler()", () => rotatedSampler(source, { cosine: 0.6, perParent: 3, keepParents: true, seed: 4, norms })],
  ["walkSampler()", () => walkSampler(source, { steps: 3, seed: 4 })],
];

for (const [what, make] of SAMPLERS) {
  Deno.test(`${what} gives a row the same bits alone, in shards, and backwards`, () => {
    const whole = rowsOf(make(), 20);
    const alone = make();
    for (let row = 19; row >= 0; row--) {
      assert.deepEqual(alone.draw(row), whole.slice(row * D, (row + 1) * D), `row ${row}`);
    }
    const shard = make();
    for (let row = 8; row < 12; row++) assert.deepEqual(shard.draw(row, 0), whole.slice(row * D, (row + 1) * D));
  });

  Deno.test(`${what} carries a recipe that is JSON and gives rows that are the caller's own`, () => {
    const sampler = make();
    assert.deepEqual(JSON.parse(JSON.stringify(sampler.recipe)), sampler.recipe);
    assert.equal(sampler.recipe.width, D);
    const row = sampler.draw(1);
    const kept = row.slice();
    row.fill(0);
    assert.deepEqual(sampler.draw(1), kept);
  });
}

Deno.test("sampledVectors() refuses rows beyond the sampler's or its own end", () => {
  const sampler = centersSampler(source);
  assert.equal(sampledVectors(sampler).count, 40);
  assert.throws(() => sampledVectors(sampler, 41), { name: "RangeError", message: /41 rows of forty.npy.*1 to 40/ });
  assert.throws(() => sampledVectors(sphereSampler(4)), { name: "RangeError", message: /Infinity rows/ });
  assert.throws(() => sampledVectors(sphereSampler(4), 3).vector(3), { name: "RangeError", message: /rows 0 to 2/ });
});

Deno.test("centersSampler() gives the file's rows in order, or each once when shuffled", () => {
  const plain = centersSampler(source);
  for (const row of [0, 39]) assert.deepEqual(plain.draw(row), source.vector(row));
  const key = (row: Float32Array) => row.join();
  const shuffled = centersSampler(source, { shuffle: true, seed: 4 });
  const found = Array.from({ length: 40 }, (_, row) => key(shuffled.draw(row)));
  const wanted = Array.from({ length: 40 }, (_, row) => key(source.vector(row)));
  assert.notDeepEqual(found, wanted);
  assert.deepEqual(found.toSorted(), wanted.toSorted());
  for (const row of [0, 39]) assert.deepEqual(shuffled.draw(row), source.vector(shuffled.group(row)));
});

Deno.test("centersSampler() refuses rows that are no identities, and redraws", () => {
  assert.equal(centersSampler(source).redraws, false);
  assert.throws(() => centersSampler(source).draw(3, 1), {
    name: "RangeError",
    message: /Cannot redraw row 3 of forty/,
  });
  const hole = centersSampler(arrayVectors(Float32Array.of(1, 2, 0, 0, NaN, 1), 2, "hole.npy"));
  hole.draw(0);
  assert.throws(() => hole.draw(1), { name: "RangeError", message: /row 1 of hole.npy: all values are zero/ });
  assert.throws(() => hole.draw(2), { name: "RangeError", message: /row 2 of hole.npy: column 0 is NaN/ });
  assert.throws(() => hole.draw(3), { name: "RangeError", message: /row 3 of hole.npy/ });
});

Deno.test("sphereSampler() draws isotropic rows: standard normal within 5 standard errors", () => {
  const identity = Float64Array.from({ length: D * D }, (_, at) => at % (D + 1) === 0 ? 1 : 0);
  const sampler = sphereSampler(D, { seed: 11 });
  const worst = worstStandardErrors(rowsOf(sampler, 5000), new Float64Array(D), identity);
  assert.ok(worst.mean < 5 && worst.covariance < 5, JSON.stringify(worst));
  assert.equal(sampler.warning, SPHERE_WARNING);
});

Deno.test("sphereSampler() draws directions that do not depend on the norms", () => {
  const [a, b] = [sphereSampler(D, { seed: 1 }), sphereSampler(D, { seed: 1, norms })];
  for (let row = 0; row < 10; row++) {
    assert.ok(cosine(a.draw(row), b.draw(row)) > 1 - 1e-6);
    assert.notEqual(norm(a.draw(row)), norm(b.draw(row)));
  }
  assert.throws(() => sphereSampler(1), { name: "RangeError", message: /width is 1/ });
});

Deno.test("rotatedSampler() meets the cosine within 1e-6 at the parent's norm, for every cosine and size", () => {
  for (const width of [2, 512]) {
    for (const size of [1e-6, 1, 1e6]) {
      const parents = arrayVectors(normalRows(3, width).map((value) => value * size), width, "parents");
      for (const wanted of [-1, -0.3, 0, 0.5, 0.69, 0.9999, 1]) {
        const sampler = rotatedSampler(parents, { cosine: wanted, perParent: 4, seed: 2 });
        for (let row = 0; row < 12; row++) {
          const parent = parents.vector(sampler.group(row));
          const child = sampler.draw(row, row % 3);
          assert.ok(Math.abs(cosine(child, parent) - wanted) < 1e-6, `width ${width}, cosine ${wanted}, row ${row}`);
          assert.ok(Math.abs(norm(child) / norm(parent) - 1) < 1e-6);
        }
      }
    }
  }
});

Deno.test("rotatedSampler() keeps groups: siblings at the cosine squared, parents first when kept", () => {
  const parents = arrayVectors(normalRows(2, 512), 512, "parents");
  const sampler = rotatedSampler(parents, { cosine: 0.6, perParent: 5, keepParents: true });
  assert.equal(sampler.count, 12);
  assert.deepEqual(Array.from({ length: 12 }, (_, row) => sampler.group(row)), [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  assert.deepEqual(sampler.draw(6), parents.vector(1));
  const [a, b] = [sampler.draw(7), sampler.draw(8)];
  assert.ok(Math.abs(cosine(a, b) - 0.36) < 5 * 0.64 / Math.sqrt(511)); // 5 standard errors of w . w'
  assert.throws(() => sampler.draw(6, 1), { name: "RangeError", message: /it is a parent/ });
  assert.throws(() => sampler.group(12), { name: "RangeError", message: /row 12/ });
});

Deno.test("rotatedSampler() turns uniformly: the side parts have mean 0 and covariance 1 / (D - 1) within 5 errors", () => {
  const parent = new Float32Array(D).fill(0);
  parent[0] = 2;
  const sampler = rotatedSampler(arrayVectors(parent, D, "one"), { cosine: 0, perParent: 4000, seed: 8 });
  const scale = Math.sqrt(D - 1) / 2; // side parts then have variance 1 in the other D - 1 directions
  const sides = rowsOf(sampler, 4000).filter((_, at) => at % D !== 0).map((value) => value * scale);
  const identity = Float64Array.from({ length: (D - 1) ** 2 }, (_, at) => at % D === 0 ? 1 : 0);
  const worst = worstStandardErrors(sides, new Float64Array(D - 1), identity);
  assert.ok(worst.mean < 5 && worst.covariance < 5, JSON.stringify(worst));
});

Deno.test("rotatedSampler() refuses impossible look-alikes", () => {
  assert.throws(() => rotatedSampler(source, { cosine: 1.1 }), { name: "RangeError", message: /cosine is 1.1/ });
  assert.throws(() => rotatedSampler(source, { cosine: 0.5, perParent: 0 }), { name: "RangeError", message: /0 for/ });
  const narrow = arrayVectors(Float32Array.of(1, 2), 1, "narrow");
  assert.throws(() => rotatedSampler(narrow, { cosine: 0.5 }), { name: "RangeError", message: /width is 1/ });
});

Deno.test("walkSampler() walks as walk() does between given pairs", () => {
  const sampler = walkSampler(source, { steps: 4, pairs: [[0, 1], [7, 3]] });
  assert.equal(sampler.count, 8);
  assert.deepEqual(rowsOf(sampler, 8).slice(4 * D), walk(source.vector(7), source.vector(3), 4));
  assert.deepEqual([sampler.group(3), sampler.group(4)], [0, 1]);
  const inner = walkSampler(source, { steps: 3, pairs: [[0, 1]], ends: false });
  assert.deepEqual(inner.draw(0), interpolate(source.vector(0), source.vector(1), 0.25));
});

Deno.test("walkSampler() picks random pairs of different rows, each equally often", () => {
  const three = arrayVectors(normalRows(3, 4), 4, "three");
  const sampler = walkSampler(three, { steps: 2, seed: 6 });
  const counts = new Map<string, number>();
  for (let group = 0; group < 6000; group++) {
    const pair = sampler.pair(group).join();
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].toSorted(), ["0,1", "0,2", "1,0", "1,2", "2,0", "2,1"]);
  for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 5 * Math.sqrt(6000 / 6 * 5 / 6));
  assert.deepEqual(sampler.draw(1), three.vector(sampler.pair(0)[1]));
});

Deno.test("walkSampler() refuses bad steps, pairs and redraws", () => {
  assert.throws(() => walkSampler(source, { steps: 1 }), { name: "RangeError", message: /at least 2/ });
  assert.throws(() => walkSampler(source, { steps: 0, ends: false }), { name: "RangeError", message: /at least 1/ });
  assert.throws(() => walkSampler(source, { steps: 2, pairs: [] }), { name: "RangeError", message: /empty/ });
  assert.throws(() => walkSampler(source, { steps: 2, pairs: [[0, 40]] }), {
    name: "RangeError",
    message: /row 40 of/,
  });
  const one = arrayVectors(Float32Array.of(1, 2), 2, "one.npy");
  assert.throws(() => walkSampler(one, { steps: 2 }), { name: "RangeError", message: /one.npy: it has one row/ });
  assert.throws(() => walkSampler(source, { steps: 2 }).draw(0, 1), { name: "RangeError", message: /Cannot redraw/ });
});
