import assert from "node:assert/strict";
import { distributionFigure, scoresFigure } from "@/plots/mod.ts";
import { problemsOf } from "../../lib/plots/_plotly.ts";
import { bell } from "./_sets.ts";

const sets = [{ name: "mini", histogram: bell(0.15, 0.12) }, { name: "heads", histogram: bell(0, 0.05) }];
const axisRange = ({ layout }: { layout: Record<string, unknown> }, axis: string) =>
  (layout[axis] as { range: number[] }).range;

Deno.test("distributionFigure() keeps its axis within what is possible, and reaches every mark", () => {
  const histogram = { low: -90, high: 90, counts: [1, 0, 3] };
  const options = { title: "Yaw", marks: [{ value: 85, text: "far" }] };
  assert.deepEqual(axisRange(distributionFigure([{ name: "a", histogram }], options), "xaxis").map(Math.round), [
    -125,
    125,
  ]);
  const limits = [-90, 90] as const;
  assert.deepEqual(axisRange(distributionFigure([{ name: "a", histogram }], { ...options, limits }), "xaxis"), [
    -90,
    90,
  ]);
  const narrow = distributionFigure([{ name: "a", histogram: { low: 0, high: 1, counts: [1] } }], options);
  assert.ok(axisRange(narrow, "xaxis")[1]! > 85);
  assert.deepEqual((narrow.layout.annotations as { text: string }[]).map(({ text }) => text), ["far"]);
});

Deno.test("distributionFigure() gives a set the style that it asks for", () => {
  const [first, second] = distributionFigure([sets[0]!, { ...sets[1]!, style: { color: "#123456", dash: "dot" } }], {
    title: "x",
  }).data;
  assert.equal((second!.line as { color: string }).color, "#123456");
  assert.notEqual((first!.line as { color: string }).color, "#123456");
});

Deno.test("distributionFigure() refuses no set, no values, and bins the wrong way round", () => {
  const draw = (low: number, high: number, counts: number[]) =>
    distributionFigure([{ name: "odd", histogram: { low, high, counts } }], { title: "x" });
  assert.throws(() => distributionFigure([], { title: "x" }), { name: "RangeError", message: /"x": there is no set/ });
  for (const [low, high, counts] of [[0, 1, [0, 0]], [1, 0, [1]], [0, 1, [NaN]]] as [number, number, number[]][]) {
    assert.throws(() => draw(low, high, counts), {
      name: "RangeError",
      message: /distribution of odd: expected values/,
    });
  }
});

Deno.test("scoresFigure() draws a colour a set, genuine solid and impostor dashed", () => {
  const figure = scoresFigure([
    { name: "a", genuine: bell(0.7, 0.1), impostor: bell(0, 0.1) },
    { name: "b", genuine: bell(0.5, 0.1), impostor: bell(0.1, 0.1) },
  ], { scale: "log", marks: [{ value: 0.3, text: "t" }] });
  const lines = figure.data.map(({ line }) => line as { color: string; dash: string });
  assert.equal(lines[0]!.color, lines[1]!.color);
  assert.notEqual(lines[0]!.color, lines[2]!.color);
  assert.deepEqual(lines.map(({ dash }) => dash === "solid"), [true, false, true, false]);
  assert.match(figure.description, /a, genuine, a, impostor, b, genuine/);
});

Deno.test("distributionFigure() and scoresFigure() use only attributes that plotly knows", async () => {
  const scores = scoresFigure([{ name: "a", genuine: bell(0.7, 0.1), impostor: bell(0, 0.1) }]);
  assert.deepEqual(await problemsOf(scores), []);
  assert.deepEqual(await problemsOf(distributionFigure(sets, { title: "x", scale: "log", width: "page" })), []);
});
