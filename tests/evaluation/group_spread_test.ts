import assert from "node:assert/strict";
import { groupSpread } from "@/evaluation/mod.ts";

Deno.test("groupSpread() tells deviation and error ratio, and bears groups without errors", () => {
  const { mean, sd, skewedErrorRatio } = groupSpread([0.98, 0.96, 0.97, 0.99]);
  assert.deepEqual([mean.toFixed(6), sd.toFixed(6), skewedErrorRatio.toFixed(6)], ["0.975000", "0.011180", "4.000000"]);
  assert.equal(groupSpread([1, 1]).skewedErrorRatio, 1);
  assert.equal(groupSpread([1, 0.5]).skewedErrorRatio, Infinity);
});

Deno.test("groupSpread() refuses one group and accuracies in percent", () => {
  assert.throws(() => groupSpread([1]), { name: "RangeError", message: /spread of 1 groups/ });
  assert.throws(() => groupSpread([98, 97]), { name: "RangeError", message: /from 0 to 1/ });
});
