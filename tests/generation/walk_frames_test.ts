import assert from "node:assert/strict";
import { decodeWalk } from "@/generation/mod.ts";
import { walk } from "@/identity/mod.ts";
import { fakeGenerator, someVectors } from "./_fake.ts";

const vectors = someVectors(2);
const path = walk(vectors.vector(0), vectors.vector(1), 7);

Deno.test("decodeWalk() gives one image a step, the same for any batch size", async () => {
  const frames = await decodeWalk(fakeGenerator(), path, { batchSize: 7 });
  assert.equal(frames.length, 7);
  assert.deepEqual([frames[0]!.width, frames[0]!.height], [112, 112]);
  assert.deepEqual(
    await decodeWalk(fakeGenerator(), path, { batchSize: 2 }),
    frames,
  );
});

Deno.test("decodeWalk() uses one mask for all frames, drawn by the seed", async () => {
  const still = new Float32Array(3 * 16).fill(0.5);
  const [a, b, c] = await decodeWalk(fakeGenerator(), still);
  assert.deepEqual(a, b);
  assert.deepEqual(a, c);
  const [other] = await decodeWalk(fakeGenerator(), still, { seed: 1 });
  assert.notDeepEqual(other, a);
});

Deno.test("decodeWalk() reports progress and stops between batches", async () => {
  const seen: number[] = [];
  const stop = new AbortController();
  const run = decodeWalk(fakeGenerator(), path, {
    batchSize: 3,
    signal: stop.signal,
    onProgress: (done) => {
      seen.push(done);
      if (done === 6) stop.abort();
    },
  });
  await assert.rejects(run, { name: "AbortError" });
  assert.deepEqual(seen, [3, 6]);
});

Deno.test("decodeWalk() refuses vectors of another width", async () => {
  await assert.rejects(decodeWalk(fakeGenerator(), new Float32Array(17)), {
    name: "TypeError",
    message: /17 values, expected rows of 16/,
  });
});
