import { cutOut, filled, warpAffine } from "@/images/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";

function noise(size: number) {
  const stream = new RandomStream(1, "noise"), image = filled(size, size, [0, 0, 0]);
  for (let i = 0; i < image.data.length; i++) image.data[i] = stream.integer(256);
  return image;
}

Deno.test("cutOut() is warpAffine() where a picture does not get much smaller", () => {
  const image = noise(40), matrix = [0.6, -0.2, 3, 0.2, 0.6, -5] as const;
  assert.deepEqual(cutOut(image, matrix, 30), warpAffine(image, matrix, 30, 30));
});

Deno.test("cutOut() averages where it does, and keeps places", () => {
  const image = noise(448);
  for (let y = 100; y < 140; y++) for (let x = 200; x < 240; x++) image.data.set([255, 0, 0], 3 * (y * 448 + x));
  const small = cutOut(image, [0.25, 0, -0.375, 0, 0.25, -0.375], 112);
  const at = (x: number, y: number) => [...small.data.subarray(3 * (y * 112 + x), 3 * (y * 112 + x) + 3)];
  for (let y = 26; y < 34; y++) for (let x = 51; x < 59; x++) assert.deepEqual(at(x, y), [255, 0, 0], `${x}, ${y}`);
  const spread = Math.sqrt(small.data.reduce((sum, v) => sum + (v - 127) ** 2, 0) / small.data.length);
  assert.ok(spread < 35, `${spread}: sampling would leave 74`);
});

Deno.test("cutOut() refuses what warpAffine() refuses", () => {
  assert.throws(() => cutOut(noise(4), [0, 0, 0, 0, 0, 0], 4), { name: "RangeError", message: /cannot be inverted/ });
});
