import assert from "node:assert/strict";
import { identityFinder, mislabelledImages } from "@/metrics/mod.ts";
import { withDir } from "../datasets/_paths.ts";
import { CENTRES, fixture, numbers, SET } from "./_fixture.ts";

const others = numbers(fixture.identities.flatMap((each) => each.others));
const options = { threshold: fixture.threshold };

Deno.test("mislabelledImages() finds what going through all centres finds", async () => {
  const { rows, others: identities, cosines } = fixture.mislabelled;
  const found = await mislabelledImages(SET, CENTRES, (row) => others[row]!, options);
  assert.equal(found.count, rows.length);
  assert.deepEqual(found.worst.map(({ row }) => row), rows);
  assert.deepEqual(found.worst.map(({ other }) => other), identities);
  found.worst.forEach(({ cosine, own, row }, k) => {
    assert.ok(Math.abs(cosine - cosines[k]!) < 1e-6);
    assert.equal(own, others[row]);
  });
  assert.equal(found.nearestOther.count, others.length);
});

Deno.test("mislabelledImages() asks for a margin and lists as many as asked", async () => {
  const all = await mislabelledImages(SET, CENTRES, (row) => others[row]!, options);
  const far = await mislabelledImages(SET, CENTRES, (row) => others[row]!, { ...options, margin: 0.2, listed: 1 });
  assert.equal(far.count, all.worst.filter(({ own, cosine }) => cosine - own > 0.2).length);
  assert.deepEqual(far.worst, all.worst.slice(0, 1));
});

Deno.test("mislabelledImages() takes up a complete state", () =>
  withDir(async (dir) => {
    const state = { path: `${dir}/state.npz`, input: "a" };
    const first = await mislabelledImages(SET, CENTRES, (row) => others[row]!, { ...options, state });
    const again = await mislabelledImages(SET, CENTRES, () => assert.fail("nothing is left to do"), {
      ...options,
      state,
    });
    assert.deepEqual({ ...again, nearestOther: 0 }, { ...first, nearestOther: 0 });
    assert.deepEqual(again.nearestOther.state(), first.nearestOther.state());
  }));

Deno.test("mislabelledImages() wants a centre for each identity", async () => {
  const set = { ...SET, starts: Int32Array.of(0, SET.rows.count) };
  await assert.rejects(mislabelledImages(set, CENTRES, () => 0, options), {
    name: "TypeError",
    message: "Cannot look for mislabelled images: 12 centres for 1 identities",
  });
});

Deno.test("identityFinder() finds the identity of any row in any order", () => {
  const find = identityFinder(SET.starts);
  const expected = fixture.sizes.flatMap((n, c) => Array<number>(n).fill(c));
  const rows = expected.map((_, row) => row * 29 % expected.length);
  assert.deepEqual(rows.map(find), rows.map((row) => expected[row]));
});
