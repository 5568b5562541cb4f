import { FeatureFile } from "@/datasets/mod.ts";
import { openNpy, readNpy } from "@/weights/mod.ts";
import assert from "node:assert/strict";
import { pythonWith } from "./_interop.ts";
import { withDir } from "./_paths.ts";

const OPTIONS = { rows: 4, width: 3, recipe: { model: "a" } };
const row = (index: number) => ({ index, feature: Float32Array.of(index, 0.5, -1) });

async function names(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(dir), ({ name }) => name)).sort();
}

Deno.test("FeatureFile goes on after whole rows of the same recipe, and begins anew for another", () =>
  withDir(async (dir) => {
    const path = `${dir}/f.npy`;
    {
      await using file = await FeatureFile.open(path, OPTIONS);
      for (const index of [0, 1]) await file.write(row(index), `${index}`);
    }
    assert.deepEqual(await names(dir), ["f.npy.part", "f.npy.part.faults", "f.npy.part.json"]);
    await Deno.writeFile(`${path}.part`, Uint8Array.of(1, 2, 3, 4, 5), { append: true }); // a row that a kill cut
    {
      await using file = await FeatureFile.open(path, OPTIONS);
      assert.equal(file.done, 2);
      await file.write({ index: 2, fault: "it is empty" }, "two");
    }
    {
      await using file = await FeatureFile.open(path, OPTIONS);
      assert.equal(file.done, 3);
      await assert.rejects(file.finish(), /2 of 4 images have one/);
      await file.write(row(3), "3");
      assert.deepEqual(await file.finish(), [{ row: 2, name: "two", reason: "it is empty" }]);
    }
    assert.deepEqual(await names(dir), ["f.npy"]);
    assert.deepEqual(readNpy(path).data, Float32Array.of(0, 0.5, -1, 1, 0.5, -1, NaN, NaN, NaN, 3, 0.5, -1));
    for (const options of [{ ...OPTIONS, recipe: { model: "b" } }, { ...OPTIONS, rows: 5 }, { ...OPTIONS, width: 2 }]) {
      {
        await using file = await FeatureFile.open(path, OPTIONS);
        await file.write(row(0), "0");
      }
      await using file = await FeatureFile.open(path, options);
      assert.equal(file.done, 0);
    }
  }));

Deno.test("FeatureFile takes several rows together, the same as one after another", () =>
  withDir(async (dir) => {
    const path = `${dir}/f.npy`;
    {
      await using file = await FeatureFile.open(path, OPTIONS);
      await file.write(row(0), "0");
      await file.writeRows(Float32Array.of(1, 0.5, -1, 2, 0.5, -1));
      await file.writeRows(new Float32Array(0));
    }
    await using file = await FeatureFile.open(path, OPTIONS);
    assert.equal(file.done, 3);
    await assert.rejects(file.writeRows(new Float32Array(4)), { name: "TypeError", message: /rows of 3/ });
    await assert.rejects(file.writeRows(new Float32Array(6)), {
      name: "RangeError",
      message: /2 rows come after 3 of 4/,
    });
    await file.writeRows(row(3).feature);
    assert.deepEqual(await file.finish(), []);
    assert.deepEqual(readNpy(path).data, Float32Array.of(0, 0.5, -1, 1, 0.5, -1, 2, 0.5, -1, 3, 0.5, -1));
  }));

Deno.test("FeatureFile writes float64 when asked, goes on with it, and begins anew over float32", () =>
  withDir(async (dir) => {
    const path = `${dir}/f.npy`, wide = { ...OPTIONS, rows: 2, dtype: "float64" as const };
    {
      await using file = await FeatureFile.open(path, { ...OPTIONS, rows: 2 });
      await file.write(row(0), "0");
    }
    {
      await using file = await FeatureFile.open(path, wide);
      assert.equal(file.done, 0);
      await file.writeRows(Float64Array.of(2 ** 40 + 1, 1 / 3, -1));
    }
    await using file = await FeatureFile.open(path, wide);
    assert.equal(file.done, 1);
    await file.write(row(1), "1");
    await file.finish();
    assert.deepEqual(readNpy(path).data, Float64Array.of(2 ** 40 + 1, 1 / 3, -1, 1, 0.5, -1));
  }));

Deno.test("FeatureFile refuses rows of another width, a second writer, and a file without any feature", () =>
  withDir(async (dir) => {
    const path = `${dir}/f.npy`;
    await using file = await FeatureFile.open(path, { ...OPTIONS, rows: 1 });
    await assert.rejects(file.write({ index: 0, feature: new Float32Array(2) }, "a.jpg"), {
      name: "TypeError",
      message: /"a.jpg" has 2 values, expected 3/,
    });
    await assert.rejects(FeatureFile.open(path, OPTIONS), /another process writes them/);
    await file.write({ index: 0, fault: "it is a web page" }, "a.jpg");
    await assert.rejects(file.finish(), { name: "RangeError", message: /0 of 1 images .*"a.jpg": it is a web page/ });
  }));

const withNumpy = pythonWith("numpy");

Deno.test(`FeatureFile writes a file that opens in ${withNumpy ? "NumPy" : "itself only, as no Python here has NumPy"}`, () =>
  withDir(async (dir) => {
    const path = `${dir}/f.npy`;
    await using file = await FeatureFile.open(path, OPTIONS);
    for (const index of [0, 1, 2, 3]) await file.write(row(index), "");
    await file.finish();
    using npy = openNpy(path);
    assert.deepEqual([npy.dtype, npy.shape], ["float32", [4, 3]]);
    if (!withNumpy) return;
    const program = "import sys, numpy; a = numpy.load(sys.argv[1]); print(a.dtype, a.shape, a.sum())";
    const { stdout } = await new Deno.Command(withNumpy, { args: ["-c", program, path] }).output();
    assert.equal(new TextDecoder().decode(stdout).trim(), "float32 (4, 3) 4.0");
  }));
