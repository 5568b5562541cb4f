import assert from "node:assert/strict";
import { joinPairs, pairIdentities } from "@/evaluation/mod.ts";

Deno.test("pairIdentities() joins equal rows and genuine pairs, through chains, and nothing else", () => {
  // Images a a' (genuine), a' b (genuine, so b is a), c d (impostors), d a (impostors), e e (the same image, impostors).
  const rows = { a: [1, 2], a2: [1, 3], b: [1, 4], c: [1, 2.5], d: [0, 2], e: [7, 7] };
  const order = ["a", "a2", "a2", "b", "c", "d", "d", "a", "e", "e"] as const;
  const features = Float32Array.from(order.flatMap((name) => rows[name]));
  const { first, second, count, conflicts } = pairIdentities(features, 2, [1, 1, 0, 0, 0]);
  assert.deepEqual([...first], [0, 0, 1, 2, 3]);
  assert.deepEqual([...second], [0, 0, 2, 0, 3]);
  assert.deepEqual([count, conflicts], [4, [4]]);
});

Deno.test("pairIdentities() tells rows apart by their last bit, in float32 and float64", () => {
  const wide = Float64Array.of(1, 1 + 2 ** -52, 1, 5);
  assert.equal(pairIdentities(wide, 1, [0, 0]).count, 3);
  assert.equal(pairIdentities(Float32Array.from(wide), 1, [0, 0]).count, 2);
  assert.equal(pairIdentities(wide.subarray(2), 1, [0]).count, 2);
});

Deno.test("joinPairs() numbers identities by first appearance", () => {
  const { first, second, count } = joinPairs([900, 4, 4, 7], [4, 900, 12, 900], [0, 1, 0, 1]);
  assert.deepEqual([[...first], [...second], count], [[0, 0, 0, 0], [0, 0, 1, 0], 2]);
  assert.deepEqual(joinPairs([900, 4, 4, 7], [4, 900, 12, 900], [0, 1, 0, 1]).conflicts, [0]);
});

Deno.test("pairIdentities() and joinPairs() refuse sides that do not match", () => {
  assert.throws(() => pairIdentities(new Float32Array(6), 2, [1, 0]), {
    name: "TypeError",
    message: /6 values for 2 pairs, expected two rows of 2 a pair/,
  });
  assert.throws(() => joinPairs([1], [1, 2], [1]), { name: "TypeError", message: /1 first, 2 second sides/ });
});
