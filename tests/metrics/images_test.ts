import assert from "node:assert/strict";
import { arrayDataset, embedRows } from "@/datasets/mod.ts";
import { arrayVectors } from "@/identity/mod.ts";
import { encodePng, filled } from "@/images/mod.ts";
import {
  imageProfiler,
  measureAppearance,
  PoseDrift,
  PROFILE_COLUMNS,
  repeatedImages,
  spreadWithin,
} from "@/metrics/mod.ts";
import { assertAllClose } from "../_assert_close.ts";
import { withDir } from "../datasets/_paths.ts";
import { fixture, numbers, setOf, watched } from "./_fixture.ts";

const recogniser = {
  vectorSize: 2,
  imageSize: 16,
  embed: (x: Float32Array, n: number) =>
    Promise.resolve(Float32Array.from({ length: 2 * n }, (_, i) => x[768 * (i >> 1)]! + (i & 1))),
};

Deno.test("imageProfiler() makes one row of what all judges say", async () => {
  const bytes = await Promise.all(
    [[255, 0, 51], [0, 0, 0], [255, 0, 51]].map((c) => encodePng(filled(16, 16, c as [number, number, number]))),
  );
  const faces = arrayDataset(bytes.map((each) => ({ label: 0, bytes: each })));
  const pose = {
    imageSize: 16,
    estimate: (_: Float32Array, n: number) =>
      Promise.resolve({ yaw: Array(n).fill(1), pitch: Array(n).fill(2), roll: Array(n).fill(3) }),
  };
  const quality = {
    imageSize: 16,
    estimate: (_: Float32Array, n: number) => Promise.resolve(new Float32Array(n).fill(4)),
  };
  const rows = await Array.fromAsync(embedRows(faces, imageProfiler({ recogniser, pose, quality })));
  const [a, b, c] = rows.map(({ feature }) => feature!);
  assert.deepEqual([...a!.subarray(0, 6)], [1, 2, 1, 2, 3, 4]);
  const thumbnail = 2 + PROFILE_COLUMNS.thumbnail;
  assert.deepEqual([...a!.subarray(thumbnail, thumbnail + 3)].map(Math.round), [255, 0, 51]);
  assert.deepEqual(a, c);
  const hash = (row: Float32Array) => [...row.subarray(2 + PROFILE_COLUMNS.hash, 2 + PROFILE_COLUMNS.hash + 3)];
  assert.notDeepEqual(hash(a!), hash(b!));
  assert.ok(hash(a!).every((part) => Number.isInteger(part) && part >= 0 && part < 2 ** 24));
});

Deno.test("imageProfiler() leaves out what nobody judges and refuses judges of another size", async () => {
  const row = await imageProfiler({ recogniser }).embed(new Float32Array(768), 1);
  assert.deepEqual([...row.subarray(2, 6)], [NaN, NaN, NaN, NaN]);
  const quality = { imageSize: 8, estimate: () => Promise.resolve(new Float32Array(1)) };
  assert.throws(() => imageProfiler({ recogniser, quality }), {
    name: "TypeError",
    message: /the recogniser takes 16 pixels, the quality estimator 8/,
  });
});

Deno.test("repeatedImages() finds equal hashes wherever they are", () => {
  const rows = [[1, 2, 3], [4, 5, 6], [1, 2, 3], [2, 1, 3], [4, 5, 6], [1, 2, 3]];
  const hashes = arrayVectors(Float32Array.from(rows.flat()), 3, "six");
  assert.deepEqual(repeatedImages(hashes), { count: 3, groups: [[0, 2, 5], [1, 4]] });
  assert.deepEqual(repeatedImages(hashes, 1), { count: 3, groups: [[0, 2, 5]] });
  assert.throws(() => repeatedImages(arrayVectors(new Float32Array(2), 2, "one")), { name: "TypeError" });
});

Deno.test("measureAppearance() equals all pairs by numpy and finds images that look alike", async () => {
  const { values, variation } = fixture.thumbnails;
  const set = setOf(values, 6, fixture.sizes);
  const found = await measureAppearance(set);
  assertAllClose({ data: found.byIdentity }, { data: numbers(variation) }, { atol: 1e-9, rtol: 1e-9 });
  assert.deepEqual([found.alike, found.compared], [1, values.length / 6]);
  assert.deepEqual(found.closest, [{ row: 19, other: 20, identity: 3, cosine: 1 - 1 / 255 }]);
  assert.equal(
    (await measureAppearance(set, { pairImages: 2 })).compared,
    fixture.sizes.reduce((n, m) => n + Math.min(2, m), 0),
  );
  await assert.rejects(measureAppearance(set, { pairImages: 1 }), { name: "RangeError" });
});

Deno.test("measureAppearance() goes on where it was stopped, reading no identity again", () =>
  withDir(async (dir) => {
    const set = setOf(fixture.thumbnails.values, 6, fixture.sizes), whole = await measureAppearance(set);
    const state = { path: `${dir}/state.npz`, input: "a" }, stop = new AbortController();
    const half = Math.floor(fixture.sizes.length / 2), first = set.starts[half]!;
    const onProgress = (done: number) => done >= first ? stop.abort() : undefined;
    await assert.rejects(measureAppearance(set, { state, signal: stop.signal, onProgress }), { name: "AbortError" });
    const { rows, asked } = watched(set.rows);
    const rest = await measureAppearance({ ...set, rows }, { state });
    assert.deepEqual({ ...rest, variation: 0 }, { ...whole, variation: 0 });
    assert.deepEqual(rest.variation.state(), whole.variation.state());
    assert.equal(Math.min(...asked.map(([from]) => from)), first);
    asked.length = 0;
    assert.deepEqual((await measureAppearance({ ...set, rows }, { state })).closest, whole.closest);
    assert.deepEqual(asked, [], "nothing is left to do");
    await assert.rejects(measureAppearance(set, { state: { ...state, input: "b" } }), { message: /it belongs to/ });
    await measureAppearance({ ...set, rows }, { state: { ...state, input: "b", replace: true } });
    assert.equal(asked[0]![0], 0, "another input begins anew");
  }));

Deno.test("PoseDrift sorts cosines by angle", () => {
  const { yaw, edges, drift } = fixture.pose;
  const found = new PoseDrift(edges);
  yaw.forEach((angle, i) => found.add(angle, fixture.distribution.values[i]!));
  found.add(NaN, 1);
  found.report().forEach(({ count, mean, quantiles }, k) => {
    assert.equal(count, drift[k]!.count);
    assert.ok(Math.abs(mean! - drift[k]!.mean) < 1e-12);
    assert.ok(quantiles![0] <= quantiles![1] && quantiles![1] <= quantiles![2]);
  });
  assert.deepEqual(new PoseDrift([0, 1]).report(), [{ from: 0, to: 1, count: 0, mean: null, quantiles: null }]);
  assert.throws(() => new PoseDrift([0]), { name: "RangeError" });
});

Deno.test("spreadWithin() is numpy's standard deviation of each identity", () => {
  const starts = setOf(fixture.features, fixture.width, fixture.sizes).starts;
  const found = spreadWithin(starts, fixture.pose.yaw);
  assertAllClose({ data: found }, { data: numbers(fixture.pose.within) }, { atol: 1e-10, rtol: 1e-10 });
  assert.deepEqual([...spreadWithin(Int32Array.of(0, 3), [1, NaN, 3])], [1]);
});
