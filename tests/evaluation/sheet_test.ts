import assert from "node:assert/strict";
import { evaluationSheet } from "@/evaluation/mod.ts";
import { fakeEmbedder, fakeGenerator, fakeSource } from "./_fakes.ts";

Deno.test("evaluationSheet() shows renders beside decodings, then sampled identities", async () => {
  const sheet = await evaluationSheet({
    generator: fakeGenerator(),
    embedder: fakeEmbedder(),
    source: fakeSource([[200, 0, 0], [0, 200, 0]]),
    features: Float32Array.of(10, -10, -10, -10, 10, -10),
    vectors: Float32Array.of(-10, -10, 10, 5, 5, 5, 1, 1, 1),
    rows: 2,
  });
  assert.equal(sheet.width, 2 + 16 * (4 + 2));
  const cell = (sheet.height - 2) / 3; // a row of pairs and two of identities
  assert.ok(Number.isInteger(cell));
  const colour = (column: number, row: number) => {
    const at = 3 * ((2 + row * cell) * sheet.width + 2 + column * 6);
    return [...sheet.data.subarray(at, at + 3)];
  };
  assert.deepEqual(colour(0, 0), [200, 0, 0]);
  assert.deepEqual(colour(1, 0), [255, 0, 0]);
  assert.deepEqual(colour(2, 0), [0, 200, 0]);
  assert.deepEqual(colour(3, 0), [0, 255, 0]);
  assert.deepEqual(colour(4, 0), [255, 255, 255]); // nothing
  assert.deepEqual(colour(0, 1), [0, 0, 255]);
  assert.notDeepEqual(colour(1, 2), colour(0, 2)); // sigma 0.3 moves
});
