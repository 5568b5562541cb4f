import {
  type AttributeJob,
  type AttributeProgress,
  type AttributeResult,
  optimiseAttributes,
  runJobs,
} from "@/attributes/mod.ts";
import assert from "node:assert/strict";
import { heights, NO_MASK, slope } from "./_toy.ts";

function brief<T>(results: readonly AttributeResult<T>[]): [T, string, number][] {
  return results.map(({ tag, reason, iterations }) => [tag, reason, iterations]);
}

Deno.test("optimiseAttributes() accepts each sample by itself, and one that is fine at once", async () => {
  const results = await Array.fromAsync(optimiseAttributes(slope(), heights(0.3, 0.01, -0.2), { cap: 20 }));
  assert.deepEqual(brief(results), [[0.01, "accepted", 1], [-0.2, "accepted", 3], [0.3, "accepted", 4]]);
  assert.ok(results.every(({ accepted, excess }) => accepted && excess === 0));
  assert.deepEqual(results[0]!.vector, Float32Array.of(0.01), "the vector that was judged, without a step after it");
});

Deno.test("optimiseAttributes() fills places that become free, and never runs a finished sample again", async () => {
  const evaluator = slope(), finishedAt: number[] = [];
  const jobs = heights(0.5, 0.01, 0.25, 0.02, 0.35);
  for await (const { tag } of optimiseAttributes(evaluator, jobs, { batchSize: 2 })) finishedAt.push(tag);
  assert.deepEqual(
    finishedAt,
    [0.01, 0.02, 0.25, 0.35, 0.5].sort((a, b) => finishedAt.indexOf(a) - finishedAt.indexOf(b)),
  );
  assert.equal(finishedAt.length, 5);
  // Two a run as long as there are two; then smaller, not padded.
  const sizes = evaluator.batches.map((batch) => batch.length);
  assert.equal(sizes.reduce((a, b) => a + b, 0), 6 + 1 + 4 + 1 + 5, "one evaluation an iteration of a sample");
  assert.deepEqual(sizes.slice(0, 5), [2, 2, 2, 2, 2]);
  assert.ok(sizes.every((size, i) => i === 0 || size <= sizes[i - 1]!));
});

Deno.test("optimiseAttributes() asks for a job only when there is room", async () => {
  let asked = 0;
  async function* jobs(): AsyncGenerator<AttributeJob<number>> {
    for (const job of heights(0.01, 0.01, 0.01, 0.01)) {
      asked++;
      await Promise.resolve();
      yield job;
    }
  }
  const results = optimiseAttributes(slope(), jobs(), { batchSize: 1 });
  await results.next();
  assert.equal(asked, 1);
  await results.next();
  assert.equal(asked, 2);
  await results.return();
});

Deno.test("optimiseAttributes() closes the source of jobs when the caller leaves", async () => {
  let closed = false;
  function* jobs(): Generator<AttributeJob<number>> {
    try {
      yield* heights(0.01, 0.01, 0.01);
    } finally {
      closed = true;
    }
  }
  for await (const _ of optimiseAttributes(slope(), jobs(), { batchSize: 1 })) break;
  assert.ok(closed);
});

Deno.test("optimiseAttributes() ends at the cap and keeps the best so far", async () => {
  // Steps of 1 jump back and forth over the target: 0.6, -0.4, ... momentum carries it away and back.
  const [result] = await Array.fromAsync(
    optimiseAttributes(slope(0.001), heights(0.6), { cap: 6, learningRate: 1, history: true }),
  );
  const { history, best, excess, vector, measured, miss, image, iterations, reason, accepted } = result!;
  assert.deepEqual([reason, accepted, iterations, history!.length], ["cap", false, 6, 6]);
  const all = history!.map((step) => step.excess), least = Math.min(...all);
  assert.ok(all.at(-1)! > least, "the last is not the best, or this test shows nothing");
  assert.equal(excess, least);
  assert.equal(best, all.indexOf(least) + 1);
  assert.equal(vector[0], measured["height"]);
  assert.equal(image![0], vector[0]);
  assert.equal(miss["height"], Math.abs(vector[0]!));
  assert.equal(history![best - 1]!.measured["height"], vector[0]);
});

Deno.test("optimiseAttributes() ends at the budget, and asks for the time only when there is one", async () => {
  let now = 0;
  const options = { cap: 100, budget: 35, clock: () => now };
  const results: AttributeResult<number>[] = [];
  const jobs = heights(9, 0.01, 9);
  const stream = optimiseAttributes(slope(), jobs, {
    ...options,
    batchSize: 2,
    onProgress: () => {
      now += 10;
    },
  });
  for await (const result of stream) results.push(result);
  assert.deepEqual(brief(results), [[0.01, "accepted", 1], [9, "budget", 5], [9, "budget", 5]]);
  const clock = () => assert.fail("the time was asked for");
  await Array.fromAsync(optimiseAttributes(slope(), heights(0.2), { clock }));
});

Deno.test("optimiseAttributes() ends hostile vectors with a reason and leaves their neighbours alone", async () => {
  const evaluator = slope();
  const good = heights(0.3, 0.4), bad = heights(NaN, Infinity, -Infinity, 0, 1e-9, 1e30);
  const alone = await Array.fromAsync(optimiseAttributes(slope(), good, { batchSize: 1 }));
  const jobs = [good[0]!, ...bad, good[1]!];
  const results = await Array.fromAsync(optimiseAttributes(evaluator, jobs, { cap: 9, batchSize: 4 }));
  const reasonOf = (tag: number) => results.find((result) => Object.is(result.tag, tag))!.reason;
  assert.deepEqual(bad.map(({ tag }) => reasonOf(tag)), [
    "not finite",
    "not finite",
    "not finite",
    "no norm",
    "no norm",
    "cap",
  ]);
  for (const expected of alone) assert.deepEqual(results.find(({ tag }) => tag === expected.tag), expected);
  const refused = results.find(({ tag }) => Number.isNaN(tag))!;
  assert.deepEqual([refused.iterations, refused.best, refused.excess, refused.image], [0, 0, Infinity, undefined]);
  assert.ok(evaluator.batches.flat().every(Number.isFinite), "what is not finite is never run");
});

Deno.test("optimiseAttributes() ends a sample that becomes NaN on its way, with its best image", async () => {
  const evaluator = slope();
  evaluator.spoil = (x) => x < 0.25 && x > 0.15;
  const results = await Array.fromAsync(optimiseAttributes(evaluator, heights(0.4, -0.4), { cap: 9 }));
  const spoilt = results.find(({ tag }) => tag === 0.4)!, fine = results.find(({ tag }) => tag === -0.4)!;
  assert.deepEqual([spoilt.reason, spoilt.iterations, spoilt.best], ["not finite", 3, 2]);
  assert.ok(Math.abs(spoilt.vector[0]! - 0.3) < 1e-3 && spoilt.image![0] === spoilt.vector[0]);
  assert.equal(fine.reason, "accepted");
});

Deno.test("optimiseAttributes() ends a sample whose gradient is zero, or not finite", async () => {
  const flat = slope(), wild = slope();
  for (const [evaluator, value] of [[flat, 0], [wild, NaN]] as const) {
    const { evaluate } = evaluator;
    evaluator.evaluate = async (samples) =>
      (await evaluate(samples)).map((found) => ({ ...found, gradient: found.gradient.map(() => value) }));
  }
  const [stuck] = await Array.fromAsync(optimiseAttributes(flat, heights(3), { cap: 50 }));
  assert.deepEqual([stuck!.reason, stuck!.iterations], ["no gradient", 1]);
  const [lost] = await Array.fromAsync(optimiseAttributes(wild, heights(3), { cap: 50 }));
  assert.deepEqual([lost!.reason, lost!.iterations, lost!.best], ["not finite", 1, 1]);
});

Deno.test("optimiseAttributes() reports progress after each run", async () => {
  const seen: AttributeProgress<number>[] = [];
  await Array.fromAsync(
    optimiseAttributes(slope(), heights(0.12, 9), { cap: 3, onProgress: (progress) => void seen.push(progress) }),
  );
  assert.deepEqual(seen.map(({ runs, finished, accepted, active }) => [runs, finished, accepted, active.length]), [
    [1, 0, 0, 2],
    [2, 1, 1, 1],
    [3, 2, 1, 0],
  ]);
  assert.equal(seen[0]!.active[0]!.iterations, 1);
  assert.ok(Math.abs(seen[0]!.active[0]!.excess - 1.4) < 1e-5);
});

Deno.test("optimiseAttributes() stops when the signal fires", async () => {
  const controller = new AbortController();
  const stream = optimiseAttributes(slope(), heights(9), {
    cap: 1000,
    signal: controller.signal,
    onProgress: ({ runs }) => {
      if (runs === 3) controller.abort();
    },
  });
  await assert.rejects(Array.fromAsync(stream), (e) => e instanceof DOMException && e.name === "AbortError");
});

Deno.test("optimiseAttributes() does not touch the vectors it was given", async () => {
  const jobs = heights(0.5);
  await Array.fromAsync(optimiseAttributes(slope(), jobs));
  assert.deepEqual(jobs[0]!.vector, Float32Array.of(0.5));
});

Deno.test("optimiseAttributes() throws when an option cannot work", async () => {
  const run = (options: Parameters<typeof optimiseAttributes<number>>[2]) =>
    Array.fromAsync(optimiseAttributes(slope(), heights(1), options));
  for (const cap of [0, 1.5, NaN, Infinity]) await assert.rejects(run({ cap }), /the cap is/);
  await assert.rejects(run({ batchSize: 0 }), RangeError);
  await assert.rejects(run({ learningRate: -1 }), RangeError);
  await assert.rejects(run({ budget: 0, clock: () => 0 }), RangeError);
  await assert.rejects(run({ budget: 10 }), (e) => e instanceof TypeError && e.message.includes("give a clock"));
});

Deno.test("optimiseAttributes() throws when a vector or a target does not fit", async () => {
  const wide = [{ tag: 0, vector: new Float32Array(2).fill(1), mask: NO_MASK, targets: {} }];
  await assert.rejects(Array.fromAsync(optimiseAttributes(slope(), wide)), /2 values: the network takes 1/);
  const asking = Object.assign(slope(), {
    targets: [{ name: "yaw", kind: "number" as const }, { name: "identity", kind: "vector" as const }],
  });
  const run = (targets: Record<string, number | Float32Array>) =>
    Array.fromAsync(optimiseAttributes(asking, heights(0.01).map((job) => ({ ...job, targets }))));
  const identity = Float32Array.of(1);
  await assert.rejects(run({ identity }), /target "yaw" of a sample must be a number, found none/);
  await assert.rejects(run({ identity, yaw: identity }), /must be a number, found a vector of 1/);
  await assert.rejects(
    run({ yaw: 3, identity: 4 }),
    /target "identity" of a sample must be a vector of 1, found a number/,
  );
  assert.equal((await run({ yaw: 3, identity }))[0]!.accepted, true);
  assert.equal((await run({ yaw: NaN, identity }))[0]!.reason, "not finite");
  assert.equal((await run({ yaw: 3, identity: Float32Array.of(0) }))[0]!.reason, "no norm");
});

Deno.test("runJobs() asks again after a result, so that results can lead to jobs", async () => {
  const queue = heights(0.01), tags: number[] = [];
  for await (const { tag } of runJobs(slope(), { next: () => Promise.resolve(queue.shift()) })) {
    tags.push(tag);
    if (tags.length < 3) queue.push(...heights(tag + 0.01));
  }
  assert.deepEqual(tags, [0.01, 0.02, 0.03]);
});
