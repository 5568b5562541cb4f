/** Batches read ahead by a worker. */
import assert from "node:assert/strict";
import { batchIndices, BatchReader, PackedImages } from "@/training/mod.ts";
import { withPacked } from "./_packed.ts";

Deno.test("BatchReader.take() gives the same batches from a worker, inline, and out of order", () =>
  withPacked(6, async (folder) => {
    using data = new PackedImages(folder);
    const plain = {
      length: data.length,
      image: data.image.bind(data),
      mask: data.mask.bind(data),
    } as unknown as PackedImages;
    const options = { size: 2, seed: 3, heads: true };
    using ahead = new BatchReader(data, options);
    using direct = new BatchReader(plain, options);
    for (const step of [0, 1, 2, 3, 1, 7]) {
      const batch = await ahead.take(step);
      assert.deepEqual(batch, await direct.take(step));
      assert.deepEqual([...batch.indices], [...batchIndices(6, 2, step, 3).indices]);
    }
  }));

Deno.test("BatchReader.take() reads pixels and masks of the right images, mirrored where it says so", () =>
  withPacked(4, async (folder) => {
    using data = new PackedImages(folder);
    using batches = new BatchReader(data, { size: 4, seed: 1, heads: true });
    const { indices, flips, images, heads } = await batches.take(0);
    assert.ok(flips.includes(true) && flips.includes(false), "the seed of this test should mirror some");
    for (let i = 0; i < 4; i++) {
      const image = new Uint8Array(112 * 112 * 3), head = new Uint8Array(112 * 112);
      data.image(indices[i]!, image, flips[i]);
      data.mask(indices[i]!, head, flips[i]);
      assert.deepEqual(images.subarray(i * image.length, (i + 1) * image.length), image);
      assert.deepEqual(heads.subarray(i * head.length, (i + 1) * head.length), head);
    }
  }));

Deno.test("BatchReader leaves masks out unless asked, and refuses too large a batch", () =>
  withPacked(4, async (folder) => {
    using data = new PackedImages(folder);
    using batches = new BatchReader(data, { size: 2, seed: 1 });
    assert.equal((await batches.take(0)).heads.length, 0);
    using large = new BatchReader(data, { size: 5, seed: 1 });
    await assert.rejects(large.take(0), /batches of 5 from 4 images/);
  }));

Deno.test("BatchReader.take() names the folder when a file has gone", () =>
  withPacked(4, async (folder) => {
    using data = new PackedImages(folder);
    await Deno.remove(`${folder}/masks.npy`);
    using batches = new BatchReader(data, { size: 2, seed: 1 });
    await assert.rejects(batches.take(0), (error: Error) =>
      error.message.includes(`Cannot read a batch from "${folder}"`));
  }));
