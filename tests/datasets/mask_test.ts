import { readMask, writeMask } from "@/datasets/mod.ts";
import { type NpyInput, writeNpy } from "@/weights/mod.ts";
import assert from "node:assert/strict";
import { withDir } from "./_paths.ts";

Deno.test("readMask() reads indices of every integer type, and booleans", () =>
  withDir(async (dir) => {
    await Promise.resolve();
    const path = `${dir}/m.npy`;
    const arrays: NpyInput[] = [
      { dtype: "int64", shape: [3], data: BigInt64Array.of(4n, 0n, 4n) },
      { dtype: "int32", shape: [3], data: Int32Array.of(4, 0, 4) },
      { dtype: "uint8", shape: [3], data: Uint8Array.of(4, 0, 4) },
    ];
    for (const array of arrays) {
      writeNpy(path, array);
      assert.deepEqual(readMask(path, 5), Int32Array.of(4, 0, 4), array.dtype);
    }
    writeNpy(path, { dtype: "bool", shape: [4], data: Uint8Array.of(0, 1, 1, 0) });
    assert.deepEqual(readMask(path, 4), Int32Array.of(1, 2));
  }));

Deno.test("readMask() refuses what does not fit the data set", () =>
  withDir(async (dir) => {
    const path = `${dir}/m.npy`;
    const cases: [NpyInput, string, RegExp][] = [
      [{ dtype: "int64", shape: [2], data: BigInt64Array.of(0n, 5n) }, "RangeError", /entry 1 is 5, .* items 0 to 4/],
      [{ dtype: "int64", shape: [1], data: BigInt64Array.of(-1n) }, "RangeError", /entry 0 is -1/],
      [{ dtype: "int64", shape: [0], data: new BigInt64Array(0) }, "RangeError", /chooses nothing/],
      [{ dtype: "bool", shape: [5], data: new Uint8Array(5) }, "RangeError", /chooses nothing/],
      [{ dtype: "bool", shape: [4], data: new Uint8Array(4) }, "RangeError", /4 booleans, the data set has 5 items/],
      [{ dtype: "float32", shape: [1], data: new Float32Array(1) }, "TypeError", /float32 of shape \[1\]/],
      [{ dtype: "int32", shape: [1, 1], data: new Int32Array(1) }, "TypeError", /int32 of shape \[1, 1\]/],
    ];
    for (const [array, name, message] of cases) {
      writeNpy(path, array);
      assert.throws(() => readMask(path, 5), { name, message });
    }
    await Deno.writeTextFile(path, "0\n1\n");
    assert.throws(() => readMask(path, 5), SyntaxError);
  }));

Deno.test("writeMask() writes int64 and refuses other numbers", () =>
  withDir(async (dir) => {
    await Promise.resolve();
    writeMask(`${dir}/m.npy`, Int32Array.of(7, 3));
    assert.deepEqual(readMask(`${dir}/m.npy`, 8), Int32Array.of(7, 3));
    for (const bad of [-1, 0.5, NaN]) assert.throws(() => writeMask(`${dir}/n.npy`, [bad]), RangeError);
  }));
