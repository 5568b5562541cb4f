import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import {
  arrayParameters,
  createGenerator,
  type FaceGenerator,
  GENERATION_MASK,
  initialise,
  loadGenerator,
  vec2faceConfig,
  vec2faceSpecs,
} from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { arrays, assertClose, fixture, TINY_GENERATOR } from "./_fixtures.ts";

const TINY = {
  model: "base",
  weights: fixture("generator.pth"),
  config: TINY_GENERATOR,
  threads: 1,
} as const;

function masksOf(generator: FaceGenerator, count: number) {
  return Array.from(
    { length: count },
    (_, i) => generator.drawMask(new RandomStream(3, "mask", i, 0)),
  );
}

Deno.test("FaceGenerator.decode() gives the reference's images for the reference's masks", async () => {
  await using generator = await loadGenerator(TINY);
  deepStrictEqual(
    [generator.tokens, generator.vectorSize, generator.imageSize],
    [49, 64, 28],
  );
  const expected = arrays("generator.npz");
  const keep = Uint8Array.from(
    openWeights(fixture("generator.npz")).readInt64("keep"),
    Number,
  );
  const masked = Uint8Array.from(expected("masked").data);
  const masks = [0, 1, 2].map((i) => ({
    keep: keep.subarray(i * 44, i * 44 + 44),
    masked: masked.subarray(i * 49, i * 49 + 49),
  }));
  const images = await generator.decode(expected("vectors").data, masks);
  const clipped = expected("image").data.map((x) => Math.min(1, Math.max(-1, x)));
  assertClose(images, clipped, 1e-4);
});

Deno.test("FaceGenerator.decode() gives the same bits whatever the batch and the threads", async () => {
  // The small model's real shapes, so that the runtime takes the kernels it takes in use.
  const config = {
    ...vec2faceConfig("mini"),
    encoderBlocks: 1,
    decoderBlocks: 1,
  };
  const params = arrayParameters(
    initialise(vec2faceSpecs(config), new RandomStream(1, "weights")),
  );
  const vectors = new RandomStream(2, "vectors").fillNormal(
    new Float32Array(5 * 512),
  );
  const images: Float32Array[] = [];
  for (const [batchSize, threads] of [[1, 1], [3, 1], [5, 2]] as const) {
    await using generator = await createGenerator(config, params, {
      batchSize,
      threads,
    });
    images.push(await generator.decode(vectors, masksOf(generator, 5)));
  }
  ok(images[0]!.some((x) => x !== 0));
  deepStrictEqual(images[1], images[0]);
  deepStrictEqual(images[2], images[0]);
});

Deno.test("FaceGenerator.decode() refuses masks of another distribution", async () => {
  await using generator = await createGenerator(
    TINY_GENERATOR,
    arrayParameters(
      initialise(vec2faceSpecs(TINY_GENERATOR), new RandomStream(1, "weights")),
    ),
    { threads: 1, mask: { ...GENERATION_MASK, min: 0.5 } },
  );
  strictEqual(masksOf(generator, 1)[0]!.keep.length, 24);
  const keep = Uint8Array.from({ length: 24 }, (_, i) => i);
  const bare = { keep, masked: new Uint8Array(49) };
  await rejects(generator.decode(new Float32Array(64), [bare]), {
    name: "RangeError",
    message: /mask 0 must keep 24 of 49 tokens in ascending order and mask all the others/,
  });
  await rejects(generator.decode(new Float32Array(64), []), {
    name: "TypeError",
    message: /0 masks need 0 x 64 values of vectors, found 64/,
  });
});

Deno.test("loadGenerator() names the file when it belongs to another size", async () => {
  await rejects(
    loadGenerator({ model: "mini", weights: fixture("generator.pth") }),
    {
      name: "TypeError",
      message: /generator\.pth.*latent_prior_proj_f\.weight is \[32,64\], expected \[256,512\]/,
    },
  );
});

Deno.test("loadGenerator() asks for a path when no weights are published", async () => {
  await rejects(loadGenerator({ model: "huge" }), {
    name: "RangeError",
    message: /no weights of it are published; give the path/,
  });
});
