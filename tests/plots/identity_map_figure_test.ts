import assert from "node:assert/strict";
import { identityMapFigure, type IdentityMapSet } from "@/plots/mod.ts";
import { problemsOf } from "../../lib/plots/_plotly.ts";

const SET: IdentityMapSet = {
  name: "mini",
  points: [
    { name: "<b>Ada</b>", own: 0.9, nearest: 0.2, nearestName: "Bob" },
    { name: "Bob", own: 0.5, nearest: 0.7, nearestName: "Cy & Di" },
  ],
};

Deno.test("identityMapFigure() draws a point an identity, with names as they are", () => {
  const { data, layout } = identityMapFigure([SET], { threshold: 0.4 });
  assert.deepEqual([data[0]!.x, data[0]!.y], [[0.9, 0.5], [0.2, 0.7]]);
  assert.deepEqual(data[0]!.text, ["&lt;b&gt;Ada&lt;/b&gt;, nearest Bob", "Bob, nearest Cy &amp; Di"]);
  assert.deepEqual((layout.shapes as { y0: number }[]).map(({ y0 }) => y0), [0.4]);
});

Deno.test("identityMapFigure() keeps every point and the threshold inside its axes", () => {
  for (const threshold of [-0.5, 0.99]) {
    const { layout } = identityMapFigure([SET, { name: "other", points: SET.points.slice(1) }], { threshold });
    const [low, high] = (layout.yaxis as { range: [number, number] }).range;
    assert.ok(low < Math.min(0.2, threshold) && high > Math.max(0.7, threshold));
  }
});

Deno.test("identityMapFigure() uses only attributes that plotly knows, and refuses to draw nothing", async () => {
  assert.deepEqual(await problemsOf(identityMapFigure([SET], { threshold: 0.3, width: "page" })), []);
  assert.throws(() => identityMapFigure([{ name: "none", points: [] }]), { name: "RangeError" });
});
