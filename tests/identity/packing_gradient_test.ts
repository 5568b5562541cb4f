import { fitMoments, sampledVectors, sphereSampler } from "@/identity/mod.ts";
import { addSmoothMaximum } from "@/identity/_packing_gradient.ts";
import { galleryTerm, gaussianTerm, invertLower, type NearTerm } from "@/identity/_packing_near.ts";
import { findNeighbours, NeighbourLists } from "@/identity/_packing_neighbours.ts";
import { BlockProducts } from "@/identity/_packing_products.ts";
import { SphereAdam } from "@/identity/_sphere_adam.ts";
import { cholesky, norm } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";

const WIDTH = 5, COUNT = 9;

/** Unit rows. */
function rowsOf(count: number, seed: number): Float32Array {
  const rows = new Float32Array(count * WIDTH), stream = new RandomStream(seed, "rows");
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * WIDTH, (i + 1) * WIDTH);
    stream.fillNormal(row);
    const length = norm(row);
    for (let c = 0; c < WIDTH; c++) row[c]! /= length;
  }
  return rows;
}

/** Compares a gradient with central differences of N times the mean that `value` gives. */
async function checkGradient(
  rows: Float32Array,
  gradient: Float32Array,
  value: (rows: Float32Array) => number | Promise<number>,
  tolerance: number,
): Promise<void> {
  const step = 1e-2;
  let greatest = 0;
  for (let v = 0; v < rows.length; v++) {
    const [up, down] = [rows.slice(), rows.slice()];
    up[v]! += step;
    down[v]! -= step;
    const slope = COUNT * (await value(up) - await value(down)) / (up[v]! - down[v]!);
    greatest = Math.max(greatest, Math.abs(slope));
    assert.ok(Math.abs(slope - gradient[v]!) < tolerance, `value ${v}: ${gradient[v]}, differences give ${slope}`);
  }
  assert.ok(greatest > 20 * tolerance, `the slopes must matter, the greatest is ${greatest}`);
}

Deno.test("addSmoothMaximum()'s gradient equals finite differences of each row's own part", async () => {
  await using products = await BlockProducts.open(WIDTH, 1);
  const rows = rowsOf(COUNT, 1);
  for (const [length, sharpness] of [[8, 3], [3, 10]] as const) {
    const lists = new NeighbourLists(COUNT, length), gradient = new Float32Array(rows.length);
    await findNeighbours(lists, products, rows, 4, undefined);
    const mean = addSmoothMaximum(rows, lists, sharpness, gradient);
    // Rows that move, among others that stay: so only a row's own part follows it.
    const value = (moved: Float32Array) => {
      let sum = 0;
      for (let i = 0; i < COUNT; i++) {
        let own = 0;
        for (const j of lists.rows.subarray(i * length, (i + 1) * length)) {
          let product = 0;
          for (let c = 0; c < WIDTH; c++) product += moved[i * WIDTH + c]! * rows[j * WIDTH + c]!;
          own += Math.exp(sharpness * product);
        }
        sum += Math.log(own) / sharpness;
      }
      return sum / COUNT;
    };
    assert.ok(Math.abs(mean - value(rows)) < 1e-6);
    await checkGradient(rows, gradient, (moved) => 2 * value(moved), 2e-3);
  }
});

Deno.test("addSmoothMaximum() lies between the mean of the largest cosines and that plus log(K) / s", async () => {
  await using products = await BlockProducts.open(WIDTH, 1);
  const rows = rowsOf(COUNT, 2), lists = new NeighbourLists(COUNT, 8);
  await findNeighbours(lists, products, rows, 1024, undefined);
  let mean = 0;
  for (let i = 0; i < COUNT; i++) {
    let largest = -1;
    for (let j = 0; j < COUNT; j++) {
      let product = 0;
      for (let c = 0; c < WIDTH; c++) product += rows[i * WIDTH + c]! * rows[j * WIDTH + c]!;
      if (i !== j) largest = Math.max(largest, product);
    }
    mean += largest / COUNT;
  }
  for (const sharpness of [10, 100]) {
    const value = addSmoothMaximum(rows, lists, sharpness, new Float32Array(rows.length));
    assert.ok(value >= mean - 1e-9 && value <= mean + Math.log(8) / sharpness, `${value}, mean ${mean}`);
  }
});

Deno.test("findNeighbours() finds each row's hardest neighbours for every block size", async () => {
  await using products = await BlockProducts.open(WIDTH, 1);
  const count = 23, rows = rowsOf(count, 3);
  const product = (i: number, j: number) => {
    let sum = 0;
    for (let c = 0; c < WIDTH; c++) sum += rows[i * WIDTH + c]! * rows[j * WIDTH + c]!;
    return sum;
  };
  const expected = Array.from(
    { length: count },
    (_, i) =>
      Array.from({ length: count }, (_, j) => j).filter((j) => j !== i)
        .sort((a, b) => product(i, b) - product(i, a)).slice(0, 4).sort((a, b) => a - b),
  );
  for (const blockRows of [1, 5, 23, 1024]) {
    const lists = new NeighbourLists(count, 4);
    await findNeighbours(lists, products, rows, blockRows, undefined);
    assert.deepEqual(Array.from({ length: count }, (_, i) => [...lists.rows.subarray(4 * i, 4 * i + 4)]), expected);
    const largest = Math.max(...expected.flatMap((list, i) => list.map((j) => product(i, j))));
    assert.ok(Math.abs(lists.largest() - largest) < 1e-6);
  }
});

async function checkTerm(term: NearTerm, rows: Float32Array): Promise<void> {
  await term.refresh(rows, undefined);
  const gradient = new Float32Array(rows.length), scratch = new Float32Array(rows.length);
  await term.add(rows, gradient, 2);
  await checkGradient(rows, gradient.map((value) => value / 2), (moved) => term.add(moved, scratch, 1), 5e-3);
}

Deno.test("galleryTerm()'s and gaussianTerm()'s gradients equal finite differences", async () => {
  const rows = rowsOf(COUNT, 4);
  await using products = await BlockProducts.open(WIDTH, 1);
  await using gallery = galleryTerm(sampledVectors(sphereSampler(WIDTH, { seed: 1 }), 7), COUNT, products, 4);
  await checkTerm(gallery, rows);
  const data = new RandomStream(5, "data").fillNormal(new Float32Array(40 * WIDTH));
  const lengths = Float64Array.from({ length: COUNT }, (_, i) => 4 + i / 2);
  await using gaussian = await gaussianTerm(fitMoments(data, WIDTH), lengths, 4, 1);
  await checkTerm(gaussian, rows);
});

Deno.test("gaussianTerm() leaves rows alone that lie within the Gaussian", async () => {
  const data = new RandomStream(5, "data").fillNormal(new Float32Array(40 * WIDTH));
  const rows = rowsOf(COUNT, 6), gradient = new Float32Array(rows.length);
  await using term = await gaussianTerm(fitMoments(data, WIDTH), new Float64Array(COUNT).fill(1), 4, 1);
  assert.equal(await term.add(rows, gradient, 1), 0);
  assert.ok(gradient.every((value) => value === 0));
});

Deno.test("invertLower() gives the inverse", () => {
  const factor = cholesky(Float64Array.of(4, 2, 1, 2, 10, 3, 1, 3, 6), 3), inverse = invertLower(factor, 3);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += inverse[3 * i + k]! * factor[3 * k + j]!;
      assert.ok(Math.abs(sum - (i === j ? 1 : 0)) < 1e-15);
    }
  }
});

Deno.test("SphereAdam keeps rows on the sphere and moves each by the rate, whatever the size of its gradient", () => {
  const rows = rowsOf(2, 7), before = rows.slice(), adam = new SphereAdam(2, WIDTH);
  const gradient = new RandomStream(8, "gradient").fillNormal(new Float32Array(2 * WIDTH));
  for (let c = 0; c < WIDTH; c++) gradient[c]! *= 1e-6;
  adam.step(rows, gradient, 0.01);
  assert.ok(gradient.every((value) => value === 0));
  for (const i of [0, 1]) {
    const [from, to] = [i * WIDTH, (i + 1) * WIDTH];
    assert.ok(Math.abs(norm(rows.subarray(from, to)) - 1) < 1e-6);
    const moved = norm(rows.subarray(from, to).map((value, c) => value - before[from + c]!));
    assert.ok(Math.abs(moved - 0.01) < 1e-5, `row ${i} moved by ${moved}`);
  }
});
