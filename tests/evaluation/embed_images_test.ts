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

Deno.test("embedImages() embeds mirror images on demand", async () => {
  const ramp = {
    length: 3,
    image: (index: number, out: Uint8Array) => void out.forEach((_, i) => out[i] = 40 * index + i),
  };
  const corner = {
    vectorSize: 1,
    imageSize: 2,
    embed: (x: Float32Array, n: number) => Promise.resolve(Float32Array.from({ length: n }, (_, i) => x[12 * i]!)),
  };
  const [plain, mirrored] = [await embedImages(ramp, corner), await embedImages(ramp, corner, { mirrored: true })];
  plain.forEach((value, i) => assert.ok(Math.abs(mirrored[i]! - value - 3 / 127.5) < 1e-6, `image ${i}`));
});
