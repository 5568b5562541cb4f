import assert from "node:assert/strict";
import { chooseImages, embedImages, fitProbeFolds, reportReconstruction, type Witness } from "@/evaluation/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { near } from "./_fixture.ts";
import { fakeEmbedder, fakeGenerator, fakeSource } from "./_fakes.ts";

/** 60 images of 12 identities; red is yaw, green and blue are the identity. */
async function world(gains: readonly (readonly [number, number, number])[]) {
  const stream = new RandomStream(9, "noise for tests");
  const labels = Array.from({ length: 60 }, (_, i) => i % 12);
  const yaws = labels.map(() => stream.uniformIn(-60, 60));
  const source = fakeSource(labels.map((label, i) => [Math.round(128 + yaws[i]!), 20 * label, 255 - 9 * label]));
  const witnesses: Witness[] = [];
  for (const gain of gains) {
    const embedder = fakeEmbedder(gain);
    const features = await embedImages(source, embedder);
    witnesses.push({ embedder, features, yawProbes: fitProbeFolds(features, 3, yaws, labels) });
  }
  return { yaws, witnesses };
}

Deno.test("reportReconstruction() finds everything kept by a perfect generator", async () => {
  const { yaws, witnesses } = await world([[1, 1, 1], [1, 2, 3]]);
  const found = await reportReconstruction(fakeGenerator(), witnesses, yaws, { images: 40 });
  for (const { cosine, medianCosine, yaw, yawRendered } of found) {
    assert.ok(near(cosine, 1, 1e-6) && near(medianCosine, 1, 1e-6));
    assert.ok(yaw.correlation > 0.99 && yaw.error < 4 && yaw.count === 40, JSON.stringify(yaw));
    assert.ok(near(yaw.error, yawRendered.error, 1e-3));
  }
});

Deno.test("reportReconstruction() sees that pose was lost", async () => {
  const { yaws, witnesses } = await world([[1, 1, 1]]);
  const whole = fakeGenerator();
  const frontal = {
    ...whole,
    decode: (vectors: Float32Array, masks: Parameters<typeof whole.decode>[1]) =>
      whole.decode(vectors.map((v, i) => i % 3 === 0 ? 0 : v), masks),
  };
  const [{ cosine, yaw, yawRendered }] = await reportReconstruction(frontal, witnesses, yaws) as [never];
  const { correlation } = yaw as { correlation: number };
  assert.ok(
    Math.abs(correlation) < 0.5 && (yawRendered as { correlation: number }).correlation > 0.99,
    `${correlation}`,
  );
  assert.ok((cosine as number) < 0.999);
});

Deno.test("chooseImages() takes different images by its seed", () => {
  const chosen = chooseImages(100, 30, 1);
  assert.equal(new Set(chosen).size, 30);
  assert.deepEqual([...chosen], [...chosen].sort((a, b) => a - b));
  assert.notDeepEqual([...chosen], [...chooseImages(100, 30, 2)]);
});

Deno.test("reportReconstruction() refuses features of other images", async () => {
  const { yaws, witnesses } = await world([[1, 1, 1]]);
  await assert.rejects(reportReconstruction(fakeGenerator(), witnesses, yaws.slice(1)), {
    name: "TypeError",
    message: /60 features but 59 yaws/,
  });
});
