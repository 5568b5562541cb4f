import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { ExactBatches } from "../../lib/networks/_batches.ts";

/** A network of one value a sample; `flaw` is added to samples computed together with others. */
function network(flaw: number) {
  const calls: [number, number][] = [];
  const run = (from: number, count: number) => {
    calls.push([from, count]);
    const extra = count > 1 ? flaw : 0;
    return Promise.resolve(
      Float32Array.from({ length: count }, (_, i) => from + i + extra),
    );
  };
  return { calls, run };
}

Deno.test("ExactBatches.run() checks each batch size once when bits agree", async () => {
  const { calls, run } = network(0);
  const batches = new ExactBatches(4);
  deepStrictEqual([...await batches.run(10, 1, run)], [
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
  ]);
  deepStrictEqual(calls, [[0, 4], [3, 1], [4, 4], [8, 2], [9, 1]]);
  calls.length = 0;
  await batches.run(6, 1, run);
  deepStrictEqual(calls, [[0, 4], [4, 2]]);
  strictEqual(batches.alone, false);
});

Deno.test("ExactBatches.run() computes samples alone once bits disagree", async () => {
  const { calls, run } = network(1e-4);
  const batches = new ExactBatches(4);
  deepStrictEqual([...await batches.run(5, 1, run)], [0, 1, 2, 3, 4]);
  strictEqual(batches.alone, true);
  calls.length = 0;
  await batches.run(3, 1, run);
  deepStrictEqual(calls, [[0, 1], [1, 1], [2, 1]]);
});

Deno.test("ExactBatches refuses a batch size below 1", () => {
  throws(() => new ExactBatches(0), {
    name: "RangeError",
    message: /batches of 0/,
  });
});
