import assert from "node:assert/strict";
import { join } from "node:path";
import { arrayVectors, checkVectors, fitMoments, gaussianVectors, openVectors } from "@/identity/mod.ts";
import { writeNpy } from "@/weights/mod.ts";

async function withFolder(
  body: (directory: string) => void | Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const SIX = Float32Array.of(1, 2, 3, 4, 5, 6);

Deno.test("arrayVectors() gives copies of rows", () => {
  const source = arrayVectors(SIX, 3, "six");
  source.vector(0).fill(9);
  assert.deepEqual([...source.vector(0)], [1, 2, 3]);
  assert.throws(() => source.vector(2), {
    name: "RangeError",
    message: /row 2 of six: it has rows 0 to 1/,
  });
  assert.throws(() => source.vector(0.5), { name: "RangeError" });
  assert.throws(() => arrayVectors(SIX, 4, "six"), {
    name: "TypeError",
    message: /6 values do not make rows of 4/,
  });
});

Deno.test("gaussianVectors() gives rows that depend on seed and row only", () => {
  const moments = fitMoments(Float32Array.of(...SIX, 9, 1, 0), 3);
  const source = gaussianVectors(moments, 1, 5);
  assert.deepEqual(
    source.vector(4),
    gaussianVectors(moments, 1n, 1000).vector(4),
  );
  assert.notDeepEqual(source.vector(4), source.vector(3));
  assert.notDeepEqual(
    source.vector(4),
    gaussianVectors(moments, 2, 5).vector(4),
  );
  assert.throws(() => source.vector(5), { name: "RangeError" });
});

Deno.test("openVectors() reads float32, float64 and float16, one row or many", () =>
  withFolder((directory) => {
    const path = join(directory, "a.npy");
    const lastRow = () => {
      using source = openVectors(path);
      return [source.count, source.width, [...source.vector(source.count - 1)]];
    };
    writeNpy(path, { dtype: "float32", shape: [3, 2], data: SIX });
    assert.deepEqual(lastRow(), [3, 2, [5, 6]]);
    writeNpy(path, {
      dtype: "float64",
      shape: [2, 3],
      data: Float64Array.from(SIX),
    });
    assert.deepEqual(lastRow(), [2, 3, [4, 5, 6]]);
    writeNpy(path, {
      dtype: "float16",
      shape: [2, 3],
      data: Float16Array.from(SIX),
    });
    assert.deepEqual(lastRow(), [2, 3, [4, 5, 6]]);
    writeNpy(path, { dtype: "float32", shape: [6], data: SIX });
    assert.deepEqual(lastRow(), [1, 6, [...SIX]]);
    using source = openVectors(path);
    assert.throws(() => source.vector(1), {
      name: "RangeError",
      message: /row 1 of .*a.npy: it has rows 0 to 0/,
    });
  }));

Deno.test("openVectors() refuses other shapes, other numbers and other files, by name", () =>
  withFolder((directory) => {
    const path = join(directory, "odd.npy");
    writeNpy(path, { dtype: "float32", shape: [1, 2, 3], data: SIX });
    assert.throws(() => openVectors(path), {
      name: "TypeError",
      message: /odd.npy .*shape is \[1, 2, 3\], expected \[N, D\]/,
    });
    writeNpy(path, {
      dtype: "int32",
      shape: [2, 3],
      data: Int32Array.from(SIX),
    });
    assert.throws(() => openVectors(path), {
      name: "TypeError",
      message: /odd.npy .*int32/,
    });
    writeNpy(path, {
      dtype: "float32",
      shape: [0, 3],
      data: new Float32Array(),
    });
    assert.throws(() => openVectors(path), {
      name: "TypeError",
      message: /\[0, 3\]/,
    });
    Deno.writeTextFileSync(path, "not numbers");
    assert.throws(() => openVectors(path), {
      name: "SyntaxError",
      message: /odd.npy/,
    });
    assert.throws(() => openVectors(join(directory, "none.npy")), /none.npy/);
  }));

Deno.test("checkVectors() names row, column and source", () => {
  const check = (data: Float32Array, width?: number) => () => checkVectors(arrayVectors(data, 2, "ids.npy"), width);
  check(SIX)();
  assert.throws(check(SIX.with(3, NaN)), {
    name: "RangeError",
    message: /row 1 of ids.npy: column 1 is NaN/,
  });
  assert.throws(check(SIX.with(4, -Infinity)), {
    name: "RangeError",
    message: /row 2 of ids.npy: column 0 is -Infinity/,
  });
  assert.throws(check(SIX.with(0, 0).with(1, 0)), {
    name: "RangeError",
    message: /row 0 of ids.npy: all values are zero/,
  });
  assert.throws(check(SIX, 512), {
    name: "TypeError",
    message: /row 0 of ids.npy: it has 2 values, expected 512/,
  });
});

Deno.test("checkVectors() looks at the rows asked for only", () => {
  const source = arrayVectors(SIX.with(3, NaN), 2, "ids.npy");
  checkVectors(source, 2, 2, 3);
  assert.throws(() => checkVectors(source, 2, 1, 3), RangeError);
});
