import assert from "node:assert/strict";
import {
  consistency,
  diversity,
  type IdentityRows,
  type IdentityStatisticsOptions,
  type MeasuredIdentity,
  measureIdentities,
} from "@/metrics/mod.ts";
import { assertAllClose } from "../_assert_close.ts";
import { withDir } from "../datasets/_paths.ts";
import { fixture, numbers, SET, setOf, watched } from "./_fixture.ts";

const EXACT = { atol: 1e-9, rtol: 1e-9 };
const OPTIONS: IdentityStatisticsOptions = { threshold: fixture.threshold, vendi: true };
const expected = fixture.identities;

Deno.test("measureIdentities() equals numpy for every identity", async () => {
  const found = await measureIdentities(SET, OPTIONS);
  const close = (actual: Float64Array, wanted: (number | null)[], what: string) =>
    assertAllClose({ data: actual }, { data: numbers(wanted) }, EXACT, what);
  close(found.images, fixture.sizes, "images");
  close(found.length, expected.map((each) => each.length), "length");
  close(found.consistent, expected.map((each) => each.consistent), "consistent");
  close(found.pairMean, expected.map((each) => each.pairMean), "pair mean");
  close(found.pairLeast, expected.map((each) => each.pairLeast), "pair least");
  close(found.vendi, expected.map((each) => each.vendi), "vendi");
  close(found.ownLeast, expected.map(({ own }) => Math.min(...own)), "least");
  close(found.ownMean, expected.map(({ own }) => own.reduce((a, b) => a + b) / own.length), "mean");
  assert.equal(found.others.missing, fixture.sizes.filter((n) => n === 1).length);
  assert.ok(Math.abs(found.own.mean - fixture.distribution.mean) < 1e-9);
});

Deno.test("consistency() and diversity() equal the formulae of DCFace", async () => {
  const found = await measureIdentities(SET, OPTIONS);
  assert.ok(Math.abs(consistency(found) - fixture.consistency) < 1e-12);
  const { distance, vendi, identities, vendiShare } = diversity(found);
  assert.ok(Math.abs(distance - fixture.diversity) < 1e-9);
  assert.ok(Math.abs(vendi - fixture.vendi) < 1e-9);
  assert.equal(identities, fixture.sizes.filter((n) => n > 1).length);
  assert.ok(vendiShare > 0 && vendiShare < 1);
  assert.throws(() => consistency({ images: new Float64Array(0), consistent: new Float64Array(0) }), RangeError);
});

Deno.test("measureIdentities() hands on centres and cosines, identity after identity", async () => {
  const centres: number[] = [], own: number[] = [], others: number[] = [], order: number[] = [];
  const onIdentity = (each: MeasuredIdentity) => {
    order.push(each.identity);
    centres.push(...each.centre);
    own.push(...each.own);
    others.push(...each.others);
    assert.ok(each.norms.every((norm) => norm > 10 && norm < 30));
  };
  await measureIdentities(SET, { ...OPTIONS, onIdentity });
  assert.deepEqual(order, fixture.sizes.map((_, c) => c));
  const compare = (actual: number[], wanted: (number | null)[]) =>
    assertAllClose({ data: Float64Array.from(actual) }, { data: numbers(wanted) }, EXACT);
  compare(centres, fixture.centres);
  compare(own, expected.flatMap((each) => each.own));
  compare(others, expected.flatMap((each) => each.others));
});

Deno.test("measureIdentities() lists what does not fit and what is there twice", async () => {
  const { outliers, duplicates, duplicatePairs, duplicateRows } = await measureIdentities(SET, {
    ...OPTIONS,
    listed: 3,
    duplicate: 0.999,
  });
  assert.equal(outliers.length, 3);
  assert.deepEqual([outliers[0]!.row, outliers[0]!.identity], [7, 1]); // the image of somebody else
  assert.deepEqual(duplicates.map(({ row, other, identity }) => [row, other, identity]), [[19, 20, 3]]);
  assert.deepEqual([...duplicatePairs].flatMap((n, c) => n > 0 ? [[c, n]] : []), [[3, 1]]);
  assert.equal(duplicateRows[3], 1);
});

Deno.test("measureIdentities() reads each row once, in order and in parts", async () => {
  const { rows, asked } = watched(SET.rows);
  await measureIdentities({ ...SET, rows }, OPTIONS);
  const starts = [...SET.starts];
  assert.deepEqual(asked, starts.slice(1).map((end, c) => [starts[c], end]));
});

Deno.test("measureIdentities() draws the images it compares of a large identity and still counts all", async () => {
  const many = Array.from({ length: 9000 }, (_, i) => [1 + (i % 7) / 10, 1, (i % 11) / 10]).flat();
  const { rows, asked } = watched(setOf(many, 3, [9000]).rows);
  const set: IdentityRows = { rows, starts: Int32Array.of(0, 9000), nameOf: String };
  const some = await measureIdentities(set, { pairImages: 20, seed: 3 });
  assert.deepEqual([some.images[0], some.compared[0], some.pairs.count], [9000, 20, 190]);
  assert.ok(asked.every(([from, to]) => to - from <= 4096));
  const whole = await measureIdentities(setOf(many.slice(0, 3 * 77), 3, [77]));
  assert.ok(Math.abs(some.ownMean[0]! - whole.ownMean[0]!) < 1e-3);
  const again = await measureIdentities(set, { pairImages: 20, seed: 3 });
  assert.deepEqual(again.pairs.state(), some.pairs.state());
});

Deno.test("measureIdentities() goes on where it was stopped, with the same numbers", () =>
  withDir(async (dir) => {
    const state = { path: `${dir}/state.npz`, input: "a" };
    const stop = new AbortController(), seen: number[] = [];
    const onIdentity = ({ identity }: MeasuredIdentity) => {
      seen.push(identity);
      if (identity === 6) stop.abort(new Error("enough"));
    };
    await assert.rejects(measureIdentities(SET, { ...OPTIONS, state, onIdentity, signal: stop.signal }), /enough/);
    const told: number[] = [];
    const found = await measureIdentities(SET, {
      ...OPTIONS,
      ...{ state, onIdentity, onProgress: (done) => void told.push(done) },
    });
    assert.deepEqual(seen, fixture.sizes.map((_, c) => c)); // none twice, none left out
    assert.equal(told.at(-1), SET.starts.at(-1));
    const whole = await measureIdentities(SET, OPTIONS);
    for (const tally of ["own", "others", "pairs"] as const) {
      assert.deepEqual(found[tally].state(), whole[tally].state());
    }
    assert.deepEqual(
      { ...found, own: 0, others: 0, pairs: 0 },
      { ...whole, own: 0, others: 0, pairs: 0 },
    );
    await assert.rejects(measureIdentities(SET, { ...OPTIONS, state: { ...state, input: "b" } }), {
      name: "RangeError",
      message: /it belongs to .*"input":"a".*delete it/,
    });
  }));

Deno.test.each<[string, IdentityStatisticsOptions, RegExp]>([
  ["a threshold beyond 1", { threshold: 1.5 }, /threshold is 1.5/],
  ["pairs of one image", { pairImages: 1 }, /pairImages is 1/],
  ["half an outlier", { listed: 0.5 }, /listed is 0.5/],
])("measureIdentities() refuses %s", async (_what, options, message) => {
  await assert.rejects(measureIdentities(SET, options), { name: "RangeError", message });
});
