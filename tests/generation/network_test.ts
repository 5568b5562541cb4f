/** The generation of a data set through a real network in the runtime, small and untrained. */
import assert from "node:assert/strict";
import { generateDataset, makePlan } from "@/generation/mod.ts";
import { arrayVectors } from "@/identity/mod.ts";
import { arrayParameters, createGenerator, initialise, vec2faceConfig, vec2faceSpecs } from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { MemoryWriter, someRecipe } from "./_fake.ts";

const config = {
  ...vec2faceConfig("mini"),
  width: 64,
  encoderBlocks: 1,
  decoderBlocks: 1,
  image: {
    inputs: 16,
    channels: 8,
    multipliers: [1, 1, 2, 2, 4],
    resBlocks: 1,
    groups: 4,
  },
};
const parameters = arrayParameters(
  initialise(vec2faceSpecs(config), new RandomStream(1, "weights")),
);
const vectors = arrayVectors(
  new RandomStream(2, "identity").fillNormal(
    new Float32Array(3 * config.vectorSize),
  ),
  config.vectorSize,
  "three",
);
const recipe = someRecipe(3, 5);

async function images(
  batchSize: number,
  threads: number,
  parts = [[0, 3]],
): Promise<Map<string, Uint8Array>> {
  await using generator = await createGenerator(config, parameters, {
    batchSize,
    threads,
  });
  const writer = new MemoryWriter();
  for (const [start, end] of parts) {
    await generateDataset(
      makePlan(recipe, vectors, { startEnd: [start!, end!] }),
      generator,
      writer,
      { batchSize },
    );
  }
  return writer.images;
}

Deno.test("generateDataset() gives the same bytes whatever the batch, the threads and the shard, from a real network", async () => {
  const alone = await images(1, 1);
  assert.equal(alone.size, 15);
  assert.equal(
    new Set([...alone.values()].map((bytes) => bytes.join())).size,
    15,
  );
  for (
    const other of [await images(8, 2), await images(4, 1, [[2, 3], [0, 2]])]
  ) {
    assert.equal(other.size, 15);
    for (const [key, bytes] of alone) {
      assert.deepEqual(other.get(key), bytes, key);
    }
  }
});
