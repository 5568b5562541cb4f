import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import { cosine } from "@/identity/mod.ts";
import {
  arrayParameters,
  createRecogniser,
  initialise,
  iresnetConfig,
  iresnetSpecs,
  loadRecogniser,
  type RecogniserOptions,
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

Deno.test("createRecogniser() in bulk gives vectors of the same direction, the same bits in every batch", async () => {
  const config = { ...iresnetConfig(18), layers: [1, 1, 2, 1], widths: [8, 64, 128, 256], stem: 8 };
  const params = arrayParameters(initialise(iresnetSpecs(config), new RandomStream(1, "weights")));
  const images = new RandomStream(2, "images").fillNormal(new Float32Array(5 * 3 * 112 * 112));
  const embed = async (options: RecogniserOptions) => {
    await using recogniser = await createRecogniser(config, params, options);
    return await recogniser.embed(images, 5);
  };
  const plain = await embed({}), bulk = await embed({ bulk: true, batchSize: 5 });
  deepStrictEqual(await embed({ bulk: true, batchSize: 2 }), bulk);
  for (let i = 0; i < 5; i++) {
    const rows = [plain, bulk].map((v) => v.subarray(i * 512, (i + 1) * 512)) as [Float32Array, Float32Array];
    ok(1 - cosine(...rows) < 1e-9);
  }
});
