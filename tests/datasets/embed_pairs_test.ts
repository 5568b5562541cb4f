import assert from "node:assert/strict";
import { embedPairs, openVerificationSet, writeVerificationBin } from "@/datasets/mod.ts";
import { encodePng, filled, type Pixels } from "@/images/mod.ts";
import { fakeEmbedder } from "./_images.ts";
import { withDir } from "./_paths.ts";

/** A set of images in memory; an undefined one cannot be read. */
function memorySet(images: (Pixels | undefined)[]) {
  return {
    length: images.length / 2,
    same: new Uint8Array(images.length / 2),
    bytes: () => Promise.resolve(undefined),
    image: (i: number) =>
      images[i] === undefined ? Promise.reject(new SyntaxError(`image ${i} is cut off`)) : Promise.resolve(images[i]),
  };
}

/** A network that gives the red of the upper left pixel, and the number of images it saw with it. */
function cornerEmbedder() {
  const seen: number[] = [];
  return {
    seen,
    vectorSize: 1,
    imageSize: 2,
    embed(images: Float32Array, count: number): Promise<Float32Array> {
      seen.push(count);
      return Promise.resolve(Float32Array.from({ length: count }, (_, i) => images[12 * i]!));
    },
  };
}

const half: Pixels = { width: 2, height: 2, data: Uint8Array.of(255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0) };

Deno.test("embedPairs() embeds images and their mirror images in batches of the asked size", async () => {
  const embedder = cornerEmbedder(), done: number[] = [];
  const set = memorySet([half, filled(2, 2, [255, 0, 0]), half, half]);
  const found = await embedPairs(set, embedder, { batchSize: 3, onProgress: (n) => done.push(n) });
  assert.deepEqual([[...found.plain], [...found.mirrored!]], [[1, 1, 1, 1], [-1, 1, -1, -1]]);
  assert.deepEqual([embedder.seen, done, found.faults], [[3, 3, 1, 1], [1, 2, 3, 4], []]);
  const plain = await embedPairs(set, cornerEmbedder(), { mirror: false });
  assert.equal(plain.mirrored, undefined);
});

Deno.test("embedPairs() embeds a picture of several pairs once, and lists all places of one that cannot be read", async () => {
  const pictures = [half, undefined, filled(2, 2, [0, 0, 0])], order = [0, 1, 2, 0, 1, 0];
  const set = memorySet(order.map((item) => pictures[item])), read: number[] = [], done: number[] = [];
  const shared = {
    ...set,
    image: (i: number) => (read.push(i), set.image(i)),
    item: (i: number) => order[i]!,
  };
  const found = await embedPairs(shared, cornerEmbedder(), { onProgress: (n) => done.push(n) });
  assert.deepEqual(read, [0, 1, 2]);
  assert.deepEqual(done, [1, 2, 3, 4, 5, 6]);
  assert.deepEqual([[...found.plain], [...found.mirrored!]], [[1, NaN, -1, 1, NaN, 1], [-1, NaN, -1, -1, NaN, -1]]);
  assert.deepEqual(found.faults.map(({ index }) => index), [1, 4]);
  const apart = await embedPairs(set, cornerEmbedder());
  assert.deepEqual([apart.plain, apart.mirrored], [found.plain, found.mirrored]);
});

Deno.test("embedPairs() counts and lists images that cannot be read, resizes others, and keeps the places", async () => {
  const embedder = cornerEmbedder();
  const found = await embedPairs(memorySet([undefined, filled(5, 3, [255, 0, 0]), half, undefined]), embedder);
  assert.deepEqual([...found.plain], [NaN, 1, 1, NaN]);
  assert.deepEqual([...found.mirrored!], [NaN, 1, -1, NaN]);
  assert.deepEqual(found.faults, [
    { index: 0, reason: "image 0 is cut off" },
    { index: 3, reason: "image 3 is cut off" },
  ]);
  assert.deepEqual(embedder.seen, [2, 2]);
});

Deno.test("embedPairs() reads a .bin with a damaged image", () =>
  withDir(async (dir) => {
    const good = await encodePng(filled(4, 4, [50, 0, 0]));
    const images = [good, good, good.slice(0, 40), good];
    await writeVerificationBin(`${dir}/set.bin`, {
      length: 2,
      same: Uint8Array.of(1, 0),
      bytes: (i) => Promise.resolve(images[i]!),
      image: () => Promise.reject(new Error("not asked for")),
    });
    await using set = await openVerificationSet(`${dir}/set.bin`);
    const { plain, faults } = await embedPairs(set, fakeEmbedder());
    assert.deepEqual([...plain], [50, 1, 50, 1, NaN, NaN, 50, 1]);
    assert.equal(faults.length, 1);
    assert.match(faults[0]!.reason, /Cannot decode image 2 of ".*set\.bin"/);
  }));

Deno.test("embedPairs() refuses networks that give no numbers, sets without a readable image, and can be stopped", async () => {
  const set = memorySet([half, half]);
  const broken = { ...cornerEmbedder(), embed: () => Promise.resolve(Float32Array.of(1, NaN)) };
  await assert.rejects(embedPairs(set, broken), {
    name: "RangeError",
    message: /image 1 of 2: its feature is not finite/,
  });
  await assert.rejects(embedPairs(memorySet([undefined, undefined]), cornerEmbedder()), {
    name: "RangeError",
    message: /Cannot embed 2 images: none can be read \(image 0: image 0 is cut off\)/,
  });
  await assert.rejects(embedPairs(set, cornerEmbedder(), { signal: AbortSignal.abort() }), { name: "AbortError" });
  const failing = { ...cornerEmbedder(), embed: () => Promise.reject(new Error("the device is gone")) };
  await assert.rejects(embedPairs(set, failing), { message: "the device is gone" });
});
