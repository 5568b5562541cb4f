import { arrayDataset, embedRows, type FeatureRow, storedRows } from "@/datasets/mod.ts";
import { encodePng } from "@/images/mod.ts";
import assert from "node:assert/strict";
import { fakeEmbedder, png } from "./_images.ts";

const feature = (red: number) => Float32Array.of(red, 1);

Deno.test("embedRows() gives a row an item, in order, whatever the batch", async () => {
  const items = await Promise.all([0, 1, 2, 3, 4].map(async (label) => ({ label, bytes: await png(label) })));
  items.splice(2, 1, { label: 2, bytes: Uint8Array.of(0xff, 0xd8, 0xff) });
  const faces = arrayDataset(items);
  for (const batchSize of [1, 2, 5, 32]) {
    const embedder = fakeEmbedder();
    const rows = await Array.fromAsync(embedRows(faces, embedder, { batchSize }));
    assert.deepEqual(rows.map(({ index }) => index), [0, 1, 2, 3, 4]);
    assert.deepEqual(rows.map(({ feature }) => feature?.[0]), [40, 60, undefined, 100, 120]);
    assert.match(rows[2]!.fault!, /damaged or cut short/);
  }
  const reversed = await Array.fromAsync(embedRows(faces, fakeEmbedder(), { indices: [4, 0] }));
  assert.deepEqual(reversed, [{ index: 4, feature: feature(120) }, { index: 0, feature: feature(40) }]);
});

Deno.test("embedRows() resizes, and adds the mirrored image's feature", async () => {
  const faces = arrayDataset([{ label: 0, bytes: await png(0, 0, 9) }]);
  const rows: FeatureRow[] = await Array.fromAsync(embedRows(faces, fakeEmbedder(), { flip: true }));
  assert.deepEqual(rows, [{ index: 0, feature: Float32Array.of(80, 2) }]);
  const corner = new Uint8Array(48);
  corner[0] = 255;
  const flipped = arrayDataset([{ label: 0, bytes: await encodePng({ width: 4, height: 4, data: corner }) }]);
  const first = {
    vectorSize: 2,
    imageSize: 4,
    embed: (x: Float32Array) => Promise.resolve(Float32Array.of(x[0]!, x[3]!)),
  };
  const [row] = await Array.fromAsync(embedRows(flipped, first, { flip: true }));
  assert.deepEqual(row!.feature, Float32Array.of(0, 0)); // 1 + -1 and -1 + 1
});

Deno.test("embedRows() stops when told, and passes on errors that are no image's fault", async () => {
  const faces = arrayDataset([{ label: 0, bytes: await png(0) }]);
  const signal = AbortSignal.abort();
  await assert.rejects(Array.fromAsync(embedRows(faces, fakeEmbedder(), { signal })), { name: "AbortError" });
  const broken = { ...fakeEmbedder(), embed: () => Promise.reject(new Error("no memory")) };
  await assert.rejects(Array.fromAsync(embedRows(faces, broken)), /no memory/);
});

Deno.test("storedRows() gives stored features and says where there is none", async () => {
  const bytes = Uint8Array.of(1);
  const faces = arrayDataset([
    { label: 0, bytes, feature: feature(1) },
    { label: 0, bytes },
    { label: 0, bytes, feature: feature(NaN) },
  ]);
  assert.deepEqual(await Array.fromAsync(storedRows(faces, [2, 0, 1])), [
    { index: 2, fault: "its feature is not finite" },
    { index: 0, feature: feature(1) },
    { index: 1, fault: "it has no feature" },
  ]);
});
