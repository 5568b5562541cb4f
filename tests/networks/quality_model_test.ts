/** Quality as the norm of features, and the layouts in which recognisers are saved. */
import { ok, rejects } from "node:assert/strict";
import { loadQualityEstimator, loadRecogniser } from "@/networks/mod.ts";
import { openWeights, writeSafetensors } from "@/weights/mod.ts";
import { arrays, assertClose, fixture, TINY_IRESNET } from "./_fixtures.ts";

Deno.test("QualityEstimator.estimate() gives the norms of the reference's features", async () => {
  const expected = arrays("iresnet.npz"), width = TINY_IRESNET.features;
  const norms = Array.from({ length: 4 }, (_, i) => {
    return Math.hypot(...expected("features").data.subarray(i * width, (i + 1) * width));
  });
  const weights = fixture("iresnet.pth");
  await using estimator = await loadQualityEstimator({
    model: "magface-r100",
    weights,
    config: TINY_IRESNET,
    threads: 1,
  });
  assertClose(await estimator.estimate(expected("images").data, 4), norms, 5e-6);
  await rejects(estimator.estimate(new Float32Array(10), 2), { name: "TypeError", message: /estimate 2 qualities/ });
});

Deno.test("loadRecogniser() finds the network below the names that MagFace's training gives it", async () => {
  const file = openWeights(fixture("iresnet.pth")), expected = arrays("iresnet.npz");
  const folder = await Deno.makeTempDir();
  try {
    for (const prefix of ["features.module.", "module.features.", "backbone."]) {
      const tensors = [...file.tensors.values()].filter(({ dtype }) => dtype === "float32").map(({ name, shape }) => {
        return { name: prefix + name, shape, dtype: "float32" as const, data: file.readFloat32(name) };
      });
      const head = { name: "fc.weight", shape: [2], dtype: "float32" as const, data: new Float32Array(2) };
      const weights = `${folder}/${prefix}safetensors`;
      writeSafetensors(weights, [...tensors, head]);
      await using recogniser = await loadRecogniser({
        model: "magface-r100",
        weights,
        config: TINY_IRESNET,
        threads: 1,
      });
      assertClose(await recogniser.embed(expected("images").data, 4), expected("features").data, 5e-6);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  ok(file.tensors.has("features.weight"), "the last batch norm must not be taken for a prefix");
});
