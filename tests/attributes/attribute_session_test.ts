import {
  type AttributeEvaluation,
  type AttributeJob,
  type AttributeResult,
  createAttributeSession,
  distanceObjective,
  type Objective,
  optimiseAttributes,
  targetObjective,
} from "@/attributes/mod.ts";
import * as op from "@/onnx/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";
import { noise, SIDE, toyDecoder, toyJobs, toyObjectives, toySession, WIDTH } from "./_toy.ts";

Deno.test("AttributeSession.evaluate() gives the gradient that finite differences give", async () => {
  await using session = await toySession([...toyObjectives(), distanceObjective({ weight: 3 })]);
  const [job] = toyJobs(session, 1), start = noise(300, WIDTH, 2);
  const targets = { ...job!.targets, start, quality: 4 };
  const at = async (vector: Float32Array) => (await session.evaluate([{ vector, mask: job!.mask, targets }]))[0]!;
  const { gradient, loss } = await at(job!.vector);
  assert.ok(loss > 1);
  for (let trial = 0; trial < 4; trial++) {
    const way = noise(400 + trial, WIDTH), h = 2e-3;
    const moved = (sign: number) => job!.vector.map((x, i) => x + sign * h * way[i]!);
    const slope = ((await at(moved(1))).loss - (await at(moved(-1))).loss) / (2 * h);
    const expected = gradient.reduce((sum, g, i) => sum + g * way[i]!, 0);
    assert.ok(Math.abs(slope - expected) <= 0.02 * Math.abs(expected) + 0.05, `${slope} for ${expected}`);
  }
});

Deno.test("AttributeSession.evaluate() judges the image that the generator makes of vector and mask", async () => {
  const decoder = toyDecoder();
  await using session = await createAttributeSession(decoder, toyObjectives(), { threads: 1 });
  const [job] = toyJobs(session, 1);
  const [found] = await session.evaluate([{
    vector: job!.vector,
    mask: job!.mask,
    targets: { ...job!.targets, quality: 2 },
  }]);
  const vectors = op.input("vectors", "float32", ["N", WIDTH]), keep = op.input("keep", "int64", ["N", decoder.kept]);
  const masked = op.input("masked", "float32", ["N", decoder.tokens]);
  const image = op.clip(decoder.decode({ vectors, keep, masked }), -1, 1);
  const { data } = await op.compute(
    image,
    new Map([
      [vectors, { data: job!.vector, shape: [1, WIDTH] }],
      [keep, { data: BigInt64Array.from(job!.mask.keep, BigInt), shape: [1, decoder.kept] }],
      [masked, { data: Float32Array.from(job!.mask.masked), shape: [1, decoder.tokens] }],
    ]),
  );
  assert.equal(found!.image.length, 3 * SIDE * SIDE);
  assert.ok(found!.image.every((x, i) => Math.abs(x - Number(data[i])) < 1e-6));
});

Deno.test("optimiseAttributes() gives the same bits whatever the batch size and the order", async () => {
  await using session = await toySession();
  const jobs = toyJobs(session, 7);
  const run = async (list: readonly AttributeJob<number>[], batchSize: number) => {
    const results = await Array.fromAsync(optimiseAttributes(session, list, { cap: 12, batchSize, history: true }));
    return results.sort((a, b) => a.tag - b.tag);
  };
  const alone = await run(jobs, 1);
  assert.ok(new Set(alone.map(({ iterations }) => iterations)).size > 1, "samples end at different times");
  // Bits, not a tolerance: a batch size is only used after one of its samples was computed alone and found the same.
  for (const batchSize of [2, 3, 7]) assert.deepEqual(await run(jobs, batchSize), alone, `batches of ${batchSize}`);
  assert.deepEqual(await run(jobs.toReversed(), 3), alone, "reversed");
});

Deno.test("AttributeSession.evaluate() computes samples alone once a batch gave other bits", async () => {
  const honest = targetObjective("mean", (image) => op.reduceMean(image, [1, 2, 3], false), {
    toward: "near",
    threshold: 1,
    target: 0,
  });
  // Adds the sum over the batch to each loss, which no honest network does.
  const mixing: Objective = {
    ...honest,
    build: (context) => {
      const terms = honest.build(context), all = op.reduceSum(op.detach(context.image), [0, 1, 2, 3], false);
      return { ...terms, loss: op.add(terms.loss, all) };
    },
  };
  for (const [objective, alone] of [[mixing, true], [honest, false]] as const) {
    await using session = await toySession([objective]);
    const samples = toyJobs(session, 3).map(({ vector, mask }) => ({ vector, mask, targets: { mean: 0 } }));
    const singles: AttributeEvaluation[] = [];
    for (const sample of samples) singles.push(...await session.evaluate([sample]));
    const together = await session.evaluate(samples);
    assert.equal(session.alone, alone);
    assert.deepEqual(together.map(({ loss }) => loss), singles.map(({ loss }) => loss));
  }
});

Deno.test("optimiseAttributes() ends every hostile vector within the cap, and healthy ones as if they were alone", async () => {
  await using session = await toySession();
  const cap = 4,
    kinds: Record<string, (row: number) => Float32Array> = {
      isotropic: (row) => noise(1000 + row, WIDTH),
      huge: (row) => noise(2000 + row, WIDTH, 1e30),
      large: (row) => noise(3000 + row, WIDTH, 1e15),
      tiny: (row) => noise(4000 + row, WIDTH, 1e-30),
      small: (row) => noise(5000 + row, WIDTH, 1e-5),
      zero: () => new Float32Array(WIDTH),
      nan: (row) => noise(6000 + row, WIDTH).map((x, i) => i === row % WIDTH ? NaN : x),
      infinite: (row) => noise(7000 + row, WIDTH).map((x, i) => i === row % WIDTH ? Infinity : x),
    };
  const healthy = toyJobs(session, 4).map((job) => ({ ...job, tag: `healthy ${job.tag}` }));
  const hostile = Object.entries(kinds).flatMap(([kind, make]) =>
    Array.from({ length: 20 }, (_, row) => {
      const vector = make(row);
      const mask = session.drawMask(new RandomStream(9, "mask", row));
      return { tag: `${kind} ${row}`, vector, mask, targets: { identity: vector, yaw: 0 } };
    })
  );
  const mixed = hostile.flatMap((job, i) => i % 40 === 0 ? [healthy[i / 40]!, job] : [job]);
  const alone = await Array.fromAsync(optimiseAttributes(session, healthy, { cap, batchSize: 1 }));
  const results = new Map<string, AttributeResult<string>>();
  for await (const result of optimiseAttributes(session, mixed, { cap, batchSize: 8 })) results.set(result.tag, result);
  assert.equal(results.size, mixed.length);
  for (const { tag, iterations, vector, image, accepted, reason } of results.values()) {
    assert.ok(iterations <= cap, tag);
    assert.equal(accepted, reason === "accepted", tag);
    if (image !== undefined) assert.ok(image.every(Number.isFinite) && vector.every(Number.isFinite), tag);
  }
  const reasons = (
    kind: string,
  ) => [...new Set([...results.values()].filter(({ tag }) => tag.startsWith(kind)).map((r) => r.reason))];
  assert.deepEqual(reasons("zero"), ["no norm"]);
  assert.deepEqual(reasons("tiny"), ["no norm"]);
  assert.deepEqual(reasons("nan"), ["not finite"]);
  assert.deepEqual(reasons("infinite"), ["not finite"]);
  assert.deepEqual(reasons("huge"), ["not finite"], "numbers overflow, and limiting pixels does not hide it");
  for (const expected of alone) assert.deepEqual(results.get(expected.tag), expected);
});

Deno.test("AttributeSession.evaluate() throws when a sample does not fit", async () => {
  await using session = await toySession();
  const [job] = toyJobs(session, 1), targets = { ...job!.targets, quality: 2 };
  const { vector, mask } = job!;
  const refuses = async (sample: Parameters<typeof session.evaluate>[0][number], message: RegExp) =>
    await assert.rejects(session.evaluate([sample]), (e) => e instanceof TypeError && message.test(e.message));
  await refuses({ vector: vector.slice(1), mask, targets }, /a vector of 15 .* expected 16 values/);
  await refuses({ vector, mask: { ...mask, keep: mask.keep.slice(1) }, targets }, /keeps 43 of 49/);
  await refuses({ vector, mask, targets: { identity: vector, quality: 2 } }, /target "yaw" is missing/);
  await refuses({ vector, mask, targets: { ...targets, identity: 3 } }, /target "identity" is a number/);
});
