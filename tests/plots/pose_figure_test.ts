import assert from "node:assert/strict";
import { figureSvg, type Histogram, jointPoseFigure, poseFigure, type PoseSet } from "@/plots/mod.ts";
import { problemsOf } from "../../lib/plots/_plotly.ts";

/** Faces around a yaw and a pitch, spread by `deviation` degrees, in bins of 5 degrees. */
function facesAround(name: string, yaw: number, pitch: number, deviation: number): PoseSet {
  const middles = Array.from({ length: 36 }, (_, i) => -87.5 + 5 * i);
  const bell = (mean: number) => middles.map((x) => Math.exp(-0.5 * ((x - mean) / deviation) ** 2));
  const histogram = (mean: number): Histogram => ({
    low: -90,
    high: 90,
    counts: bell(mean).map((y) => Math.round(1e4 * y)),
  });
  const counts = bell(pitch).map((p) => bell(yaw).map((y) => 1e4 * p * y));
  return {
    name,
    yaw: histogram(yaw),
    pitch: histogram(pitch),
    roll: histogram(0),
    joint: { low: -90, high: 90, counts },
  };
}

const sets = [facesAround("mini", 0, 5, 12), facesAround("heads", 20, -10, 30)];

Deno.test("poseFigure() draws the angle that is asked for", () => {
  const peak = (angle: "yaw" | "pitch" | "roll") => {
    const { x, y } = poseFigure([sets[1]!], { angle }).data[0]!;
    return x![(y as number[]).indexOf(Math.max(...y as number[]))];
  };
  assert.deepEqual([peak("yaw"), peak("pitch"), peak("roll")].map((x) => Math.round(x as number / 10) * 10 + 0), [
    20,
    -10,
    0,
  ]);
});

Deno.test("jointPoseFigure() has its contours where a share of the faces lies inside", () => {
  const { data } = jointPoseFigure([facesAround("wide", 0, 0, 25)]);
  for (const [k, share] of [0.5, 0.9].entries()) {
    const { z, contours } = data[k]! as unknown as { z: number[][]; contours: { start: number; end: number } };
    assert.equal(contours.start, contours.end);
    const all = z.flat(), inside = all.filter((value) => value >= contours.start);
    const held = inside.reduce((a, b) => a + b) / all.reduce((a, b) => a + b);
    assert.ok(held >= share && held < share + 0.03, `${held}`);
  }
});

Deno.test("jointPoseFigure() draws contours into an SVG, around where the faces are", async () => {
  const svg = await figureSvg(jointPoseFigure(sets));
  const paths = [...svg.matchAll(/class="contourlevel"[\s\S]*?<path[^>]* d="M([\d.]+),([\d.]+)/g)];
  assert.equal(paths.length, 4);
  assert.ok(svg.includes(">mini<") && svg.includes(">heads<"));
});

Deno.test("jointPoseFigure() and poseFigure() refuse no set and no faces", () => {
  const none = {
    ...sets[0]!,
    name: "none",
    joint: { low: -90, high: 90, counts: [[0]] },
    yaw: { low: 0, high: 1, counts: [0] },
  };
  assert.throws(() => jointPoseFigure([]), { name: "RangeError", message: /there is no set/ });
  assert.throws(() => jointPoseFigure([none]), { name: "RangeError", message: /poses of none: expected faces/ });
  assert.throws(() => poseFigure([none]), { name: "RangeError", message: /distribution of none/ });
});

Deno.test("poseFigure() and jointPoseFigure() use only attributes that plotly knows", async () => {
  assert.deepEqual(await problemsOf(poseFigure(sets, { scale: "log" })), []);
  assert.deepEqual(await problemsOf(jointPoseFigure(sets, { width: "page" })), []);
});
