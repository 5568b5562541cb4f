import assert from "node:assert/strict";
import {
  classRecall,
  FeatureMoments,
  frechetDistance,
  kernelDistance,
  manifoldRadii,
  measureMoments,
  precisionRecall,
  shareInside,
  vendiScore,
} from "@/metrics/mod.ts";
import { arrayVectors } from "@/identity/mod.ts";
import { assertAllClose } from "../_assert_close.ts";
import { withDir } from "../datasets/_paths.ts";
import { fixture, REAL, SET, setOf, watched } from "./_fixture.ts";

const { width } = fixture;
const real = Float32Array.from(fixture.real.features), made = Float32Array.from(fixture.features);

function momentsOf(rows: Float32Array, piece: number): FeatureMoments {
  const moments = new FeatureMoments(width);
  for (let at = 0; at < rows.length; at += piece * width) moments.add(rows.subarray(at, at + piece * width));
  return moments;
}

Deno.test("FeatureMoments equals numpy.cov, whatever the pieces", () => {
  for (const piece of [1, 7, 1000]) {
    const moments = momentsOf(real, piece);
    assert.equal(moments.count, real.length / width);
    const tolerance = { atol: 1e-11, rtol: 1e-11 };
    assertAllClose({ data: moments.mean }, { data: Float64Array.from(fixture.mean) }, tolerance, "mean");
    const expected = Float64Array.from(fixture.covariance);
    assertAllClose({ data: moments.covariance() }, { data: expected }, tolerance, "covariance");
  }
});

Deno.test("FeatureMoments does not cancel far from the origin and refuses NaN", () => {
  const moments = new FeatureMoments(1);
  moments.add(Float32Array.from({ length: 1000 }, (_, i) => 1e6 + i % 2));
  assert.ok(Math.abs(moments.covariance()[0]! - 250 / 999) < 1e-9);
  assert.throws(() => moments.add(Float32Array.of(NaN)), { name: "RangeError", message: /column 0 is NaN/ });
  assert.throws(() => new FeatureMoments(1).covariance(), { name: "RangeError", message: /0 rows/ });
});

Deno.test("measureMoments() goes on where it was stopped, bit by bit the moments of a pass that never was", () =>
  withDir(async (dir) => {
    const rows = arrayVectors(Float32Array.from({ length: 30_000 }, (_, k) => Math.sin(k * k)), 3, "many");
    const whole = await measureMoments(rows), state = { path: `${dir}/state.npz`, input: "a" };
    const stop = new AbortController(), onProgress = () => stop.abort();
    await assert.rejects(measureMoments(rows, { state, signal: stop.signal, onProgress }), { name: "AbortError" });
    const { rows: seen, asked } = watched(rows);
    const rest = await measureMoments(seen, { state });
    assert.deepEqual(rest.state(), whole.state());
    assert.deepEqual(asked, [[4096, 8192], [8192, 10_000]], "the first part is not read again");
    asked.length = 0;
    assert.deepEqual((await measureMoments(seen, { state })).state(), whole.state());
    assert.deepEqual(asked, [], "nothing is left to do");
    await assert.rejects(measureMoments(rows, { state: { ...state, input: "b" } }), { message: /it belongs to/ });
    await measureMoments(seen, { state: { ...state, input: "b", replace: true } });
    assert.equal(asked[0]![0], 0, "another input begins anew");
    assert.throws(() => new FeatureMoments(2).restore(whole.state()), {
      name: "SyntaxError",
      message: /13 values, expected 7/,
    });
  }));

Deno.test("frechetDistance() equals scipy's sqrtm", () => {
  const [a, b] = [momentsOf(real, 50), momentsOf(made, 50)];
  assert.ok(Math.abs(frechetDistance(a, b) / fixture.fid - 1) < 1e-9);
  assert.ok(Math.abs(frechetDistance(b, a) / fixture.fid - 1) < 1e-9);
  assert.ok(Math.abs(frechetDistance(a, a)) < 1e-9);
  assert.throws(() => frechetDistance(a, new FeatureMoments(3)), { name: "TypeError" });
});

Deno.test("kernelDistance() equals scikit-learn's polynomial kernel on all rows", () => {
  const { rows, value } = fixture.kid;
  const [a, b] = [real, made].map((all) => all.slice(0, rows * width)) as [Float32Array, Float32Array];
  const found = kernelDistance(a, b, width, { subsets: 2 });
  assert.ok(Math.abs(found.mean / value - 1) < 1e-9, `${found.mean} ${value}`);
  assert.ok(found.sd < 1e-9 * value && found.subset === rows);
});

Deno.test("kernelDistance() draws subsets by its seed", () => {
  const draw = (seed: number) => kernelDistance(real, made, width, { subsets: 3, subsetSize: 20, seed });
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  assert.equal(draw(1).subset, 20);
  assert.throws(() => kernelDistance(real, made.slice(0, width), width), { name: "RangeError" });
});

Deno.test("precisionRecall() equals scikit-learn's neighbours", () => {
  const { precision, recall } = fixture.manifold;
  assert.deepEqual(precisionRecall(real, made, width), { precision, recall });
  assert.throws(() => manifoldRadii(real.slice(0, 3 * width), width, 3), { name: "RangeError", message: /among 3/ });
  assert.throws(() => shareInside(new Float32Array(0), made, width, new Float64Array(1)), { name: "RangeError" });
});

Deno.test("classRecall() is the recall of each person's images and their mean", () => {
  const { byIdentity } = fixture.manifold as unknown as { byIdentity: Record<string, number> };
  const found = classRecall(REAL, SET);
  assert.deepEqual(Object.fromEntries(found.byName), byIdentity);
  const values = Object.values(byIdentity);
  assert.ok(Math.abs(found.mean - values.reduce((a, b) => a + b) / values.length) < 1e-15);
  assert.deepEqual(found.tooFew, ["2", "5", "9"]);
  const strangers = { ...SET, nameOf: (c: number) => `somebody ${c}` };
  assert.deepEqual([classRecall(REAL, strangers).identities, classRecall(REAL, strangers).mean], [0, NaN]);
  assert.throws(() => classRecall(REAL, setOf([1, 2], 1, [2])), { name: "TypeError" });
});

Deno.test("vendiScore() counts what is different", () => {
  const eye = Float64Array.from({ length: 25 }, (_, at) => at % 6 === 0 ? 1 : 0);
  assert.ok(Math.abs(vendiScore(eye) - 5) < 1e-12);
  assert.ok(Math.abs(vendiScore(new Float64Array(16).fill(1)) - 1) < 1e-12);
  assert.throws(() => vendiScore(new Float64Array(3)), { name: "TypeError" });
  assert.throws(() => vendiScore(Float64Array.of(1, NaN, NaN, 1)), { name: "RangeError" });
});
