import {
  arrayVectors,
  cosine,
  dot,
  fitMoments,
  gatherVectors,
  gaussianVectors,
  norm,
  packVectors,
  sampledVectors,
  sphereSampler,
  type VectorSource,
} from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";
import { largestSpacing, onCircle } from "./_circle.ts";

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

/** Largest cosine between a row and an enrolled one. */
function largestTo(vectors: Float32Array, enrolled: VectorSource): number {
  let largest = -1;
  for (let i = 0; i < vectors.length; i += enrolled.width) {
    for (let a = 0; a < enrolled.count; a++) {
      largest = Math.max(largest, cosine(vectors.subarray(i, i + enrolled.width), enrolled.vector(a)));
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
  for (const weight of [undefined, 1, 30]) {
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

Deno.test("packVectors() keeps as far apart as a circle outside of caps allows", async () => {
  // Caps that leave one arc: the descent finds no way across a cap.
  const caps = [[[0], 60, 3], [[0], 60, 5], [[0], 100, 3], [[0, 50], 40, 3], [[10, 70, 130], 35, 4]] as const;
  for (const [enrolled, half, points] of caps) {
    const against = { vectors: arrayVectors(onCircle(enrolled), 2, "caps"), maxCosine: Math.cos(half * Math.PI / 180) };
    const best = largestSpacing(enrolled, half, points);
    for (const seed of [1, 2, 3, 4]) {
      const start = sphere(2, points, seed);
      const { vectors, largest, largestAgainst } = await packVectors({ start, against, seed, threads: 1 });
      const angle = Math.acos(largest.after) * 180 / Math.PI;
      assert.ok(angle > best - 0.2 && angle < best + 1e-3, `${points} outside of ${enrolled}: ${angle}, best ${best}`);
      assert.ok(largestAgainst!.after <= against.maxCosine);
      assert.ok(Math.abs(largestAgainst!.after - largestTo(vectors, against.vectors)) < 1e-15);
      assert.ok(Math.abs(largestAgainst!.before - largestTo(gatherVectors(start), against.vectors)) < 1e-15);
    }
  }
});

Deno.test("packVectors() finds what a search of a sphere's points outside of caps finds", async () => {
  const width = 3, points = 1200, maxCosine = 0.5;
  for (const [seed, caps, count] of [[1, 4, 3], [2, 4, 3], [3, 6, 2], [5, 6, 2]] as const) {
    const vectors = sphere(width, caps, seed), free: Float64Array[] = [];
    for (let i = 0; i < points; i++) { // spread evenly along a spiral
      const z = 1 - 2 * (i + 0.5) / points, turn = i * Math.PI * (3 - Math.sqrt(5)), r = Math.sqrt(1 - z * z);
      const point = Float64Array.of(r * Math.cos(turn), r * Math.sin(turn), z);
      if (Array.from({ length: caps }, (_, a) => vectors.vector(a)).every((axis) => cosine(point, axis) <= maxCosine)) {
        free.push(point);
      }
    }
    const best = smallestLargest(free, count), found: number[] = [];
    for (const start of [1, 2, 3, 4, 5]) {
      const packed = await packVectors({
        ...{ start: sphere(width, count, start), against: { vectors, maxCosine }, seed: start, threads: 1 },
      });
      assert.ok(largestTo(packed.vectors, vectors) <= maxCosine);
      found.push(packed.largest.after);
    }
    assert.ok(Math.min(...found) < best + 0.01, `${count} outside of ${caps} caps: ${found}, best ${best}`);
  }
});

/** The least that the largest cosine of some of the points can be. */
function smallestLargest(points: readonly Float64Array[], count: number): number {
  let best = 1;
  const add = (from: number, chosen: readonly Float64Array[], largest: number) => {
    if (chosen.length === count) best = Math.min(best, largest);
    else {
      for (let i = from; i < points.length; i++) {
        const now = Math.max(largest, ...chosen.map((other) => dot(other, points[i]!)));
        if (now < best) add(i + 1, [...chosen, points[i]!], now);
      }
    }
  };
  add(0, [], -1);
  return best;
}

Deno.test("packVectors() keeps away from enrolled rows among many that it starts from, in blocks, with a gallery's pull", async () => {
  const width = 12, maxCosine = 0.6;
  const vectors = arrayVectors(faces(width, 1), width, "enrolled");
  const start = arrayVectors(faces(width, 1).slice(0, 40 * width), width, "enrolled rows");
  for (const near of [undefined, { kind: "gallery", vectors, weight: 0.5 }] as const) {
    for (const [neighbours, blockRows] of [[32, 1024], [5, 16]] as const) {
      const packed = await packVectors({
        ...{
          start,
          against: { vectors, maxCosine },
          iterations: 60,
          refreshEvery: 2,
          neighbours,
          blockRows,
          threads: 1,
        },
        ...(near === undefined ? {} : { near }),
      });
      assert.ok(packed.largestAgainst!.before > 1 - 1e-12);
      assert.ok(largestTo(packed.vectors, vectors) <= maxCosine);
      assert.ok(Math.abs(largestTo(packed.vectors, vectors) - packed.largestAgainst!.after) < 1e-15);
      assert.deepEqual(packed.recipe["against"], { maxCosine });
      if (near !== undefined) assert.ok(packed.distance!.after < 0.5, `${packed.distance!.after}`);
    }
  }
});

Deno.test("packVectors() ends where caps leave no room, and tells how near the rows are", async () => {
  const vectors = arrayVectors(onCircle([0, 90, 180, 270]), 2, "caps");
  const against = { vectors, maxCosine: Math.cos(50 * Math.PI / 180) }, seen: number[] = [];
  const packed = await packVectors({
    ...{ start: sphere(2, 3, 1), against, target: 0.9, iterations: 40, threads: 1 },
    onProgress: ({ iteration, largestAgainst }) => {
      seen.push(iteration);
      assert.ok(largestAgainst! > against.maxCosine);
    },
  });
  assert.equal(packed.iterations, 40);
  assert.equal(seen.length, 40);
  assert.ok(packed.largestAgainst!.after > against.maxCosine);
  assert.ok(Math.abs(packed.largestAgainst!.after - largestTo(packed.vectors, vectors)) < 1e-15);
});

Deno.test("packVectors() stops at a target only when it is away from enrolled rows as well", async () => {
  const start = sphere(16, 12, 2), vectors = start; // the start is apart, but enrolled
  const without = await packVectors({ start, target: 0.9, threads: 1 });
  assert.equal(without.iterations, 0);
  const packed = await packVectors({ start, target: 0.9, against: { vectors, maxCosine: 0.4 }, threads: 1 });
  assert.ok(packed.iterations > 0 && packed.iterations < 100, `${packed.iterations}`);
  assert.ok(largestTo(packed.vectors, vectors) <= 0.4 && packed.largest.after <= 0.9);
  const again = await packVectors({ start, target: 0.9, against: { vectors, maxCosine: 0.4 }, threads: 1 });
  assert.deepEqual(again.vectors, packed.vectors);
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
  const vectors = sphere(5, 2, 1);
  await refuses(
    { against: { vectors, maxCosine: 0.3 } },
    "TypeError",
    /has width 4, but the sphere to stay away from has 5/,
  );
  await refuses({ against: { vectors: start, maxCosine: 1 } }, "RangeError", /largest cosine to the sphere is 1/);
  const near = { kind: "gallery", vectors: sphere(4, 3, 2), weight: -1 } as const;
  await refuses({ near }, "RangeError", /weight of near is -1/);
});
