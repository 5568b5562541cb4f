import { openFeatureFiles } from "@/datasets/mod.ts";
import { writeNpy } from "@/weights/mod.ts";
import assert from "node:assert/strict";
import { withDir } from "./_paths.ts";

Deno.test("openFeatureFiles() reads the reference's files from a folder and from a list", () =>
  withDir(async (dir) => {
    for (const [i, name] of ["a/1", "a/2", "b/1"].entries()) {
      await Deno.mkdir(`${dir}/${name[0]}`, { recursive: true });
      writeNpy(`${dir}/${name}.npy`, { dtype: "float32", shape: [1, 2], data: Float32Array.of(i, 5) });
    }
    await Deno.writeTextFile(`${dir}/list.txt`, "b/1.npy\na/1.npy\n");
    await using folder = await openFeatureFiles(dir);
    const features = (await Array.fromAsync(folder)).map(({ label, feature }) => [label, ...feature!]);
    assert.deepEqual(features, [[0, 0, 5], [0, 1, 5], [1, 2, 5]]);
    await using list = await openFeatureFiles(`${dir}/list.txt`);
    assert.deepEqual([list.className(0), (await list.get(0)).feature], ["b", Float32Array.of(2, 5)]);
    await Deno.writeTextFile(`${dir}/a/3.npy`, "text");
    await using broken = await openFeatureFiles(dir);
    await assert.rejects(broken.get(2), { name: "SyntaxError", message: /feature of "a\/3.npy"/ });
  }));

Deno.test("openFeatureFiles() refuses a folder without .npy files", () =>
  withDir(async (dir) => {
    await Deno.mkdir(`${dir}/a`);
    await assert.rejects(openFeatureFiles(dir), { name: "RangeError", message: /<class>\/<file> with \.npy/ });
  }));
