import assert from "node:assert/strict";
import { accuracyFigure, type AccuracySeries } from "@/plots/mod.ts";
import { problemsOf } from "../../lib/plots/_plotly.ts";

const hsface: AccuracySeries = {
  name: "HSFace",
  points: [{ images: 1e6, accuracy: 92.47 }, { images: 5e5, accuracy: 92 }, { images: 1.5e7, accuracy: 93.52 }],
};
const arc2face: AccuracySeries = { name: "Arc2Face", points: [{ images: 5e5, accuracy: 91.73 }] };
const casia: AccuracySeries = { name: "CASIA <real>", points: [{ images: 4.9e5, accuracy: 94.79 }], real: true };

Deno.test("accuracyFigure() sorts a curve by size, and joins only where there are several sets", () => {
  const { data } = accuracyFigure([hsface, arc2face]);
  assert.deepEqual(data[0]!.x, [5e5, 1e6, 1.5e7]);
  assert.deepEqual(data[0]!.y, [92, 92.47, 93.52]);
  assert.deepEqual(data.map(({ mode }) => mode), ["lines+markers", "markers"]);
});

Deno.test("accuracyFigure() has everything inside its axes, real sets as lines with a name", () => {
  const { layout } = accuracyFigure([hsface, casia]);
  const [x, y] = ["xaxis", "yaxis"].map((axis) => (layout[axis] as { range: number[] }).range);
  assert.ok(x![0]! < Math.log10(5e5) && x![1]! > Math.log10(1.5e7));
  assert.ok(y![0]! < 92 && y![1]! > 94.79 && y![1]! <= 100);
  assert.deepEqual((layout.annotations as { text: string; y: number }[]).map(({ text, y }) => [text, y]), [
    ["CASIA &lt;real&gt;", 94.79],
  ]);
});

Deno.test("accuracyFigure() writes the name of a real set where no curve is in the way", () => {
  const sideOf = (...made: AccuracySeries[]) => {
    const [label] = accuracyFigure([...made, casia]).layout.annotations as { xanchor: string; yanchor: string }[];
    return [label!.xanchor, label!.yanchor];
  };
  assert.deepEqual(sideOf(hsface), ["right", "bottom"]);
  const near = { name: "VFace", points: [{ images: 4e6, accuracy: 94.88 }, { images: 1.2e7, accuracy: 94.93 }] };
  assert.deepEqual(sideOf(hsface, near), ["right", "top"]);
});

Deno.test("accuracyFigure() refuses what is no accuracy and what has no size", () => {
  const odd = (images: number, accuracy: number) => [{ name: "odd", points: [{ images, accuracy }] }];
  assert.throws(() => accuracyFigure(odd(0, 90)), { name: "RangeError", message: /odd: it has 90 % from 0 images/ });
  assert.throws(() => accuracyFigure(odd(5, 101)), { message: /101 % from 5 images, expected 0..100 %/ });
  assert.throws(() => accuracyFigure(odd(5, NaN)), { message: /NaN %/ });
  assert.throws(() => accuracyFigure([{ name: "none", points: [] }]), { message: /none: it has no set/ });
  assert.throws(() => accuracyFigure([casia]), { message: /no series of points/ });
});

Deno.test("accuracyFigure() uses only attributes that plotly knows", async () => {
  assert.deepEqual(await problemsOf(accuracyFigure([hsface, arc2face, casia], { width: "page" })), []);
});
