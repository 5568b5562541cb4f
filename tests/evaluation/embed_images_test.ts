import assert from "node:assert/strict";
import { embedImages } from "@/evaluation/mod.ts";
import { fakeEmbedder, fakeSource } from "./_fakes.ts";

const colours = Array.from({ length: 70 }, (_, i) => [i, 255 - i, 2 * i] as const);

Deno.test("embedImages() keeps the order over several parts and tells how far it is", async () => {
  const seen: number[] = [];
  const features = await embedImages(fakeSource(colours), fakeEmbedder(), { onProgress: (done) => seen.push(done) });
  colours.flat().forEach((byte, i) => assert.ok(Math.abs(features[i]! - 10 * (byte / 127.5 - 1)) < 1e-5, `value ${i}`));
  assert.deepEqual(seen, [32, 64, 70]);
});

Deno.test("embedImages() stops when it is told to", async () => {
  const stop = new AbortController();
  const work = embedImages(fakeSource(colours), fakeEmbedder(), {
    onProgress: () => stop.abort(new Error("enough")),
    signal: stop.signal,
  });
  await assert.rejects(work, /enough/);
});
