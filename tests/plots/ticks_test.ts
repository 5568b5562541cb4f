import assert from "node:assert/strict";
import { evenTicks, logTicks, shortNumber } from "@/plots/mod.ts";

const texts = (ticks: readonly { text: string }[]) => ticks.map((tick) => tick.text);

Deno.test("logTicks() labels decades, with the digits between as minor ticks", () => {
  const { ticks, minor } = logTicks([0.9, 250]);
  assert.deepEqual(texts(ticks), ["1", "10", "100"]);
  assert.deepEqual(minor.slice(0, 3), [0.9, 2, 3]);
  assert.ok(!minor.includes(10) && minor.includes(200));
});

Deno.test("logTicks() labels 1, 2, 5 where there is only one decade", () => {
  assert.deepEqual(texts(logTicks([400, 4000]).ticks), ["500", "1K", "2K"]);
  assert.deepEqual(logTicks([400, 4000]).minor, [400, 600, 700, 800, 900, 3000, 4000]);
});

Deno.test("logTicks() and evenTicks() refuse an empty range", () => {
  for (const range of [[0, 1], [2, 1], [1, 1], [NaN, 1], [1, Infinity]] as const) {
    assert.throws(() => logTicks(range), { name: "RangeError", message: /expected 0 < low < high/ });
  }
  assert.throws(() => evenTicks([1, 1]), { name: "RangeError", message: /expected low < high/ });
});

Deno.test.each<[readonly [number, number], number, string[]]>([
  [[-1, 1], 5, ["−1", "−0.5", "0", "0.5", "1"]],
  [[0, 0.3], 4, ["0", "0.1", "0.2", "0.3"]],
  [[0, 14.3], 5, ["0", "5", "10"]],
  [[-0.55, 0.83], 8, ["−0.4", "−0.2", "0", "0.2", "0.4", "0.6", "0.8"]],
])("evenTicks(%j, %i) are at round numbers", (range, most, expected) => {
  assert.deepEqual(texts(evenTicks(range, most)), expected);
});

Deno.test("shortNumber() has no needless digits", () => {
  assert.deepEqual([1, 20, 1500, 1e4, 2.5e6, 1e9, 0.001].map(shortNumber), [
    "1",
    "20",
    "1.5K",
    "10K",
    "2.5M",
    "1G",
    "0.001",
  ]);
});
