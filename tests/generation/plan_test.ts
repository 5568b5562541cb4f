import assert from "node:assert/strict";
import { imageVectors, makePlan, plannedImages, planSize } from "@/generation/mod.ts";
import { cosine, fitMoments, gaussianVectors, norm } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { someRecipe, someVectors, WIDTH } from "./_fake.ts";

const vectors = someVectors(6);
const recipe = someRecipe(6, 5);

Deno.test("plannedImages() uses global rows in every shard", () => {
  const whole = [...plannedImages(makePlan(recipe, vectors))];
  assert.equal(whole.length, 30);
  const shards = ([[0, 2], [2, 5], [5, 6]] as const)
    .flatMap((
      startEnd,
    ) => [...plannedImages(makePlan(recipe, vectors, { startEnd }))]);
  assert.deepEqual(shards, whole);
  assert.deepEqual(shards[10], { identity: 2, image: 0 });
});

Deno.test("planSize() counts what plannedImages() gives", () => {
  for (
    const options of [
      {},
      { startEnd: [1, 3] as const },
      { only: { identity: 4 } },
      { only: { identity: 4, image: 3 } },
    ]
  ) {
    const plan = makePlan(recipe, vectors, options);
    assert.equal(planSize(plan), [...plannedImages(plan)].length);
  }
});

Deno.test("makePlan() refuses parts outside the data set", () => {
  const plan = (options: Parameters<typeof makePlan>[2]) => () => makePlan(recipe, vectors, options);
  assert.throws(plan({ startEnd: [4, 7] }), {
    name: "RangeError",
    message: /identities 4 to 6: .* 0 to 5/,
  });
  assert.throws(plan({ startEnd: [2, 2] }), { name: "RangeError" });
  assert.throws(plan({ startEnd: [-1, 2] }), { name: "RangeError" });
  assert.throws(plan({ only: { identity: 6 } }), {
    name: "RangeError",
    message: /identities 6 to 6/,
  });
  assert.throws(plan({ only: { identity: 0, image: 5 } }), {
    name: "RangeError",
    message: /image 5: .* images 0 to 4/,
  });
  assert.throws(plan({ only: { identity: 0 }, startEnd: [1, 3] }), {
    name: "RangeError",
    message: /the shard has/,
  });
  assert.throws(() => makePlan(someRecipe(7, 1), vectors), {
    name: "TypeError",
    message: /some vectors has 6 rows/,
  });
});

Deno.test("imageVectors() gives the same vector in any order and keeps the identity's norm", () => {
  const forward = imageVectors(recipe, vectors);
  const whole = new Map(
    [...plannedImages(makePlan(recipe, vectors))].map((
      a,
    ) => [`${a.identity}:${a.image}`, forward(a)]),
  );
  const backward = imageVectors(recipe, vectors);
  for (
    const address of [...plannedImages(makePlan(recipe, vectors))].reverse()
  ) {
    const vector = backward(address);
    assert.deepEqual(vector, whole.get(`${address.identity}:${address.image}`));
    assert.ok(
      Math.abs(norm(vector) / norm(vectors.vector(address.identity)) - 1) <
        1e-6,
    );
  }
  assert.equal(
    new Set([...whole.values()].map((vector) => vector.join())).size,
    30,
  );
});

Deno.test("imageVectors() shares out the sigmas within each identity", () => {
  const many = someRecipe(6, 50, {
    variation: { kind: "sigma", sigmas: [0, 4], mix: [0.4, 0.6] },
  });
  const vectorOf = imageVectors(many, vectors);
  for (let identity = 0; identity < 6; identity++) {
    const base = vectors.vector(identity);
    const still = Array.from(
      { length: 50 },
      (_, image) => cosine(vectorOf({ identity, image }), base) > 0.9999,
    );
    assert.equal(still.filter(Boolean).length, 20);
  }
});

Deno.test("imageVectors() turns to the cosine asked for", () => {
  const turned = someRecipe(6, 5, {
    variation: { kind: "cosine", cosine: 0.6 },
  });
  const vectorOf = imageVectors(turned, vectors);
  for (const address of plannedImages(makePlan(turned, vectors))) {
    assert.ok(
      Math.abs(
        cosine(vectorOf(address), vectors.vector(address.identity)) - 0.6,
      ) < 1e-6,
    );
  }
});

Deno.test("imageVectors() changes with the seed, and not with the number of identities", () => {
  const moments = fitMoments(
    new RandomStream(1, "identity").fillNormal(new Float32Array(40 * WIDTH)),
    WIDTH,
  );
  const vector = (seed: string, count: number) => {
    const change = someRecipe(count, 5, { seed });
    return imageVectors(change, gaussianVectors(moments, BigInt(seed), count))({
      identity: 3,
      image: 1,
    });
  };
  assert.deepEqual(vector("7", 4), vector("7", 100_000));
  assert.notDeepEqual(vector("7", 4), vector("8", 4));
  assert.notDeepEqual(vector("0", 4), vector("18446744073709551615", 4));
});
