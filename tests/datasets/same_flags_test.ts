import assert from "node:assert/strict";
import { readSameFlags } from "@/datasets/mod.ts";
import { writeNpy } from "@/weights/mod.ts";
import { withDir } from "./_paths.ts";

Deno.test("readSameFlags() reads text of any usual kind and arrays", () =>
  withDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/a.txt`, "1\n0\n1.0\r\n0.000e+00\nTrue false\n");
    assert.deepEqual([...readSameFlags(`${dir}/a.txt`)], [1, 0, 1, 0, 1, 0]);
    writeNpy(`${dir}/b.npy`, { dtype: "uint8", shape: [3], data: Uint8Array.of(1, 0, 1) });
    writeNpy(`${dir}/c.npy`, { dtype: "int64", shape: [2], data: BigInt64Array.of(0n, 1n) });
    writeNpy(`${dir}/d.npy`, { dtype: "float32", shape: [2], data: Float32Array.of(1, 0) });
    assert.deepEqual([...readSameFlags(`${dir}/b.npy`)], [1, 0, 1]);
    assert.deepEqual([...readSameFlags(`${dir}/c.npy`)], [0, 1]);
    assert.deepEqual([...readSameFlags(`${dir}/d.npy`)], [1, 0]);
  }));

Deno.test("readSameFlags() refuses other entries and arrays of more dimensions", () =>
  withDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/a.txt`, "1\nyes\n");
    assert.throws(() => readSameFlags(`${dir}/a.txt`), {
      name: "SyntaxError",
      message: /entry 1 is "yes", expected 0 or 1/,
    });
    writeNpy(`${dir}/b.npy`, { dtype: "int32", shape: [2], data: Int32Array.of(1, 2) });
    assert.throws(() => readSameFlags(`${dir}/b.npy`), { name: "SyntaxError", message: /entry 1 is "2"/ });
    writeNpy(`${dir}/c.npy`, { dtype: "uint8", shape: [1, 2], data: Uint8Array.of(1, 0) });
    assert.throws(() => readSameFlags(`${dir}/c.npy`), { name: "TypeError", message: /shape \[1, 2\]/ });
    assert.throws(() => readSameFlags(`${dir}/none.txt`), { name: "NotFound" });
  }));
