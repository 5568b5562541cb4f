import assert from "node:assert/strict";
import { convergenceFigure } from "@/plots/mod.ts";
import { problemsOf } from "../../lib/plots/_plotly.ts";

const curves = [{ name: "row 0", values: [18, 19.5, 20] }, { name: "row 1", values: [17, NaN, 18, 18.5] }];
const options = { title: "Quality", goals: [20, 25] };

Deno.test("convergenceFigure() counts evaluations from 1 and leaves gaps", () => {
  const { data, layout } = convergenceFigure(curves, options);
  assert.deepEqual(data.map(({ x, y }) => [x, y]), [[[1, 2, 3], [18, 19.5, 20]], [[1, 2, 3, 4], [17, null, 18, 18.5]]]);
  const { tickvals } = layout.xaxis as { tickvals: number[] };
  assert.ok(tickvals.includes(1) && tickvals.every(Number.isInteger));
});

Deno.test("convergenceFigure() ends each curve with its marker", () => {
  const [trace] = convergenceFigure(curves, options).data;
  const { color } = trace!.marker as { color: string[] };
  assert.deepEqual(color.map((each) => each.startsWith("#")), [false, false, true]);
});

Deno.test("convergenceFigure() has goals inside the axis", () => {
  const { layout } = convergenceFigure(curves, options);
  assert.deepEqual((layout.shapes as { y0: number }[]).map(({ y0 }) => y0), [20, 25]);
  const [low, high] = (layout.yaxis as { range: [number, number] }).range;
  assert.ok(low < 17 && high > 25);
});

Deno.test("convergenceFigure() refuses to draw nothing", () => {
  const draw = () => convergenceFigure([{ name: "a", values: [NaN] }], options);
  assert.throws(draw, { name: "RangeError", message: /"Quality" against evaluations: there is no value/ });
});

Deno.test("convergenceFigure() uses only attributes that plotly knows", async () => {
  assert.deepEqual(await problemsOf(convergenceFigure(curves, options)), []);
});
