import {
  arrayDataset,
  type FeatureRow,
  identityRuns,
  openFeatureFiles,
  storedRows,
  writeCentres,
} from "@/datasets/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { readNpy, writeNpy } from "@/weights/mod.ts";
import assert from "node:assert/strict";
import { withDir } from "./_paths.ts";

const bytes = Uint8Array.of(1);

/** scripts/center_features.py's steps: sort the paths, group by folder as it comes, mean over each group. */
function reference(features: ReadonlyMap<string, Float32Array>): [string, number[]][] {
  const groups = new Map<string, Float32Array[]>();
  for (const path of [...features.keys()].sort()) {
    const name = path.split("/").at(-2)!;
    groups.set(name, [...groups.get(name) ?? [], features.get(path)!]);
  }
  return [...groups].map(([name, rows]) => [
    name,
    Array.from(rows[0]!, (_, k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length),
  ]);
}

Deno.test("writeCentres() gives the reference's means in the reference's order", () =>
  withDir(async (dir) => {
    const random = new RandomStream(3, "identity");
    const features = new Map<string, Float32Array>();
    for (const name of ["10", "9", "a", "a-b", "B"]) {
      await Deno.mkdir(`${dir}/f/${name}`, { recursive: true });
      for (let i = 0; i < 1 + name.charCodeAt(0) % 4; i++) {
        const feature = random.fillNormal(new Float32Array(8));
        features.set(`${dir}/f/${name}/${i}.npy`, feature);
        writeNpy(`${dir}/f/${name}/${i}.npy`, { dtype: "float32", shape: [8], data: feature });
      }
    }
    await using dataset = await openFeatureFiles(`${dir}/f`);
    const runs = identityRuns(dataset);
    const { width, identities, leftOut } = await writeCentres(
      `${dir}/c.npy`,
      dataset,
      runs,
      storedRows(dataset, runs.order),
    );
    const expected = reference(features);
    assert.deepEqual(identities.map(({ name }) => name), expected.map(([name]) => name));
    assert.deepEqual([width, leftOut, identities.reduce((sum, { images }) => sum + images, 0)], [8, [], features.size]);
    const { shape, data } = readNpy(`${dir}/c.npy`);
    assert.deepEqual(shape, [5, 8]);
    assert.deepEqual(data, Float32Array.from(expected.flatMap(([, row]) => row)));
  }));

Deno.test("writeCentres() leaves out images without a feature and identities without an image", () =>
  withDir(async (dir) => {
    const faces = arrayDataset([
      { label: 4, bytes },
      { label: 10, bytes, feature: Float32Array.of(6, 2) },
      { label: 10, bytes },
      { label: 9, bytes, feature: Float32Array.of(1, 1) },
    ]);
    const runs = identityRuns(faces);
    assert.deepEqual([...runs.labels], [4, 9, 10]); // numbers in the order of numbers
    const result = await writeCentres(`${dir}/c.npy`, faces, runs, storedRows(faces, runs.order));
    assert.deepEqual(result.identities, [{ name: "9", label: 9, images: 1 }, { name: "10", label: 10, images: 1 }]);
    assert.deepEqual(result.leftOut.map(({ name }) => name), ["0", "identity 4", "2"]);
    assert.deepEqual(readNpy(`${dir}/c.npy`).data, Float32Array.of(1, 1, 6, 2));
  }));

Deno.test("writeCentres() fails without leaving a file", () =>
  withDir(async (dir) => {
    const item = (width: number) => ({ label: 0, bytes, feature: new Float32Array(width) });
    const path = `${dir}/c.npy`;
    const write = (faces: ReturnType<typeof arrayDataset>, rows?: AsyncIterable<FeatureRow>) => {
      const runs = identityRuns(faces);
      return writeCentres(path, faces, runs, rows ?? storedRows(faces, runs.order));
    };
    await assert.rejects(write(arrayDataset([item(2), item(3)])), {
      name: "TypeError",
      message: /"1" has 3 values, .* 2/,
    });
    await assert.rejects(write(arrayDataset([{ label: 0, bytes }])), { name: "RangeError", message: /no feature/ });
    const faces = arrayDataset([item(1), { ...item(1), label: 1 }]);
    await assert.rejects(write(faces, storedRows(faces, [1, 0])), /item 1 came, item 0 is next/);
    await assert.rejects(write(faces, storedRows(faces, [0])), /1 of 2 items came/);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(dir)), []);
  }));
