import {
  type GenerationPlan,
  type IdentityRecord,
  makePlan,
  plannedImages,
  planSize,
  type RecipeRefinement,
  type RefinedRow,
  refinePlan,
  type RefineProgress,
} from "@/generation/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";
import { someRecipe, someVectors, WIDTH } from "./_fake.ts";
import { fakeAttributes, someRefinement } from "./_fake_attributes.ts";

const COUNT = 12;
const ROWS = Array.from({ length: COUNT }, (_, row) => row);
const vectors = {
  ...someVectors(COUNT),
  redraw: (row: number, attempt: number) =>
    new RandomStream(11, "replacement", row, attempt).fillNormal(new Float32Array(WIDTH)),
};
/** Rows that the fake can't bring to their identity. */
const hopeless = ROWS.filter((row) => vectors.vector(row)[2]! >= 0.8);

/** Refines rows in memory. */
async function refine(
  change: Partial<RecipeRefinement> = {},
  { rows = ROWS, batchSize = 8, signal }: { rows?: number[]; batchSize?: number; signal?: AbortSignal } = {},
): Promise<{ stored: RefinedRow[]; progress: RefineProgress[] }> {
  const stored: RefinedRow[] = [], progress: RefineProgress[] = [];
  const recipe = someRecipe(COUNT, 2, { refinement: someRefinement(change) });
  await refinePlan({ recipe, vectors }, rows, fakeAttributes(), {
    add: (more) => Promise.resolve(void stored.push(...more)),
  }, { batchSize, onProgress: (now) => progress.push(now), ...(signal === undefined ? {} : { signal }) });
  return { stored, progress };
}

Deno.test("refinePlan() settles rows in order, and tells why some are rejected", async () => {
  assert.ok(hopeless.length > 0 && hopeless.length < COUNT / 2, "the fake rejects some");
  const { stored, progress } = await refine();
  assert.deepEqual(stored.map(({ record }) => record.identity), ROWS);
  for (const { record, vector } of stored) {
    const start = vectors.vector(record.identity), failed = hopeless.includes(record.identity);
    const { identity, attempt, accepted, reason, cosine, used } = record;
    assert.deepEqual(
      { attempt, accepted, reason, cosine, used },
      failed
        ? { attempt: 0, accepted: false, reason: "cap", cosine: 0.5, used: false }
        : { attempt: 0, accepted: true, reason: "accepted", cosine: 0.9, used: true },
      `row ${identity}`,
    );
    if (failed) continue;
    assert.ok(record.quality! >= 19 && record.iterations >= 1);
    assert.equal(vector[1], start[1]);
    assert.ok(Math.abs(vector[0]! - start[0]! - 0.1 * (record.iterations - 1)) < 1e-4);
  }
  const accepted = COUNT - hopeless.length;
  assert.deepEqual(progress.at(-1), { done: COUNT, total: COUNT, accepted, rejected: hopeless.length });
});

Deno.test("refinePlan() gives the same rows and lines for any batch size, and for each row alone", async () => {
  const { stored } = await refine({ rejected: "replace", attempts: 4 });
  for (const batchSize of [1, 5]) {
    assert.deepEqual((await refine({ rejected: "replace", attempts: 4 }, { batchSize })).stored, stored);
  }
  for (const row of [hopeless[0]!, 3]) {
    assert.deepEqual((await refine({ rejected: "replace", attempts: 4 }, { rows: [row] })).stored, [stored[row]]);
  }
});

Deno.test("refinePlan() replaces what is rejected, and lists what was refused", async () => {
  const { stored } = await refine({ rejected: "replace", attempts: 6 });
  for (const row of hopeless) {
    const { record, vector } = stored[row]!, { refused = [] } = record;
    assert.deepEqual(refused.map(({ attempt }) => attempt), Array.from({ length: record.attempt }, (_, i) => i));
    assert.ok(refused.every(({ accepted, reason, cosine }) => !accepted && reason === "cap" && cosine === 0.5));
    assert.ok(record.accepted && record.used && record.attempt > 0);
    assert.equal(vector[5], vectors.redraw(row, record.attempt)[5]);
  }
  const { stored: few } = await refine({ rejected: "replace", attempts: 1 });
  assert.deepEqual(few.filter(({ record }) => !record.used).map(({ record }) => record.identity), hopeless);
});

Deno.test("refinePlan() keeps the best vector when asked, unless there never was a finite image", async () => {
  const { stored } = await refine({ rejected: "keep" });
  assert.ok(stored.every(({ record }) => record.used));
  const lost: RefinedRow[] = [];
  const recipe = someRecipe(1, 2, { refinement: someRefinement({ rejected: "keep" }) });
  const broken = fakeAttributes();
  broken.evaluate = () => {
    const numbers = Float32Array.of(NaN, NaN);
    return Promise.resolve([{
      loss: NaN,
      gradient: new Float32Array(WIDTH),
      image: numbers,
      measured: numbers,
      miss: numbers,
    }]);
  };
  await refinePlan({ recipe, vectors }, [4], broken, { add: (more) => Promise.resolve(void lost.push(...more)) });
  const expected: IdentityRecord = {
    ...{ identity: 4, attempt: 0, accepted: false, reason: "not finite", iterations: 1 },
    ...{ cosine: null, quality: null, used: false },
  };
  assert.deepEqual(lost.map(({ record }) => record), [expected]);
});

Deno.test("refinePlan() stops when asked, and keeps what is settled", async () => {
  const stop = new AbortController();
  const stored: RefinedRow[] = [];
  const recipe = someRecipe(COUNT, 2, { refinement: someRefinement() });
  const run = refinePlan({ recipe, vectors }, ROWS, fakeAttributes(), {
    add: (more) => Promise.resolve(void stored.push(...more)),
  }, {
    batchSize: 3,
    signal: stop.signal,
    onProgress: ({ done }) => {
      if (done === 4) stop.abort(new DOMException("enough", "AbortError"));
    },
  });
  await assert.rejects(run, { name: "AbortError" });
  assert.ok(stored.length >= 4 && stored.length < COUNT, `${stored.length} rows`);
});

Deno.test("refinePlan() refuses networks of another width, and replacements where there are none", async () => {
  const recipe = someRecipe(COUNT, 2, { refinement: someRefinement({ rejected: "replace" }) });
  const store = { add: () => Promise.resolve() };
  await assert.rejects(refinePlan({ recipe, vectors: someVectors(COUNT) }, ROWS, fakeAttributes(), store), {
    name: "TypeError",
    message: /Cannot replace rejected identities of some vectors/,
  });
  await assert.rejects(refinePlan({ recipe, vectors }, ROWS, fakeAttributes({ width: 9 }), store), {
    name: "TypeError",
    message: /some vectors has vectors of 16 values, the network takes 9/,
  });
});

Deno.test("planSize() and plannedImages() leave out identities without images", () => {
  const plan: GenerationPlan = {
    ...makePlan(someRecipe(COUNT, 2), vectors, { startEnd: [2, 5] }),
    leftOut: new Set([1, 3, 5]),
  };
  assert.equal(planSize(plan), 4);
  assert.deepEqual([...plannedImages(plan)].map(({ identity }) => identity), [2, 2, 4, 4]);
});
