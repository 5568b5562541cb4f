import assert from "node:assert/strict";
import { mergedIdentities } from "@/metrics/mod.ts";
import { arrayVectors } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { unitRows } from "@/similarity/mod.ts";
import { withDir } from "../datasets/_paths.ts";
import { CENTRES, fixture } from "./_fixture.ts";

Deno.test("mergedIdentities() finds the groups that scipy finds", async () => {
  const found = await mergedIdentities(CENTRES, { threshold: fixture.merge });
  assert.deepEqual(found.groups, fixture.merged.groups);
  assert.equal(found.pairs, fixture.merged.pairs);
  assert.equal(found.identities, fixture.merged.groups.flat().length);
  assert.equal(found.closest.length, found.pairs);
  for (const [k, { across, cosine }] of found.closest.entries()) {
    assert.ok(across > fixture.merge && cosine >= across);
    assert.ok(k === 0 || across <= found.closest[k - 1]!.across);
  }
});

Deno.test("mergedIdentities() lists as many as asked and counts all", async () => {
  const found = await mergedIdentities(CENTRES, { threshold: 0, listed: 1 });
  assert.ok(found.pairs > 1 && found.closest.length === 1 && found.groups.length === 1);
  await assert.rejects(mergedIdentities(CENTRES, { threshold: -0.1 }), { name: "RangeError" });
});

Deno.test("mergedIdentities() goes on where it was stopped, with the result of a pass that never was", () =>
  withDir(async (dir) => {
    const count = 10_000, width = 16; // more rows than are compared between two states
    const stream = new RandomStream(5, "centres"),
      values = Float32Array.from({ length: count * width }, () => stream.normal());
    for (let row = 0; row < count; row++) {
      const centre = values.subarray(row * width, (row + 1) * width), length = Math.hypot(...centre);
      centre.forEach((value, k) => centre[k] = 0.98 * value / length);
    }
    const centres = unitRows(arrayVectors(values, width, "many")), options = { threshold: 0.8, listed: 20 };
    const whole = await mergedIdentities(centres, options);
    assert.ok(whole.pairs > 100 && whole.groups.length > 5, `${whole.pairs} pairs, ${whole.groups.length} groups`);
    const state = { path: `${dir}/state.npz`, input: "a" }, stop = new AbortController();
    const stopped = mergedIdentities(centres, {
      ...{ ...options, state, signal: stop.signal },
      onProgress: (done, total) => done > 0.98 * total ? stop.abort() : undefined,
    });
    await assert.rejects(stopped, { name: "AbortError" });
    const told: [number, number][] = [];
    const onProgress = (done: number, total: number) => void told.push([done, total]);
    assert.deepEqual(await mergedIdentities(centres, { ...options, state, onProgress }), whole);
    assert.ok(told[0]![0] > 0.9 * told[0]![1], "the first part is not done again");
    assert.equal(told.at(-1)![0], told[0]![1]);
    told.length = 0;
    assert.deepEqual(await mergedIdentities(centres, { ...options, state, onProgress }), whole);
    assert.deepEqual(told, [], "nothing is left to do");
    const other = { ...options, threshold: 0.85 };
    await assert.rejects(mergedIdentities(centres, { ...other, state }), { message: /it belongs to/ });
    const anew = await mergedIdentities(centres, { ...other, state: { ...state, replace: true } });
    assert.deepEqual(anew, await mergedIdentities(centres, other));
  }));
