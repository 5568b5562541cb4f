import { throws } from "node:assert/strict";
import { updateRunningStatistics } from "@/networks/mod.ts";

// Values and statistics of a whole network are compared with PyTorch in iresnet_test.ts.

Deno.test("updateRunningStatistics() refuses a batch of one value", () => {
  const statistics = {
    mean: new Float32Array(1),
    variance: new Float32Array(1),
  };
  throws(
    () => updateRunningStatistics(statistics, { ...statistics, count: 1 }),
    {
      name: "RangeError",
      message: /at least 2 are needed/,
    },
  );
});
