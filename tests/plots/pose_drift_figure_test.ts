import assert from "node:assert/strict";
import { poseDriftFigure, type PoseDriftSet } from "@/plots/mod.ts";
import { problemsOf } from "../../lib/plots/_plotly.ts";

const bin = (from: number, to: number, middle: number | null) => ({
  ...{ from, to, count: middle === null ? 0 : 9 },
  quantiles: middle === null ? null : [middle - 0.2, middle, middle + 0.1] as const,
});
const SET: PoseDriftSet = { name: "a < b", bins: [bin(0, 10, 0.8), bin(10, 30, null), bin(30, 60, 0.6)] };

Deno.test("poseDriftFigure() draws medians with bars where there are faces", () => {
  const { data, layout, description } = poseDriftFigure([SET]);
  assert.deepEqual([data[0]!.x, data[0]!.y], [[5, 45], [0.8, 0.6]]);
  const { array, arrayminus } = data[0]!.error_y as { array: number[]; arrayminus: number[] };
  assert.deepEqual([array, arrayminus].map((bars) => bars.map((bar) => bar.toFixed(9))), [
    ["0.100000000", "0.100000000"],
    ["0.200000000", "0.200000000"],
  ]);
  assert.deepEqual((layout.xaxis as { range: number[] }).range, [0, 60]);
  assert.match(description, /by yaw: a < b; medians/);
  assert.equal(data[0]!.name, "a &lt; b");
});

Deno.test("poseDriftFigure() moves several sets aside", () => {
  const { data } = poseDriftFigure([SET, { ...SET, name: "other" }]);
  assert.ok((data[0]!.x as number[])[0]! < (data[1]!.x as number[])[0]!);
  assert.notEqual((data[0]!.marker as { symbol: string }).symbol, (data[1]!.marker as { symbol: string }).symbol);
});

Deno.test("poseDriftFigure() uses only attributes that plotly knows, and refuses to draw nothing", async () => {
  assert.deepEqual(await problemsOf(poseDriftFigure([SET, SET], { width: "page" })), []);
  assert.throws(() => poseDriftFigure([]), { name: "RangeError", message: /there is no set/ });
  assert.throws(() => poseDriftFigure([{ name: "none", bins: [bin(0, 5, null)] }]), {
    name: "RangeError",
    message: "Cannot draw identity by yaw: no face of none has a cosine",
  });
});
