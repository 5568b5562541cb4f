import assert from "node:assert/strict";
import { generateDataset, type GeneratedFace, generatedFaces, makePlan } from "@/generation/mod.ts";
import { encodeJpeg, fromTensor } from "@/images/mod.ts";
import { fakeGenerator, MemoryWriter, someRecipe, someVectors } from "./_fake.ts";

const vectors = someVectors(5), recipe = someRecipe(5, 4);
const plan = makePlan(recipe, vectors, { startEnd: [1, 4] });

async function gather(batchSize: number): Promise<GeneratedFace[]> {
  return await Array.fromAsync(generatedFaces(plan, fakeGenerator(), { batchSize }));
}

Deno.test("generatedFaces() gives the images that generateDataset() stores", async () => {
  const stored = new MemoryWriter();
  await generateDataset(plan, fakeGenerator(), stored, { batchSize: 5 });
  const faces = await gather(7);
  assert.equal(faces.length, stored.images.size);
  for (const { identity, number, image } of faces) {
    const bytes = await encodeJpeg(fromTensor(image, 0), { quality: recipe.output.quality });
    assert.deepEqual(bytes, stored.images.get(`${identity}:${number}`), `image ${number} of identity ${identity}`);
  }
});

Deno.test("generatedFaces() goes identity by identity and does not depend on the batches", async () => {
  const faces = await gather(1);
  const addresses = faces.map(({ identity, number }) => [identity, number]);
  assert.deepEqual(addresses, [1, 2, 3].flatMap((identity) => [0, 1, 2, 3].map((number) => [identity, number])));
  assert.deepEqual(await gather(5), faces);
  const left = generatedFaces({ ...plan, leftOut: new Set([2]) }, fakeGenerator());
  assert.deepEqual(await Array.fromAsync(left), faces.filter(({ identity }) => identity !== 2));
});

Deno.test("generatedFaces() stops when the signal fires, and refuses vectors of another width", async () => {
  const stop = new AbortController(), generator = fakeGenerator();
  const faces = generatedFaces(plan, generator, { batchSize: 4, signal: stop.signal });
  await faces.next();
  stop.abort(new Error("enough"));
  await assert.rejects(Array.fromAsync(faces), /enough/);
  assert.deepEqual(generator.batches, [4]);
  await assert.rejects(generatedFaces(plan, fakeGenerator({ width: 8 })).next(), {
    name: "TypeError",
    message: /some vectors has vectors of 16 values, the network takes 8/,
  });
});
