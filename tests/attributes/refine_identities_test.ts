import { type AttributeEvaluator, type RefinedIdentity, refineIdentities } from "@/attributes/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";
import { NO_MASK, noise, slope, toySession, WIDTH } from "./_toy.ts";

Deno.test("refineIdentities() gives each row its own class vector and mask, in any batch", async () => {
  await using session = await toySession();
  const draw = (row: number) => noise(50 + row, WIDTH, 2);
  const run = async (rows: number[], batchSize: number) => {
    const results = await Array.fromAsync(
      refineIdentities(session, draw, { seed: 3, rows, cap: 6, batchSize, targets: { yaw: 10 } }),
    );
    return results.sort((a, b) => a.row - b.row);
  };
  const all = await run([0, 1, 2, 3, 4], 3);
  assert.deepEqual(
    all.map(({ row, attempt, settled }) => [row, attempt, settled]),
    [0, 1, 2, 3, 4].map((row) => [row, 0, true]),
  );
  assert.deepEqual(await run([3], 1), [all[3]!]);
  assert.deepEqual(Object.keys(all[0]!.measured), ["identity", "quality", "yaw"]);
});

Deno.test("refineIdentities() replaces rejected rows as often as allowed, and lists every try", async () => {
  // Row r is reachable from attempt r on.
  const draw = (row: number, attempt: number) => Float32Array.of(attempt >= row ? 0.02 : 50);
  const results = await Array.fromAsync(
    refineIdentities(slope(), draw, { seed: 1, rows: [0, 1, 2, 3], attempts: 3, cap: 2, batchSize: 2 }),
  );
  const of = (row: number) =>
    results.filter((result) => result.row === row).map(({ attempt, reason, settled }) => [attempt, reason, settled]);
  assert.deepEqual(of(0), [[0, "accepted", true]]);
  assert.deepEqual(of(1), [[0, "cap", false], [1, "accepted", true]]);
  assert.deepEqual(of(2), [[0, "cap", false], [1, "cap", false], [2, "accepted", true]]);
  assert.deepEqual(of(3), [[0, "cap", false], [1, "cap", false], [2, "cap", true]]);
});

Deno.test("refineIdentities() replaces a last row too, and rows that are not finite", async () => {
  const draw = (_row: number, attempt: number) => Float32Array.of(attempt === 0 ? NaN : 0.02);
  const results: RefinedIdentity[] = await Array.fromAsync(
    refineIdentities(slope(), draw, { seed: 1, rows: [5], attempts: 2 }),
  );
  assert.deepEqual(results.map(({ reason, settled }) => [reason, settled]), [["not finite", false], [
    "accepted",
    true,
  ]]);
});

Deno.test("refineIdentities() draws the masks of a row and attempt from a stream of their own", async () => {
  const drawn: number[] = [];
  const evaluator: AttributeEvaluator = {
    ...slope(),
    drawMask: (stream) => {
      drawn.push(stream.uniform());
      return NO_MASK;
    },
  };
  await Array.fromAsync(refineIdentities(evaluator, () => Float32Array.of(0.02), { seed: 8, rows: [4, 9] }));
  const expected = [4, 9].map((row) => new RandomStream(8, "refine-mask", row, 0).uniform());
  assert.deepEqual(drawn, expected);
});

Deno.test("refineIdentities() throws RangeError when the attempts cannot work", async () => {
  for (const attempts of [0, 1.5, NaN]) {
    const stream = refineIdentities(slope(), () => Float32Array.of(1), { seed: 1, rows: [1], attempts });
    await assert.rejects(
      Array.fromAsync(stream),
      (e) => e instanceof RangeError && e.message.includes(`${attempts} attempts`),
    );
  }
});
