import {
  ATTRIBUTE_PRESETS,
  type AttributeSample,
  createAttributeSession,
  optimiseAsReference,
  presetObjectives,
} from "@/attributes/mod.ts";
import assert from "node:assert/strict";
import { referenceFixture, referenceMasks, referenceNetworks, type ReferenceRun } from "./_fixtures.ts";
import { heights, NO_MASK, slope } from "./_toy.ts";

const fixture = referenceFixture();
const masks = referenceMasks(fixture);
const { decoder, ...networks } = referenceNetworks();

function samplesOf({ quality, yaw }: ReferenceRun): AttributeSample[] {
  return fixture.start.map((row, i) => ({
    vector: Float32Array.from(row),
    mask: masks[i]!,
    targets: { identity: Float32Array.from(fixture.classes[i]!), quality, yaw },
  }));
}

function close(found: number, expected: number, relative: number, what: string): void {
  assert.ok(
    Math.abs(found - expected) <= relative * Math.abs(expected),
    `${what}: found ${found}, PyTorch has ${expected}`,
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

Deno.test("optimiseAsReference() has the losses of the reference's gen_image over 20 iterations", async () => {
  const { endless } = fixture;
  const objectives = presetObjectives(ATTRIBUTE_PRESETS.vec2face, networks, { unsigned: true });
  await using session = await createAttributeSession(decoder, objectives, { threads: 1 });
  const { iterations, reason } = await optimiseAsReference(session, samplesOf(endless), { cap: 20 });
  assert.equal(reason, "cap");
  assert.equal(iterations.length, 20);
  assert.ok(endless.losses[19]! < 0.8 * endless.losses[0]!, "the fixture goes somewhere");
  iterations.forEach(({ loss, miss, counted }, i) => {
    close(loss, endless.losses[i]!, 1e-4, `loss ${i}`);
    close(miss["identity"]!, mean(endless.cosines[i]!.map((cosine) => 1 - cosine)), 1e-4, `identity ${i}`);
    close(miss["yaw"]!, mean(endless.yaws![i]!.map((yaw) => Math.abs(endless.yaw - Math.abs(yaw)))), 1e-4, `yaw ${i}`);
    assert.equal(counted, false);
  });
});

Deno.test("optimiseAsReference() stops when the reference does, after a step and a decoding more", async () => {
  const { ending } = fixture;
  const objectives = presetObjectives(ATTRIBUTE_PRESETS.vec2face, { ...networks, pose: undefined });
  await using session = await createAttributeSession(decoder, objectives, { threads: 1 });
  const result = await optimiseAsReference(session, samplesOf(ending), { cap: 100, counted: 3 });
  assert.deepEqual([result.reason, result.iterations.length], ["counted", ending.losses.length]);
  assert.ok(result.iterations.some(({ counted }) => !counted), "some iterations did not count");
  result.iterations.forEach(({ loss }, i) => close(loss, ending.losses[i]!, 1e-4, `loss ${i}`));
  ending.final.vectors.forEach((row, i) =>
    row.forEach((x, d) => assert.ok(Math.abs(result.vectors[i]![d]! - x) < 2e-3, `vector ${i}, ${d}`))
  );
  // Every 28th pixel of every 28th row.
  ending.final.image.forEach((row, i) => {
    const { image } = result.final[i]!;
    const picked = Array.from(
      { length: 48 },
      (_, k) => image[Math.floor(k / 16) * 112 ** 2 + Math.floor(k / 4) % 4 * 28 * 112 + k % 4 * 28]!,
    );
    row.forEach((x, k) => assert.ok(Math.abs(picked[k]! - x) < 2e-3, `pixel ${i}, ${k}`));
  });
});

Deno.test("optimiseAsReference() lets one vector hold up the batch, up to the cap", async () => {
  const samples = heights(0.01, 9).map(({ vector }) => ({ vector, mask: NO_MASK, targets: {} }));
  const result = await optimiseAsReference(slope(0.1), samples, { cap: 7 });
  assert.deepEqual([result.reason, result.iterations.length], ["cap", 7]);
  const quick = await optimiseAsReference(slope(0.1), samples.slice(0, 1), { cap: 7 });
  assert.deepEqual([quick.reason, quick.iterations.length], ["counted", 1]);
  assert.notEqual(quick.vectors[0]![0], Math.fround(0.01), "it steps even when the start was fine");
});

Deno.test("optimiseAsReference() draws masks for every iteration and for the final image", async () => {
  const asked: [number, number][] = [];
  const samples = heights(3, 4).map(({ vector }) => ({ vector, mask: NO_MASK, targets: {} }));
  await optimiseAsReference(slope(), samples, {
    cap: 2,
    maskOf: (iteration, sample) => {
      asked.push([iteration, sample]);
      return NO_MASK;
    },
  });
  assert.deepEqual(asked, [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]]);
});

Deno.test("optimiseAsReference() throws RangeError when an option cannot work", async () => {
  const samples = heights(1).map(({ vector }) => ({ vector, mask: NO_MASK, targets: {} }));
  await assert.rejects(optimiseAsReference(slope(), samples, { cap: 0 }), /the cap is 0/);
  await assert.rejects(optimiseAsReference(slope(), samples, { cap: 1, counted: 0 }), /counted iterations is 0/);
  await assert.rejects(optimiseAsReference(slope(), [], { cap: 1 }), /the batch is 0/);
});
