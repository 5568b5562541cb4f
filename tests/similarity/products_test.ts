import assert from "node:assert/strict";
import {
  type PreparedRows,
  PRODUCT_BINS,
  PRODUCT_GROUP,
  type ProductOptions,
  Products,
  rowNorms,
} from "@/similarity/mod.ts";
import { allCosines, normalRows } from "./_rows.ts";

/** Rows of every kind that a rounded form could get wrong. */
const KINDS: Readonly<Record<string, (width: number) => Float32Array>> = {
  "normal numbers": (width) => normalRows(40, width, 2),
  "all of one size": (width) => normalRows(40, width, 2).map(Math.sign),
  "all alike": (width) => new Float32Array(40 * width).fill(0.3),
  "one column outweighs": (width) => normalRows(40, width, 3).map((x, at) => at % width === 3 ? 1e6 * x : x),
  "one number only": (width) => normalRows(40, width, 4).map((x, at) => at % width === 3 ? x : 0),
  "very large and very small": (width) => normalRows(40, width, 5).map((x, at) => x * (at % 2 === 0 ? 1e18 : 1e-18)),
};

Deno.test.each(
  (["int8", "float32"] as const).flatMap((precision) => Object.keys(KINDS).map((kind) => [precision, kind] as const)),
)("Products.multiply() in %s stays within its bound: %s", async (precision, kind) => {
  for (const width of [5, 512]) {
    const data = KINDS[kind]!(width);
    const a = data.slice(0, 33 * width), b = data.slice(30 * width);
    await using products = await Products.create({ width, precision });
    const { scores, columns, bound } = await products.multiply(products.left(a), products.right(b));
    const exact = allCosines(a, b, width);
    for (let i = 0; i < 33; i++) {
      for (let j = 0; j < 10; j++) {
        const off = Math.abs(scores[i * columns + j]! - exact[i * 10 + j]!);
        assert.ok(off <= bound, `row ${i}, ${j}: off by ${off}, bound ${bound}`);
      }
    }
    if (precision === "float32") assert.ok(bound < 4e-5);
  }
});

/** What rounding row `i` to steps of (largest value of rows 0..n-1) / steps takes away, as a direction. */
function roundingOf(data: Float32Array, width: number, i: number, rows: number, steps: number): Float32Array {
  const units = allUnits(data, width);
  const largest = Math.max(
    ...units.subarray(0, rows * width).map(Math.abs),
    ...units.subarray(i * width, (i + 1) * width).map(Math.abs),
  );
  const step = largest / steps;
  return Float32Array.from(units.subarray(i * width, (i + 1) * width), (x) => x - Math.round(x / step) * step);
}

function allUnits(data: Float32Array, width: number): Float64Array {
  const lengths = rowNorms(data, width);
  return Float64Array.from(data, (x, at) => x / lengths[Math.floor(at / width)]!);
}

Deno.test("Products.multiply() in int8 needs its bound: errors come near it where they all point one way", async () => {
  const width = 512;
  await using products = await Products.create({ width });
  // One row with an outlier makes the steps of all left rows large.
  const many = normalRows(32, width, 6);
  many[0] = 40 * Math.max(...many.subarray(0, width));
  const plain = normalRows(1, width, 7);
  for (
    const [left, right, error] of [
      // The right row lies along what the left row 1 loses: the product of the two is lost whole.
      [many, roundingOf(many, width, 1, 32, 127), (a: PreparedRows, _: PreparedRows) => a.residual],
      // The other way round.
      [roundingOf(plain, width, 0, 1, 64), plain, (_: PreparedRows, b: PreparedRows) => b.residual],
    ] as const
  ) {
    const a = products.left(left), b = products.right(right);
    const { scores, columns, bound } = await products.multiply(a, b);
    const row = a.count === 1 ? 0 : 1;
    const off = Math.abs(scores[row * columns]! - allCosines(left, right, width)[row]!);
    assert.ok(off <= bound, `off by ${off}, bound ${bound}`);
    assert.ok(off > 0.7 * error(a, b), `off by ${off}, lost are ${error(a, b)}`);
    assert.ok(off > 0.4 * bound, `off by ${off}, bound ${bound}`);
  }
});

Deno.test("Products.multiply() bounds normal numbers in int8 tightly enough to be of use", async () => {
  await using products = await Products.create({ width: 512 });
  const data = normalRows(64, 512, 1);
  const { bound } = await products.multiply(products.left(data), products.right(data));
  assert.ok(bound > 0.01 && bound < 0.04, `${bound}`);
});

Deno.test("Products.multiply() finds the largest of rows, columns and groups, and bins; padding is 0", async () => {
  const width = 7, data = normalRows(150, width);
  const options: ProductOptions = { width, precision: "float32", block: 96, columns: true, histogram: true };
  await using products = await Products.create(options);
  const left = products.left(data.slice(0, 70 * width)), right = products.right(data.slice(100 * width));
  const product = await products.multiply(left, right);
  const { rows, columns, scores, bins } = product;
  assert.deepEqual([rows, columns, left.count, right.count], [96, 64, 70, 50]);
  const most = (cells: number[]) => Math.max(...cells.map((at) => scores[at]!));
  const span = (n: number, at: (k: number) => number) => Array.from({ length: n }, (_, k) => at(k));
  for (let i = 0; i < rows; i++) {
    assert.equal(product.rowMax[i], most(span(columns, (j) => i * columns + j)));
    for (let g = 0; g < 2; g++) {
      const wanted = most(span(PRODUCT_GROUP, (k) => i * columns + g * PRODUCT_GROUP + k));
      assert.equal(product.rowGroups[i * 2 + g], wanted);
    }
  }
  for (let j = 0; j < columns; j++) {
    assert.equal(product.columnMax[j], most(span(rows, (i) => i * columns + j)));
    for (let g = 0; g < 3; g++) {
      const wanted = most(span(PRODUCT_GROUP, (k) => (g * PRODUCT_GROUP + k) * columns + j));
      assert.equal(product.columnGroups[g * columns + j], wanted);
    }
  }
  bins.forEach((bin, at) => assert.ok(Math.abs(bin - 100 - scores[at]! * 100) <= 0.5 + 1e-4));
  assert.equal(scores[70 * columns], 0);
  assert.equal(scores[50], 0);
  assert.deepEqual(PRODUCT_BINS, { count: 201, middle: 100, width: 0.01, reach: 0.005001 });
});

Deno.test("Products.multiply() gives bins in place of cosines when asked, and both where only pairs above a diagonal count", async () => {
  const width = 2, directions = 96;
  // Angles whose cosines to the first row lie at the edges of bins, as near as float32 comes, and at -1 and 1.
  const data = Float32Array.from({ length: directions * width }, (_, at) => {
    const i = Math.floor(at / width), cosine = i === 0 ? 1 : i === 1 ? -1 : (2 * i - directions + 1) / 200;
    return at % width === 0 ? cosine : Math.sqrt(1 - cosine ** 2);
  });
  const options: ProductOptions = { width, precision: "float32", block: 96, columns: true };
  await using whole = await Products.create(options);
  await using binned = await Products.create({ ...options, scores: false });
  const prepared = [whole, binned].map((products) => [products.left(data), products.right(data)] as const);
  const { scores } = await whole.multiply(...prepared[0]!);
  const product = await binned.multiply(...prepared[1]!);
  assert.deepEqual([product.scores.length, product.bins.length], [0, directions ** 2]);
  let farthest = 0;
  product.bins.forEach((bin, at) => {
    const off = Math.abs((bin - PRODUCT_BINS.middle) * PRODUCT_BINS.width - scores[at]!);
    farthest = Math.max(farthest, off);
    assert.ok(off <= PRODUCT_BINS.reach, `cosine ${scores[at]} is in bin ${bin}`);
  });
  assert.ok(farthest > 0.005 - 1e-6, `${farthest}: the edges of bins were met`);
  const above = scores.slice(), triangle = await binned.multiply(...prepared[1]!, { diagonal: true });
  for (let i = 0; i < directions; i++) {
    for (let j = i + 1; j < directions; j++) {
      assert.equal(triangle.scores[i * directions + j], above[i * directions + j]);
    }
  }
  assert.equal(triangle.bins.length, directions ** 2);
});

Deno.test("Products.multiply() leaves only pairs above the diagonal when asked", async () => {
  const width = 6, data = normalRows(40, width);
  await using products = await Products.create({ width, columns: true });
  const left = products.left(data), right = products.right(data);
  const all = (await products.multiply(left, right)).scores.slice();
  const { scores, columns } = await products.multiply(left, right, { diagonal: true });
  for (let i = 0; i < 40; i++) {
    for (let j = 0; j < 40; j++) {
      const at = i * columns + j;
      if (i < j) assert.equal(scores[at], all[at]);
      else assert.ok(scores[at]! < -10);
    }
  }
});

Deno.test("Products.create() and left() refuse widths, blocks and rows out of range", async () => {
  await assert.rejects(Products.create({ width: 200_000 }), { name: "RangeError", message: /width 200000 in int8/ });
  await assert.rejects(Products.create({ width: 0 }), { name: "RangeError", message: /width 0/ });
  await assert.rejects(Products.create({ width: 4, block: 33 }), { name: "RangeError", message: /multiple of 32/ });
  await using products = await Products.create({ width: 4, block: 32 });
  assert.throws(() => products.left(new Float32Array(33 * 4).fill(1)), {
    name: "RangeError",
    message: /at most 32/,
  });
  assert.throws(() => products.right(new Float32Array(5).fill(1)), { name: "RangeError", message: /whole rows of 4/ });
});
