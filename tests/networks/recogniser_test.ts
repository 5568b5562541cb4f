import { deepStrictEqual, rejects } from "node:assert/strict";
import {
  arrayParameters,
  createRecogniser,
  initialise,
  iresnetConfig,
  iresnetSpecs,
  loadRecogniser,
} from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { arrays, assertClose, fixture, TINY_IRESNET } from "./_fixtures.ts";

Deno.test("Recogniser.embed() gives the reference's vectors", async () => {
  const expected = arrays("iresnet_se.npz");
  await using recogniser = await loadRecogniser({
    model: "hsface10k",
    weights: fixture("iresnet_se.pth"),
    config: { ...TINY_IRESNET, squeezeExcitation: 2 },
    threads: 1,
  });
  const vectors = await recogniser.embed(expected("images").data, 4);
  assertClose(vectors, expected("features").data, 5e-6);
});

Deno.test("Recogniser.embed() gives the same bits whatever the batch and the threads", async () => {
  const config = {
    ...iresnetConfig(18, { quarter: true }),
    layers: [1, 1, 1, 1],
  };
  const params = arrayParameters(
    initialise(iresnetSpecs(config), new RandomStream(1, "weights")),
  );
  const images = new RandomStream(2, "images").fillNormal(
    new Float32Array(5 * 3 * 112 * 112),
  );
  const vectors: Float32Array[] = [];
  for (const [batchSize, threads] of [[1, 1], [3, 1], [5, 2]] as const) {
    await using recogniser = await createRecogniser(config, params, {
      batchSize,
      threads,
    });
    vectors.push(await recogniser.embed(images, 5));
  }
  deepStrictEqual(vectors[1], vectors[0]);
  deepStrictEqual(vectors[2], vectors[0]);
});

Deno.test("Recogniser.embed() refuses values that are not N images", async () => {
  await using recogniser = await loadRecogniser({
    model: "mini",
    weights: fixture("iresnet.pth"),
    config: TINY_IRESNET,
    threads: 1,
  });
  await rejects(recogniser.embed(new Float32Array(10), 2), {
    name: "TypeError",
    message: /embed 2 images: expected 2 x 3 x 32 x 32 values, found 10/,
  });
});
