import assert from "node:assert/strict";
import { identityDriftFigure } from "@/plots/mod.ts";
import { problemsOf } from "../../lib/plots/_plotly.ts";
import { turnedSet } from "./_sets.ts";

const set = turnedSet("mini");

Deno.test("identityDriftFigure() shows every image of a single set at the yaw that it has, and medians at the targets", () => {
  const [cloud, curve] = identityDriftFigure([set]).data;
  assert.deepEqual([cloud!.x, cloud!.y], [set.images.map(({ yaw }) => yaw), set.images.map(({ cosine }) => cosine)]);
  assert.deepEqual(curve!.x, [-45, -30, -15, 0, 15, 30, 45]);
  const middles = curve!.y as number[];
  assert.ok(middles[3]! > middles[0]! && middles[3]! > middles[6]!, "turning costs");
  const { array, arrayminus } = curve!.error_y as { array: number[]; arrayminus: number[] };
  assert.ok([...array, ...arrayminus].every((length) => length > 0 && length < 0.1));
});

Deno.test("identityDriftFigure() tells several sets apart and leaves their points out", () => {
  const { data } = identityDriftFigure([set, turnedSet("other")]);
  assert.deepEqual(data.map(({ mode, name }) => [mode, name]), [["lines+markers", "mini"], ["lines+markers", "other"]]);
});

Deno.test("identityDriftFigure() marks the least cosine inside the axis", () => {
  const { layout } = identityDriftFigure([set]);
  assert.deepEqual((layout.shapes as { y0: number }[]).map(({ y0 }) => y0), [0.5]);
  const [low, high] = (layout.yaxis as { range: [number, number] }).range;
  assert.ok(low < 0.5 && high > 0.85 && high <= 1.02);
});

Deno.test("identityDriftFigure() leaves images out that are missing", () => {
  const images = [...set.images, { target: 60, yaw: null, cosine: null, second: null }];
  const [cloud, curve] = identityDriftFigure([{ ...set, images }]).data;
  assert.deepEqual([cloud!.x!.length, curve!.x!.length], [280, 7]);
});

Deno.test("identityDriftFigure() refuses to draw nothing", () => {
  assert.throws(() => identityDriftFigure([]), { name: "RangeError", message: /there is no set/ });
  const none = { ...set, images: [{ target: 0, yaw: null, cosine: null, second: null }] };
  assert.throws(() => identityDriftFigure([none]), { name: "RangeError", message: /no image of mini has a cosine/ });
});

Deno.test("identityDriftFigure() uses only attributes that plotly knows", async () => {
  for (const sets of [[set], [set, turnedSet("b")]]) assert.deepEqual(await problemsOf(identityDriftFigure(sets)), []);
});
