import assert from "node:assert/strict";
import { keepViews, readViews } from "@/datasets/mod.ts";
import type { Pixels } from "@/images/mod.ts";
import { readNpy, writeNpy } from "@/weights/mod.ts";
import { withDir } from "./_paths.ts";

/** Images of 2 x 1 pixels, red of the first pixel 10 i, of the second 10 i + 5; image 3 cannot be read. */
const images = {
  length: 7,
  itemName: (i: number) => `${i}.png`,
  image: (i: number): Promise<Pixels> =>
    i === 3
      ? Promise.reject(new SyntaxError("it is cut off"))
      : Promise.resolve({ width: 2, height: 2, data: Uint8Array.of(10 * i, 0, 0, 10 * i + 5, 0, 0, 0, 0, 0, 0, 0, 0) }),
};

/** Gives the first red and a one; `fail` throws at that call. */
function embedder(fail = Infinity) {
  let calls = 0;
  return {
    vectorSize: 2,
    imageSize: 2,
    calls: () => calls,
    embed(x: Float32Array, count: number): Promise<Float32Array> {
      if (++calls === fail) return Promise.reject(new Error("the machine stopped"));
      return Promise.resolve(
        Float32Array.from(
          { length: 2 * count },
          (_, k) => k % 2 === 1 ? 1 : Math.round((x[12 * (k >> 1)]! + 1) * 127.5),
        ),
      );
    },
  };
}

const recipe = { model: "x" };

Deno.test("keepViews() goes on where it was stopped, and has the same file as without a stop", () =>
  withDir(async (dir) => {
    const stopped = keepViews(`${dir}/a.npy`, images, embedder(4), { recipe, batchSize: 2 });
    await assert.rejects(stopped, { message: "the machine stopped" });
    const later = embedder(), done: number[] = [];
    const faults = await keepViews(`${dir}/a.npy`, images, later, {
      recipe,
      batchSize: 2,
      onProgress: (n) => done.push(n),
    });
    assert.deepEqual([done[0], done.at(-1), later.calls()], [2, 7, 6]);
    assert.deepEqual(faults, [{ row: 3, name: "3.png", reason: "it is cut off" }]);
    await keepViews(`${dir}/b.npy`, images, embedder(), { recipe });
    assert.deepEqual(readNpy(`${dir}/a.npy`), readNpy(`${dir}/b.npy`));
    const { plain, mirrored } = readViews(`${dir}/a.npy`, 2);
    assert.deepEqual([...plain], [0, 1, 10, 1, 20, 1, NaN, NaN, 40, 1, 50, 1, 60, 1]);
    assert.deepEqual([...mirrored!], [5, 1, 15, 1, 25, 1, NaN, NaN, 45, 1, 55, 1, 65, 1]);
    assert.deepEqual(readViews(`${dir}/a.npy`, 2, { add: true }), {
      plain: plain.map((x, i) => x + mirrored![i]!),
      mirrored: undefined,
    });
    assert.deepEqual((await Array.fromAsync(Deno.readDir(dir), (e) => e.name)).sort(), [
      ...["a.npy", "a.npy.json", "b.npy", "b.npy.json"],
    ]);
  }));

Deno.test("keepViews() computes again when model, images or mirroring are others, or the file is gone", () =>
  withDir(async (dir) => {
    const path = `${dir}/a.npy`;
    const calls = async (options: Parameters<typeof keepViews>[3], source = images) => {
      const network = embedder();
      await keepViews(path, source, network, options);
      return network.calls();
    };
    assert.equal(await calls({ recipe }), 2);
    assert.equal(await calls({ recipe }), 0);
    assert.equal(await calls({ recipe: { model: "y" } }), 2);
    assert.equal(await calls({ recipe: { model: "y" }, mirror: false }), 0); // they are in the file
    assert.equal(await calls({ recipe: { model: "z" }, mirror: false }), 1);
    assert.equal(readViews(path, 2).mirrored, undefined);
    assert.equal(await calls({ recipe: { model: "z" } }), 2);
    assert.equal(await calls({ recipe: { model: "y" } }, { ...images, length: 6 }), 2);
    await Deno.remove(path);
    assert.equal(await calls({ recipe: { model: "y" } }, { ...images, length: 6 }), 2);
  }));

Deno.test("keepViews() and readViews() refuse networks without numbers, no readable image, and other matrices", () =>
  withDir(async (dir) => {
    const broken = { ...embedder(), embed: () => Promise.resolve(new Float32Array(12).fill(NaN)) };
    await assert.rejects(keepViews(`${dir}/a.npy`, images, broken, { recipe }), {
      name: "RangeError",
      message: /Cannot embed 0.png: its feature is not finite/,
    });
    const none = { ...images, image: () => images.image(3) };
    await assert.rejects(keepViews(`${dir}/b.npy`, none, embedder(), { recipe }), {
      name: "RangeError",
      message: /0 of 7 images have one/,
    });
    writeNpy(`${dir}/c.npy`, { dtype: "float32", shape: [2, 3], data: new Float32Array(6) });
    await assert.rejects(keepViews(`${dir}/c.npy`, images, embedder(), { recipe }), {
      name: "TypeError",
      message: /a file of that name is there/,
    });
    assert.throws(() => readViews(`${dir}/c.npy`, 2), {
      name: "TypeError",
      message: /shape \[2, 3\], expected rows of 2/,
    });
  }));
