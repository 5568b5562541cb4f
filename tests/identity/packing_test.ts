import {
  arrayVectors,
  cosine,
  fitMoments,
  gaussianVectors,
  norm,
  packVectors,
  sampledVectors,
  sphereSampler,
  type VectorSource,
} from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";

const sphere = (width: number, count: number, seed: number): VectorSource =>
  sampledVectors(sphereSampler(width, { seed }), count);

/** The rule itself: largest cosine of all pairs. */
function largestOf(vectors: Float32Array, width: number): number {
  let largest = -1;
  for (let i = 0; i < vectors.length; i += width) {
    for (let j = 0; j < i; j += width) {
      largest = Math.max(largest, cosine(vectors.subarray(i, i + width), vectors.subarray(j, j + width)));
    }
  }
  return largest;
}

/** Sixty rows around a direction, far from isotropic. */
function faces(width: number, seed: number): Float32Array {
  const data = new Float32Array(60 * width), stream = new RandomStream(seed, "faces");
  for (let i = 0; i < data.length; i++) {
    const c = i % width;
    data[i] = 3 * stream.normal() / (1 + c) + (c === 1 ? 2 : 0);
  }
  return data;
}

Deno.test("packVectors() reaches the simplex for up to D + 1 rows", async () => {
  for (const [width, count] of [[2, 3], [8, 2], [8, 5], [8, 9], [32, 33]] as const) {
    for (const seed of [1, 2]) {
      const { largest } = await packVectors({ start: sphere(width, count, seed), threads: 1 });
      const bound = -1 / (count - 1);
      assert.ok(
        largest.after >= bound - 1e-7 && largest.after <= bound + 1e-5,
        `${count} in ${width}: ${largest.after}`,
      );
      assert.ok(largest.before > largest.after + 0.05);
    }
  }
});

Deno.test("packVectors() reaches the orthoplex for 2 D rows", async () => {
  for (const width of [8, 16]) {
    for (const seed of [1, 2]) {
      const start = sphere(width, 2 * width, seed);
      const { largest } = await packVectors({ start, threads: 1 });
      assert.ok(largest.after > -1e-7 && largest.after <= 1e-4, `D = ${width}: ${largest.after}`);
    }
  }
});

Deno.test("packVectors() puts 12 points of a sphere on an icosahedron, which meets Welch's bound for its six lines", async () => {
  const [lines, width] = [6, 3];
  const welch = Math.sqrt((lines - width) / (width * (lines - 1)));
  for (const seed of [1, 2, 3]) {
    const { largest } = await packVectors({ start: sphere(width, 2 * lines, seed), threads: 1 });
    assert.ok(largest.after >= welch - 1e-7 && largest.after <= welch + 1e-3, `${largest.after}, bound ${welch}`);
  }
});

Deno.test("packVectors() tells the largest cosines exactly and keeps the norms of the start", async () => {
  const start = sphere(6, 30, 4), width = 6;
  const { vectors, largest, count } = await packVectors({ start, iterations: 20, threads: 1 });
  const before = Float32Array.from({ length: 30 * width }, (_, i) => start.vector(Math.floor(i / width))[i % width]!);
  assert.ok(Math.abs(largest.before - largestOf(before, width)) < 1e-15);
  assert.ok(Math.abs(largest.after - largestOf(vectors, width)) < 1e-15);
  for (let i = 0; i < count; i++) {
    const length = norm(vectors.subarray(i * width, (i + 1) * width));
    assert.ok(Math.abs(length / norm(start.vector(i)) - 1) < 1e-6);
  }
  const fixed = await packVectors({ start, iterations: 2, norms: { kind: "fixed", value: 20 }, threads: 1 });
  for (let i = 0; i < count; i++) {
    assert.ok(Math.abs(norm(fixed.vectors.subarray(i * width, (i + 1) * width)) - 20) < 1e-5);
  }
  const drawn = { kind: "quantiles", values: [10, 20] } as const;
  const spread = await packVectors({ start, iterations: 2, norms: drawn, seed: 3, threads: 1 });
  const lengths = Array.from({ length: count }, (_, i) => norm(spread.vectors.subarray(i * width, (i + 1) * width)));
  assert.ok(lengths.every((length) => length > 9.99 && length < 20.01));
  assert.ok(Math.max(...lengths) - Math.min(...lengths) > 5);
});

Deno.test("packVectors() gives the same rows for the same settings, others for another seed, and keeps them in a recipe", async () => {
  const options = { start: sphere(8, 40, 5), iterations: 15, threads: 1 };
  const first = await packVectors({ ...options, seed: 7 });
  const again = await packVectors({ ...options, seed: 7n });
  assert.deepEqual(again.vectors, first.vectors);
  assert.notDeepEqual((await packVectors({ ...options, seed: 8 })).vectors, first.vectors);
  assert.deepEqual(JSON.parse(JSON.stringify(first.recipe)), first.recipe);
  assert.equal(first.recipe["kind"], "packing");
  assert.equal(first.recipe["seed"], "7");
  // Blocks change float32 sums in their last bits at most.
  const blocks = await packVectors({ ...options, seed: 7, blockRows: 7 });
  assert.ok(Math.abs(blocks.largest.after - first.largest.after) < 1e-3);
  assert.ok(blocks.largest.before === first.largest.before);
});

Deno.test("packVectors() separates many rows that know few neighbours, found now and then", async () => {
  const start = sphere(16, 160, 6);
  const all = await packVectors({ start, iterations: 40, neighbours: 159, threads: 1 });
  const few = await packVectors({ start, iterations: 40, neighbours: 12, refreshEvery: 4, blockRows: 64, threads: 1 });
  assert.ok(few.largest.before > 0.7);
  assert.ok(few.largest.after < 0.5, `${few.largest.after}`);
  assert.ok(few.largest.after < all.largest.after + 0.05, `${few.largest.after}, with all ${all.largest.after}`);
});

Deno.test("packVectors() stays near a gallery as the weight says", async () => {
  const width = 12, gallery = arrayVectors(faces(width, 1), width, "a gallery");
  const start = gaussianVectors(fitMoments(faces(width, 1), width), 1, 24);
  const distance = (vectors: Float32Array) => {
    let sum = 0;
    for (let i = 0; i < vectors.length; i += width) {
      let nearest = -1;
      for (let g = 0; g < gallery.count; g++) {
        nearest = Math.max(nearest, cosine(vectors.subarray(i, i + width), gallery.vector(g)));
      }
      sum += 1 - nearest;
    }
    return sum / (vectors.length / width);
  };
  const found: number[] = [], largest: number[] = [];
  for (const weight of [undefined, 0.3, 30]) {
    const result = await packVectors({
      start,
      iterations: 80,
      blockRows: 16,
      threads: 1,
      ...(weight === undefined ? {} : { near: { kind: "gallery", vectors: gallery, weight } }),
    });
    found.push(distance(result.vectors));
    largest.push(result.largest.after);
    if (result.distance !== undefined) assert.ok(Math.abs(result.distance.after - found.at(-1)!) < 1e-5);
    assert.equal(result.distance === undefined, weight === undefined);
  }
  assert.ok(found[1]! < found[0]! - 0.02 && found[2]! < found[1]! - 0.02, `distances ${found}`);
  assert.ok(found[2]! < 0.01, "a great weight puts every row on a gallery vector");
  assert.ok(largest[0]! < largest[1]! && largest[1]! < largest[2]!, `largest cosines ${largest}`);
});

Deno.test("packVectors() stays within the fitted Gaussian as the weight says", async () => {
  const width = 12, moments = fitMoments(faces(width, 1), width);
  const start = gaussianVectors(moments, 1, 24);
  /** Mean of half the squared excess of the Mahalanobis distance, by forward substitution in float64. */
  const excess = (vectors: Float32Array) => {
    let sum = 0;
    for (let i = 0; i < vectors.length; i += width) {
      const z = new Float64Array(width);
      let square = 0;
      for (let r = 0; r < width; r++) {
        let rest = vectors[i + r]! - moments.mean[r]!;
        for (let c = 0; c < r; c++) rest -= moments.factor[r * width + c]! * z[c]!;
        z[r] = rest / moments.factor[r * width + r]!;
        square += z[r]! * z[r]!;
      }
      sum += Math.max(0, Math.sqrt(square / width) - 1) ** 2 / 2;
    }
    return sum / (vectors.length / width);
  };
  const found: number[] = [], largest: number[] = [];
  for (const weight of [undefined, 0.5, 50]) {
    const result = await packVectors({
      start,
      iterations: 150,
      blockRows: 10,
      threads: 1,
      ...(weight === undefined ? {} : { near: { kind: "gaussian", moments, weight } }),
    });
    found.push(excess(result.vectors));
    largest.push(result.largest.after);
    if (result.distance !== undefined) {
      assert.ok(Math.abs(result.distance.after - found.at(-1)!) < 1e-3 * (1 + found.at(-1)!));
    }
  }
  assert.ok(found[1]! < found[0]! / 2 && found[2]! < found[1]!, `excesses ${found}`);
  assert.ok(found[2]! < 0.01, `${found[2]}`);
  assert.ok(largest[0]! < largest[2]!, `largest cosines ${largest}`);
});

Deno.test("packVectors() parts equal rows and stops at a target", async () => {
  const start = arrayVectors(new Float32Array(5 * 4).fill(1), 4, "five times the same");
  const { largest } = await packVectors({ start, threads: 1 });
  assert.ok(Math.abs(largest.before - 1) < 1e-15 && Math.abs(largest.after + 0.25) < 1e-4);
  const seen: number[] = [];
  const early = await packVectors({
    start: sphere(32, 33, 1),
    target: 0.2,
    threads: 1,
    onProgress: ({ iteration, iterations }) => {
      assert.equal(iterations, 300);
      seen.push(iteration);
    },
  });
  assert.ok(early.largest.before > 0.2 && early.largest.after <= 0.2);
  assert.ok(early.iterations > 1 && early.iterations < 100);
  assert.deepEqual(seen, Array.from({ length: early.iterations }, (_, i) => i + 1));
});

Deno.test("packVectors() can be aborted and refuses what it cannot pack", async () => {
  const controller = new AbortController(), start = sphere(4, 6, 1);
  await assert.rejects(
    packVectors({
      start,
      signal: controller.signal,
      threads: 1,
      onProgress: ({ iteration }) => {
        if (iteration === 3) controller.abort(new Error("enough"));
      },
    }),
    /enough/,
  );
  const refuses = (options: Partial<Parameters<typeof packVectors>[0]>, name: string, message: RegExp) =>
    assert.rejects(packVectors({ start, ...options }), { name, message });
  await refuses({ start: sphere(4, 1, 1) }, "RangeError", /number of rows of the sphere is 1/);
  await refuses({ iterations: 0 }, "RangeError", /iterations is 0/);
  await refuses({ rate: 2 }, "RangeError", /rate is 2/);
  await refuses({ sharpness: 1 }, "RangeError", /sharpness is 1/);
  await refuses({ target: 1 }, "RangeError", /target is 1/);
  await refuses({ start: arrayVectors(new Float32Array(8), 4, "zeros") }, "RangeError", /row 0 of zeros/);
  const moments = fitMoments(faces(5, 1), 5);
  await refuses({ near: { kind: "gaussian", moments } }, "TypeError", /has width 4, but the gaussian .* has 5/);
  const near = { kind: "gallery", vectors: sphere(4, 3, 2), weight: -1 } as const;
  await refuses({ near }, "RangeError", /weight of near is -1/);
});
