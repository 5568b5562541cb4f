import assert from "node:assert/strict";
import { type Trace, yawTargetFigure } from "@/plots/mod.ts";
import { problemsOf } from "../../lib/plots/_plotly.ts";
import { turnedSet } from "./_sets.ts";

const set = turnedSet("mini");

/** The clouds of points and the medians, in that order. */
function markers(data: readonly Trace[]): Trace[] {
  return data.filter(({ mode }) => mode === "markers");
}

Deno.test("yawTargetFigure() shows every image by both estimators, and their medians", () => {
  const { data } = yawTargetFigure(set);
  const [first, second, firstMedian, secondMedian] = markers(data);
  assert.equal(markers(data).length, 4);
  const sorted = (values: readonly unknown[]) => (values as number[]).toSorted((a, b) => a - b);
  assert.deepEqual(sorted(first!.y!), sorted(set.images.map(({ yaw }) => yaw)));
  assert.deepEqual(sorted(second!.y!), sorted(set.images.map(({ second }) => second)));
  assert.deepEqual([firstMedian!.y!.length, secondMedian!.y!.length], [7, 7]);
  const at30 = sorted(set.images.filter(({ target }) => target === 30).map(({ yaw }) => yaw)) as number[];
  assert.ok(Math.abs((firstMedian!.y![5] as number) - (at30[19]! + at30[20]!) / 2) < 1e-9);
});

Deno.test("yawTargetFigure() keeps points near their target and the two estimators apart", () => {
  const [first, second] = markers(yawTargetFigure(set).data);
  for (const [trace, side] of [[first, -1], [second, 1]] as const) {
    (trace!.x as number[]).forEach((x, i) => {
      const target = Math.round(x / 15) * 15;
      assert.ok(Math.abs(x - target) < 7.5 && Math.sign(x - target) === side, `point ${i} at ${x}`);
    });
  }
});

Deno.test("yawTargetFigure() draws a box around each target, below everything else", () => {
  const [boxes, line] = yawTargetFigure(set).data;
  assert.equal(boxes!.fill, "toself");
  const first = (axis: "x" | "y") => boxes![axis]!.slice(0, 5) as number[];
  assert.deepEqual([Math.min(...first("y")), Math.max(...first("y"))], [-50, -40]);
  assert.ok(Math.max(...first("x")) < -37.5, "boxes of neighbours do not touch");
  assert.deepEqual(line!.y!.filter((y) => y !== null), [-45, -30, -15, 0, 15, 30, 45].flatMap((y) => [y, y]));
});

Deno.test("yawTargetFigure() has room for all points, and ticks where the targets are", () => {
  const { layout, data } = yawTargetFigure(set);
  const { range } = layout.yaxis as { range: [number, number] };
  for (const { y } of markers(data)) assert.ok((y as number[]).every((value) => value > range[0] && value < range[1]));
  const { tickvals, ticktext } = layout.xaxis as { tickvals: number[]; ticktext: string[] };
  assert.deepEqual([tickvals, ticktext[0]], [[-45, -30, -15, 0, 15, 30, 45], "−45"]);
});

Deno.test("yawTargetFigure() leaves out an estimator that was not asked, and images that are missing", () => {
  const images = [...turnedSet("mini", false).images, { target: 60, yaw: null, cosine: null, second: null }];
  const found = markers(yawTargetFigure({ ...set, images }).data);
  assert.equal(found.length, 2);
  assert.deepEqual([found[0]!.y!.length, found[1]!.y!.length], [280, 7]);
});

Deno.test("yawTargetFigure() draws a single target", () => {
  const { layout } = yawTargetFigure({ ...set, images: set.images.slice(3, 4) });
  const [low, high] = (layout.xaxis as { range: [number, number] }).range;
  assert.ok(high - low > 5);
});

Deno.test("yawTargetFigure() refuses to draw nothing", () => {
  const none = { ...set, images: [{ target: 0, yaw: null, cosine: null, second: null }] };
  assert.throws(() => yawTargetFigure(none), {
    name: "RangeError",
    message: /yaws of mini: none of its images has one/,
  });
});

Deno.test("yawTargetFigure() uses only attributes that plotly knows", async () => {
  for (const second of [true, false]) assert.deepEqual(await problemsOf(yawTargetFigure(turnedSet("x", second))), []);
});
