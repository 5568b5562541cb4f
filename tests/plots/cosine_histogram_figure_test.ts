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

Deno.test("cosineHistogramFigure() puts the texts of thresholds above the data, where they cover no curve", () => {
  const { layout } = cosineHistogramFigure(sets, { thresholds: [-0.2, 0.3, 0.4, 0.5] });
  const { annotations, shapes, margin } = layout as unknown as {
    annotations: { text: string; y: number; yanchor: string; yshift: number }[];
    shapes: { y1: number }[];
    margin: { t: number };
  };
  assert.deepEqual(annotations.map(({ text }) => text), ["t = −0.2", "t = 0.3", "t = 0.4", "t = 0.5"]);
  for (const { y, yanchor, yshift } of annotations) assert.ok(y === 1 && yanchor === "bottom" && yshift >= 0);
  assert.ok(margin.t > Math.max(...annotations.map(({ yshift }) => yshift)));
  assert.ok(shapes.every(({ y1 }) => y1 > 1));
  const bare = cosineHistogramFigure(sets).layout;
  assert.ok(bare.height < layout.height);
});

Deno.test("cosineHistogramFigure() writes powers of ten where densities are tiny", () => {
  const counts = [1, 1e5, 1e7, 1e5, 1];
  const { layout } = cosineHistogramFigure([{ name: "wide", histogram: { low: -1, high: 1, counts } }], {
    scale: "log",
  });
  assert.ok((layout.yaxis as { ticktext: string[] }).ticktext.includes("10⁻⁶"), JSON.stringify(layout.yaxis));
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
