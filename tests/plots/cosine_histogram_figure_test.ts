import assert from "node:assert/strict";
import { cosineHistogramFigure } from "@/plots/mod.ts";
import { problemsOf } from "../../lib/plots/_plotly.ts";
import { bell } from "./_sets.ts";

const sets = [{ name: "gaussian", histogram: bell(0.15, 0.12) }, { name: "sphere", histogram: bell(0, 0.044) }];

Deno.test("cosineHistogramFigure() has the area 1 under every curve, whatever the bins", () => {
  const uneven = [...sets, { name: "coarse", histogram: { low: 0, high: 0.5, counts: [5, 15] } }];
  for (const { x, y } of cosineHistogramFigure(uneven).data) {
    const step = (x![1] as number) - (x![0] as number);
    const area = (y as number[]).reduce((sum, value) => sum + value * step, 0);
    assert.ok(Math.abs(area - 1) < 1e-9, String(area));
  }
});

Deno.test("cosineHistogramFigure() cuts empty bins away", () => {
  const [trace] = cosineHistogramFigure([{ name: "a", histogram: { low: -1, high: 1, counts: [0, 0, 3, 1] } }]).data;
  assert.deepEqual(trace!.x, [-0.25, 0.25, 0.75, 1.25]);
  assert.deepEqual(trace!.y, [0, 1.5, 0.5, 0]);
});

Deno.test("cosineHistogramFigure() puts zero below the end of a logarithmic axis", () => {
  const { data, layout } = cosineHistogramFigure(sets, { scale: "log" });
  const [low] = (layout.yaxis as { range: number[] }).range;
  for (const { y } of data) {
    assert.ok((y as number[]).every((value) => value > 0));
    assert.ok(Math.log10(y![0] as number) < low!);
  }
});

Deno.test("cosineHistogramFigure() has a line and a text for every threshold, inside the axis", () => {
  const { layout } = cosineHistogramFigure([sets[1]!], { thresholds: [0.3, 0.4] });
  assert.deepEqual((layout.shapes as { x0: number }[]).map((shape) => shape.x0), [0.3, 0.4]);
  assert.deepEqual((layout.annotations as { text: string }[]).map((each) => each.text), ["t = 0.3", "t = 0.4"]);
  assert.ok((layout.xaxis as { range: number[] }).range[1]! > 0.4);
});

Deno.test("cosineHistogramFigure() refuses no set and no pairs", () => {
  assert.throws(() => cosineHistogramFigure([]), { name: "RangeError", message: /there is no set/ });
  const none = { name: "none", histogram: { low: -1, high: 1, counts: [0, 0] } };
  assert.throws(() => cosineHistogramFigure([none]), {
    name: "RangeError",
    message: /distribution of none: expected values/,
  });
});

Deno.test("cosineHistogramFigure() uses only attributes that plotly knows", async () => {
  for (const scale of ["linear", "log"] as const) {
    assert.deepEqual(await problemsOf(cosineHistogramFigure(sets, { scale, thresholds: [0.3, 0.4] })), []);
  }
});
