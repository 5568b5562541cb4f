import assert from "node:assert/strict";
import { generateDataset, type GenerationProgress, makePlan } from "@/generation/mod.ts";
import { decodeImage } from "@/images/mod.ts";
import { fakeGenerator, MemoryWriter, someRecipe, someVectors } from "./_fake.ts";

const vectors = someVectors(5);
const recipe = someRecipe(5, 4);

async function whole(batchSize: number): Promise<MemoryWriter> {
  const writer = new MemoryWriter();
  await generateDataset(makePlan(recipe, vectors), fakeGenerator(), writer, {
    batchSize,
  });
  return writer;
}

function assertSame(a: MemoryWriter, b: MemoryWriter): void {
  assert.deepEqual([...a.images.keys()].sort(), [...b.images.keys()].sort());
  for (const [key, bytes] of a.images) {
    assert.deepEqual(b.images.get(key), bytes, key);
  }
}

Deno.test("generateDataset() writes every image once, each a different JPEG of 112 x 112", async () => {
  const writer = await whole(6);
  assert.equal(writer.images.size, 20);
  assert.equal(writer.writes, 20);
  assert.equal(
    new Set([...writer.images.values()].map((bytes) => bytes.join())).size,
    20,
  );
  const { width, height } = await decodeImage(writer.images.get("4:3")!);
  assert.deepEqual([width, height], [112, 112]);
});

Deno.test("generateDataset() gives the same bytes for any batch size", async () => {
  const reference = await whole(1);
  for (const batchSize of [3, 8, 64]) {
    assertSame(await whole(batchSize), reference);
  }
});

Deno.test("generateDataset() gives the same bytes shard by shard, in any order, and image by image", async () => {
  const reference = await whole(7);
  const shards = new MemoryWriter();
  for (const startEnd of [[3, 5], [0, 1], [1, 3]] as const) {
    await generateDataset(
      makePlan(recipe, vectors, { startEnd }),
      fakeGenerator(),
      shards,
      { batchSize: 5 },
    );
  }
  assertSame(shards, reference);
  const single = new MemoryWriter();
  await generateDataset(
    makePlan(recipe, vectors, { only: { identity: 3, image: 2 } }),
    fakeGenerator(),
    single,
  );
  assert.deepEqual([...single.images.keys()], ["3:2"]);
  assert.deepEqual(single.images.get("3:2"), reference.images.get("3:2"));
});

Deno.test("generateDataset() finishes the rest after a stop, without making anything twice", async () => {
  const writer = new MemoryWriter();
  const stop = new AbortController();
  const run = generateDataset(
    makePlan(recipe, vectors),
    fakeGenerator(),
    writer,
    {
      batchSize: 3,
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done >= 6) stop.abort(new DOMException("enough", "AbortError"));
      },
    },
  );
  await assert.rejects(run, { name: "AbortError" });
  const before = writer.writes;
  assert.ok(before >= 6 && before < 20, `${before} images before the stop`);
  const result = await generateDataset(
    makePlan(recipe, vectors),
    fakeGenerator(),
    writer,
    { batchSize: 4 },
  );
  assert.deepEqual(result, {
    total: 20,
    written: 20 - before,
    skipped: before,
  });
  assert.equal(writer.writes, 20);
  assertSame(writer, await whole(5));
});

Deno.test("generateDataset() runs no network when everything is there, unless asked to overwrite", async () => {
  const writer = await whole(6);
  const generator = fakeGenerator();
  assert.deepEqual(
    await generateDataset(makePlan(recipe, vectors), generator, writer),
    {
      total: 20,
      written: 0,
      skipped: 20,
    },
  );
  assert.deepEqual(generator.batches, []);
  const plan = makePlan(recipe, vectors, { only: { identity: 1 } });
  const again = await generateDataset(plan, generator, writer, {
    overwrite: true,
  });
  assert.deepEqual(again, { total: 4, written: 4, skipped: 0 });
});

Deno.test("generateDataset() reports progress that only grows and ends at the total", async () => {
  const seen: GenerationProgress[] = [];
  const writer = new MemoryWriter();
  await generateDataset(
    makePlan(recipe, vectors, { startEnd: [0, 2] }),
    fakeGenerator(),
    writer,
  );
  await generateDataset(makePlan(recipe, vectors), fakeGenerator(), writer, {
    batchSize: 5,
    onProgress: (progress) => seen.push(progress),
  });
  const done = seen.map((progress) => progress.done);
  assert.deepEqual(done, [...done].sort((a, b) => a - b));
  assert.deepEqual(seen.at(-1), { done: 20, total: 20, skipped: 8 });
});

Deno.test("generateDataset() refuses NaN from the network by name of the image, and keeps what was good", async () => {
  const writer = new MemoryWriter();
  const run = generateDataset(
    makePlan(recipe, vectors),
    fakeGenerator({ broken: 9 }),
    writer,
    { batchSize: 2 },
  );
  await assert.rejects(run, {
    name: "RangeError",
    message: /Cannot store image 1 of identity 2: the network gave NaN/,
  });
  assert.ok(!await writer.has(2, 1));
  assert.ok(await writer.has(0, 0));
});

Deno.test("generateDataset() passes on a failure of the data set", async () => {
  const writer = new MemoryWriter();
  writer.write = () => Promise.reject(new Error("disk full"));
  await assert.rejects(
    generateDataset(makePlan(recipe, vectors), fakeGenerator(), writer, {
      batchSize: 2,
    }),
    {
      message: "disk full",
    },
  );
});

Deno.test("generateDataset() refuses a network of another width and impossible batch sizes", async () => {
  const plan = makePlan(recipe, vectors);
  await assert.rejects(
    generateDataset(plan, fakeGenerator({ width: 512 }), new MemoryWriter()),
    {
      name: "TypeError",
      message: /some vectors has vectors of 16 values, the network takes 512/,
    },
  );
  for (const batchSize of [0, -1, 1.5, NaN]) {
    await assert.rejects(
      generateDataset(plan, fakeGenerator(), new MemoryWriter(), { batchSize }),
      {
        name: "RangeError",
        message: /batch size/,
      },
    );
  }
});
