import assert from "node:assert/strict";
import { join } from "node:path";
import { openRows, unitRows } from "@/similarity/mod.ts";
import { writeNpy } from "@/weights/mod.ts";
import { normalRows } from "./_rows.ts";

Deno.test("openRows() reads rows of every float type, one or many at a time", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const data = normalRows(6, 4).map((x) => Math.round(4 * Math.sin(x)) / 4 + 0.125); // exact in float16
    for (const dtype of ["float32", "float64", "float16"] as const) {
      const path = join(directory, `${dtype}.npy`);
      writeNpy(path, { dtype, shape: [6, 4], data: dtype === "float64" ? Float64Array.from(data) : data });
      using source = openRows(path);
      assert.deepEqual([source.name, source.count, source.width], [path, 6, 4]);
      assert.deepEqual(source.rows!(2, 5), Float32Array.from(data.slice(8, 20)));
      assert.deepEqual(source.vector(5), Float32Array.from(data.slice(20)));
      assert.deepEqual(unitRows(source).stored(0, 6), Float32Array.from(data));
    }
    const single = join(directory, "single.npy");
    writeNpy(single, { dtype: "float32", shape: [4], data: data.slice(0, 4) });
    using source = openRows(single);
    assert.deepEqual(unitRows(source).stored(0, 1), data.slice(0, 4));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("openRows() refuses what is no list of vectors", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = join(directory, "labels.npy");
    writeNpy(path, { dtype: "int64", shape: [3], data: new BigInt64Array(3) });
    assert.throws(() => openRows(path), { name: "TypeError", message: /its numbers are int64/ });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
