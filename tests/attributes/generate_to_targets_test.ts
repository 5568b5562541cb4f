import { generateToTargets, scheduledAngle, type TargetedImage } from "@/attributes/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";
import { NO_MASK, noise, slope, toySession, WIDTH } from "./_toy.ts";

function entries(count: number): TargetedImage[] {
  const schedule = { kind: "uniform", from: -20, to: 20 } as const;
  return Array.from({ length: count }, (_, image) => {
    const identity = noise(70, WIDTH, 2), key = { seed: 2, identity: 6, image };
    const vector = identity.map((x, i) => x + noise(80 + image, WIDTH, 0.3)[i]!);
    return { row: 6, image, vector, identity, targets: { yaw: scheduledAngle(schedule, "yaw", key), quality: 1.5 } };
  });
}

Deno.test("generateToTargets() makes each image by itself: alone, in a batch, from an async source", async () => {
  await using session = await toySession();
  const all = await Array.fromAsync(generateToTargets(session, entries(5), { seed: 2, cap: 6, batchSize: 4 }));
  all.sort((a, b) => a.image - b.image);
  assert.deepEqual(all.map(({ row, image }) => [row, image]), [0, 1, 2, 3, 4].map((image) => [6, image]));
  async function* third() {
    await Promise.resolve();
    yield entries(5)[3]!;
  }
  assert.deepEqual(await Array.fromAsync(generateToTargets(session, third(), { seed: 2, cap: 6 })), [all[3]]);
});

Deno.test("generateToTargets() tells what was asked beside what was measured", async () => {
  await using session = await toySession();
  const [entry] = entries(1);
  const [result] = await Array.fromAsync(generateToTargets(session, [entry!], { seed: 2, cap: 3 }));
  assert.deepEqual(result!.asked, entry!.targets);
  assert.ok(Math.abs(Math.abs(result!.measured["yaw"]! - entry!.targets["yaw"]!) - result!.miss["yaw"]!) < 1e-5);
  assert.equal(result!.tensor!.length, 3 * 14 * 14);
});

Deno.test("generateToTargets() draws the masks that generation draws", async () => {
  const drawn: number[] = [];
  const evaluator = {
    ...slope(),
    drawMask: (stream: RandomStream) => {
      drawn.push(stream.uniform());
      return NO_MASK;
    },
  };
  const vector = Float32Array.of(0.02), entry = { row: 3, image: 8, vector, identity: vector, targets: {} };
  await Array.fromAsync(generateToTargets(evaluator, [entry], { seed: 12 }));
  assert.deepEqual(drawn, [new RandomStream(12, "mask", 3, 8).uniform()]);
});

Deno.test("generateToTargets() has no image when the vector is not finite", async () => {
  const vector = Float32Array.of(NaN), entry = { row: 0, image: 0, vector, identity: vector, targets: {} };
  const [result] = await Array.fromAsync(generateToTargets(slope(), [entry], { seed: 1 }));
  assert.deepEqual([result!.reason, "tensor" in result!], ["not finite", false]);
});
