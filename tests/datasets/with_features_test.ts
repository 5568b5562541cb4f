import { arrayDataset, selectItems, withFeatures } from "@/datasets/mod.ts";
import { writeNpy } from "@/weights/mod.ts";
import assert from "node:assert/strict";
import { withDir } from "./_paths.ts";

const faces = () =>
  arrayDataset([3, 4].map((label) => ({ label, bytes: Uint8Array.of(label), feature: Float32Array.of(9) })));

Deno.test("withFeatures() gives each item its row, and none for a row of NaN", () =>
  withDir(async (dir) => {
    writeNpy(`${dir}/f.npy`, { dtype: "float16", shape: [2, 2], data: Float32Array.of(NaN, NaN, 1, 2) });
    const dataset = withFeatures(faces(), `${dir}/f.npy`);
    await using part = selectItems(dataset, [1, 0]);
    assert.deepEqual(await Array.fromAsync(part), [
      { label: 4, bytes: Uint8Array.of(4), feature: Float32Array.of(1, 2) },
      { label: 3, bytes: Uint8Array.of(3) },
    ]);
    assert.deepEqual([dataset.classes, dataset.itemName(1), dataset.className(3)], [5, "1", "3"]);
  }));

Deno.test("withFeatures() refuses a matrix that does not fit", () =>
  withDir(async (dir) => {
    await Promise.resolve();
    const path = `${dir}/f.npy`;
    writeNpy(path, { dtype: "float32", shape: [3, 1], data: new Float32Array(3) });
    assert.throws(() => withFeatures(faces(), path), { name: "RangeError", message: /3 rows, the data set 2 items/ });
    writeNpy(path, { dtype: "float32", shape: [2], data: new Float32Array(2) });
    assert.throws(() => withFeatures(faces(), path), { name: "TypeError", message: /shape \[2\]/ });
    writeNpy(path, { dtype: "int32", shape: [2, 1], data: new Int32Array(2) });
    assert.throws(() => withFeatures(faces(), path), TypeError);
  }));
