import assert from "node:assert/strict";
import { join } from "node:path";
import { fitMoments, type GaussianMoments, loadMoments, sampleGaussian, saveMoments } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { writeSafetensors } from "@/weights/mod.ts";
import oracle from "../fixtures/identity/moments.json" with { type: "json" };

const D = 8;
const ROWS = Float32Array.from(oracle.rows.flat());

function covarianceOf({ width, factor }: GaussianMoments): Float64Array {
  const out = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      for (let k = 0; k < width; k++) {
        out[i * width + j]! += factor[i * width + k]! * factor[j * width + k]!;
      }
    }
  }
  return out;
}

function assertClose(
  actual: ArrayLike<number>,
  expected: readonly number[],
  tolerance: number,
): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, i) => {
    assert.ok(
      Math.abs(actual[i]! - value) <= tolerance,
      `index ${i}: ${actual[i]}, expected ${value}`,
    );
  });
}

Deno.test("fitMoments() equals numpy's mean, cov and Cholesky factor", () => {
  const moments = fitMoments(ROWS, D, { ridge: 0 });
  assertClose(moments.mean, oracle.mean, 1e-12);
  assertClose(covarianceOf(moments), oracle.covariance.flat(), 1e-11);
  assertClose(moments.factor, oracle.factor.flat(), 1e-11);
  assert.equal(moments.count, 40);
});

Deno.test("fitMoments() gives a factor for fewer rows than columns and for a column that never varies", () => {
  const few = fitMoments(ROWS.subarray(0, 3 * D), D);
  assert.ok(few.factor.every(Number.isFinite));
  const still = fitMoments(ROWS.map((value, i) => i % D === 2 ? 4 : value), D);
  const drawn = sampleGaussian(still, new RandomStream(0, "identity"));
  assert.ok(Math.abs(drawn[2]! - 4) < 0.05);
});

Deno.test("fitMoments() refuses single rows, broken rows and rows that are all the same", () => {
  assert.throws(() => fitMoments(ROWS.subarray(0, D), D), {
    name: "TypeError",
    message: /at least two whole rows/,
  });
  assert.throws(() => fitMoments(ROWS.subarray(1), D), { name: "TypeError" });
  assert.throws(() => fitMoments(new Float32Array(4 * D).fill(2), D), {
    name: "RangeError",
    message: /variance .* is 0/,
  });
  assert.throws(() => fitMoments(ROWS.with(3, NaN), D), {
    name: "RangeError",
    message: /NaN/,
  });
});

Deno.test("sampleGaussian() reproduces mean and covariance", () => {
  const moments = fitMoments(ROWS, D);
  const count = 20_000;
  const drawn = new Float32Array(count * D);
  for (let row = 0; row < count; row++) {
    drawn.set(
      sampleGaussian(moments, new RandomStream(9, "identity", row)),
      row * D,
    );
  }
  const again = fitMoments(drawn, D);
  const covariance = covarianceOf(again);
  const expected = oracle.covariance.flat();
  const error = Math.hypot(...expected.map((value, i) => covariance[i]! - value)) /
    Math.hypot(...expected);
  assert.ok(error < 0.03, `relative Frobenius error ${error}`);
  again.mean.forEach((value, c) => {
    const sd = Math.sqrt(oracle.covariance[c]![c]!);
    assert.ok(Math.abs(value - oracle.mean[c]!) < 5 * sd / Math.sqrt(count));
  });
});

Deno.test("saveMoments() and loadMoments() keep the Gaussian within the type's precision", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const moments = fitMoments(ROWS, D);
    for (
      const [dtype, tolerance] of [["float32", 1e-6], [
        "float16",
        5e-3,
      ]] as const
    ) {
      const path = join(directory, `${dtype}.safetensors`);
      saveMoments(path, moments, { dtype, metadata: { model: "mini" } });
      const read = loadMoments(path);
      assert.equal(read.width, D);
      assert.equal(read.count, 40);
      assertClose(read.mean, [...moments.mean], tolerance * 8);
      assertClose(read.factor, [...moments.factor], tolerance * 8);
    }
    const { size } = await Deno.stat(join(directory, "float16.safetensors"));
    assert.ok(size < 600);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("loadMoments() names the file and what is wrong", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = join(directory, "bad.safetensors");
    const write = (shape: number[], factor: Float32Array) =>
      writeSafetensors(path, [
        {
          name: "mean",
          dtype: "float32",
          shape: [2],
          data: Float32Array.of(1, 2),
        },
        { name: "factor", dtype: "float32", shape, data: factor },
      ]);
    write([4], new Float32Array(4));
    assert.throws(() => loadMoments(path), {
      name: "TypeError",
      message: /bad.safetensors: found mean \[2\] and factor \[4\], expected \[D\] and \[D, D\]/,
    });
    write([2, 2], Float32Array.of(1, 0, NaN, 1));
    assert.throws(() => loadMoments(path), {
      name: "RangeError",
      message: /bad.safetensors: a value is NaN/,
    });
    write([2, 2], Float32Array.of(1, 0, 1, 0));
    assert.throws(() => loadMoments(path), {
      name: "RangeError",
      message: /diagonal is not positive/,
    });
    writeSafetensors(path, [{
      name: "x",
      dtype: "float32",
      shape: [1],
      data: Float32Array.of(1),
    }]);
    assert.throws(() => loadMoments(path), {
      name: "TypeError",
      message: /mean \[missing\]/,
    });
    assert.throws(
      () => loadMoments(join(directory, "none.safetensors")),
      /none.safetensors/,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
