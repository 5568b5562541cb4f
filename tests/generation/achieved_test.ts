import {
  beginDataset,
  datasetPaths,
  type IdentityRecord,
  type ImageRecord,
  openIdentityStore,
  openImageReport,
  readRecipe,
  recordAchieved,
} from "@/generation/mod.ts";
import assert from "node:assert/strict";
import { someRecipe } from "./_fake.ts";
import { someRefinement, someTargets } from "./_fake_attributes.ts";

Deno.test("recordAchieved() writes what was achieved beside what was asked", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const recipe = someRecipe(4, 2, { refinement: someRefinement(), targets: someTargets() });
    const paths = datasetPaths(directory, "x", "folder");
    beginDataset(paths, recipe);
    {
      const told = { reason: "accepted", iterations: 4, cosine: 0.8, quality: 21 } as const;
      const records: IdentityRecord[] = [
        { identity: 0, attempt: 0, accepted: true, used: true, ...told },
        { identity: 1, attempt: 2, accepted: true, used: true, ...told, iterations: 8, cosine: 0.9 },
        { identity: 2, attempt: 0, accepted: false, used: false, ...told, reason: "cap", cosine: null, quality: null },
      ];
      using store = await openIdentityStore(paths, { count: 4, width: 1 });
      await store.add(records.map((record) => ({ record, vector: Float32Array.of(1) })));
      using report = await openImageReport(paths, { start: 0, end: 4, firstImage: 0, endImage: 2 });
      const image = { image: 0, asked: { yaw: 30 }, reason: "accepted", iterations: 6 } as const;
      const images: ImageRecord[] = [
        { identity: 0, ...image, achieved: { yaw: 32 }, missed: { yaw: 2 }, accepted: true, written: true },
        { identity: 1, ...image, achieved: { yaw: 24 }, missed: { yaw: 6 }, accepted: false, written: true },
        { identity: 2, ...image, achieved: { yaw: -9 }, missed: { yaw: 39 }, accepted: false, written: false },
      ];
      await report.add(images);
    }
    const achieved = await recordAchieved(paths);
    assert.deepEqual(achieved, {
      identities: { settled: 3, accepted: 2, replaced: 1, leftOut: 1, iterations: 6, cosine: 0.85, quality: 21 },
      images: { settled: 3, accepted: 1, leftOut: 1, iterations: 6, mean: { yaw: 28 }, missed: { yaw: 4 } },
    });
    assert.deepEqual(readRecipe(paths.recipe), { ...recipe, achieved });
    assert.equal(beginDataset(paths, recipe), "same recipe", "what was achieved makes no other recipe");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
