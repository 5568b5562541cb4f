import assert from "node:assert/strict";
import { publishedSeparability, separabilityFigure } from "@/plots/mod.ts";
import { problemsOf } from "../../lib/plots/_plotly.ts";
import { fallingSet } from "./_sets.ts";

const mini = fallingSet("mini: input vectors", 1e-5);
const heads = fallingSet("rendered heads", 1e-4);

Deno.test("separabilityFigure() draws a curve for each set and threshold, with all prefixes", () => {
  const { data } = separabilityFigure([mini, heads]);
  const curves = data.slice(1);
  assert.deepEqual(curves.map((trace) => trace.name), [
    "mini: input vectors, t = 0.3",
    "mini: input vectors, t = 0.4",
    "rendered heads, t = 0.3",
    "rendered heads, t = 0.4",
  ]);
  assert.deepEqual(curves.map((trace) => trace.y), [...mini.separated, ...heads.separated]);
  assert.deepEqual(curves.map((trace) => trace.x), Array(4).fill(mini.prefixes));
});

Deno.test("separabilityFigure() tells sets by colour and marker, thresholds by dash", () => {
  const { data } = separabilityFigure([mini, heads]);
  const look = data.slice(1).map((trace) => {
    const { line, marker } = trace as unknown as {
      line: { color: string; dash: string };
      marker: { symbol: string; color: string[] };
    };
    assert.equal(marker.color[0], line.color);
    return [line.color, marker.symbol, line.dash];
  });
  assert.deepEqual(look[0]!.slice(0, 2), look[1]!.slice(0, 2));
  assert.notEqual(look[0]![2], look[1]![2]);
  assert.deepEqual([look[0]![2], look[1]![2]], [look[2]![2], look[3]![2]]);
  assert.notEqual(look[0]![0], look[2]![0]);
  assert.notEqual(look[0]![1], look[2]![1]);
});

Deno.test("separabilityFigure() takes the threshold and the way of counting that are asked for", () => {
  const { data, layout } = separabilityFigure([mini], { thresholds: [0.4], count: "greedy" });
  assert.equal(data.length, 2);
  assert.equal(data[1]!.name, "mini: input vectors");
  assert.deepEqual(data[1]!.y, mini.greedy[1]);
  assert.equal((layout.yaxis as { title: { text: string } }).title.text, "Greedily kept identities (cosine ≤ 0.4)");
});

Deno.test("separabilityFigure() shows every published point, marked as read off", () => {
  const { data, layout } = separabilityFigure([mini], { reference: true, thresholds: [0.4] });
  const layer = data.filter((trace) => trace.legend === "legend2");
  assert.deepEqual(layer.map((trace) => trace.name), publishedSeparability.series.map((each) => each.name));
  for (const [k, trace] of layer.entries()) {
    assert.deepEqual(trace.x, publishedSeparability.series[k]!.identities);
    assert.deepEqual(trace.y, publishedSeparability.series[k]!.separated);
    assert.equal(trace.mode, "markers");
    assert.match(trace.hovertemplate as string, /read off the figure/);
  }
  const symbols = layer.map((trace) => (trace.marker as { symbol: string }).symbol);
  assert.equal(new Set(symbols).size, symbols.length);
  const { title } = layout.legend2 as { title: { text: string } };
  assert.equal(title.text, "Wu et al., ICLR 2025, t = 0.4: read off the figure");
});

Deno.test("separabilityFigure() draws y = x across the data, below everything else", () => {
  const { data } = separabilityFigure([mini]);
  assert.equal(data[0]!.name, "y = x");
  assert.deepEqual(data[0]!.x, data[0]!.y);
  const [low, high] = data[0]!.x as [number, number];
  assert.ok(low <= 1000 && high >= Math.max(...mini.separated.flat()), `${low} to ${high}`);
});

Deno.test("separabilityFigure() has room for all data between the ends of its logarithmic axes", () => {
  const { data, layout } = separabilityFigure([mini, heads], { reference: true });
  for (const side of ["x", "y"] as const) {
    const { type, range, tickvals, ticktext } = layout[`${side}axis`] as {
      type: string;
      range: [number, number];
      tickvals: number[];
      ticktext: string[];
    };
    assert.equal(type, "log");
    for (const value of data.slice(1).flatMap((trace) => trace[side] as number[])) {
      assert.ok(Math.log10(value) > range[0] && Math.log10(value) < range[1], `${value} is outside ${range}`);
    }
    assert.deepEqual(tickvals.slice(-2), [10_000, 100_000]);
    assert.deepEqual(ticktext.slice(-2), ["10K", "100K"]);
  }
});

Deno.test("separabilityFigure() marks both ends of a curve and keeps markers apart", () => {
  const { data } = separabilityFigure([fallingSet("mini", 1e-5, [0.4])]);
  const { color } = data[1]!.marker as { color: string[] };
  const x = (data[1]!.x as number[]).filter((_, k) => color[k] === "#0072B2");
  assert.deepEqual([x[0], x.at(-1)], [1000, 20_000]);
  for (let k = 1; k < x.length; k++) assert.ok(Math.log10(x[k]! / x[k - 1]!) > 0.1, `${x}`);
});

Deno.test("separabilityFigure() draws a set with a single prefix", () => {
  const counts = { thresholds: [0.4], prefixes: [1000], separated: [[990]], greedy: [[990]] };
  const { layout } = separabilityFigure([{ name: "one", ...counts }]);
  const { range } = layout.xaxis as { range: [number, number] };
  assert.ok(10 ** (range[1] - range[0]) > 3.9);
});

Deno.test("separabilityFigure() leaves out counts of zero, which a logarithmic axis has no place for", () => {
  const counts = { thresholds: [0.4], prefixes: [10, 20], separated: [[0, 5]], greedy: [[0, 5]] };
  const { data } = separabilityFigure([{ name: "one", ...counts }]);
  assert.deepEqual([data[1]!.x, data[1]!.y], [[20], [5]]);
});

Deno.test("separabilityFigure() shows a name as it is, markup and all", () => {
  const { data } = separabilityFigure([{ ...mini, name: "a<b> & c" }], { thresholds: [0.4] });
  assert.equal(data[1]!.name, "a&lt;b&gt; &amp; c");
});

Deno.test("separabilityFigure() refuses a threshold that was not counted", () => {
  const draw = () => separabilityFigure([mini], { thresholds: [0.5] });
  assert.throws(draw, { name: "RangeError", message: /mini: input vectors at threshold 0.5: .* 0.3, 0.4/ });
});

Deno.test("separabilityFigure() refuses to draw nothing", () => {
  assert.throws(() => separabilityFigure([]), { name: "RangeError", message: /there is no set/ });
});

Deno.test("separabilityFigure() uses only attributes that plotly knows", async () => {
  for (const reference of [true, false]) {
    assert.deepEqual(await problemsOf(separabilityFigure([mini, heads], { reference })), []);
  }
});
