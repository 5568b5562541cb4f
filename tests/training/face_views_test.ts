/** Views of faces: their points against the pixels, with dots as an oracle. */
import { ARC_TEMPLATE, measureAlignment } from "@/images/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { drawFaceView, type FaceSource } from "@/training/mod.ts";
import assert from "node:assert/strict";
import { dots } from "../images/_dots.ts";

/** White dots at the template's points on a black head; every pixel is the head's, so the background stays. */
function source(zoom: number): FaceSource {
  const landmarks = ARC_TEMPLATE.map(([x, y]) => [55.5 + zoom * (x - 55.5), 55.5 + zoom * (y - 55.5)] as const);
  const image = dots(112, 112, landmarks, 4).data.map((v) => v > 0 ? 255 : 0);
  return { image, head: new Uint8Array(112 * 112).fill(255), landmarks, zoom };
}

Deno.test("drawFaceView() puts points where the pixels go", () => {
  let seen = 0;
  for (const zoom of [1, 0.5]) {
    const from = source(zoom), dark = { ...from, image: new Uint8Array(112 * 112 * 3) };
    for (let i = 0; i < 30; i++) {
      const view = drawFaceView(from, new RandomStream(7, "views", i));
      const without = drawFaceView(dark, new RandomStream(7, "views", i)); // differs where the dots are
      if (view.face !== 1) continue;
      const points = view.landmarks.filter(([x, y]) => x > 2 && y > 2 && x < 109 && y < 109);
      const changed = points.filter(([x, y]) => {
        const at = 3 * (Math.round(y) * 112 + Math.round(x));
        return [0, 1, 2].some((c) => Math.abs(view.image[at + c]! - without.image[at + c]!) > 3);
      });
      // Clothes, things in front and the dark hide some.
      if (changed.length >= 3) seen++;
    }
  }
  assert.ok(seen > 35, `${seen} of 60 views show their points`);
});

Deno.test("drawFaceView() is a pure function of picture and stream, and says what is seen", () => {
  const from = source(1), kinds = { face: 0, none: 0, part: 0, near: 0 };
  for (let i = 0; i < 100; i++) {
    const view = drawFaceView(from, new RandomStream(1, "views", i));
    assert.deepEqual(drawFaceView(from, new RandomStream(1, "views", i)), view);
    const inside = view.landmarks.filter(([x, y]) => x >= 0 && y >= 0 && x < 112 && y < 112).length;
    if (view.face === 1) {
      kinds.face++;
      assert.ok(inside >= 4 && view.located);
      if (measureAlignment(view.landmarks).off < 12) kinds.near++;
    } else if (view.face === 0) {
      kinds.none++;
      assert.ok(!view.located);
    } else kinds.part++;
  }
  assert.ok(kinds.face > 60 && kinds.none > 1 && kinds.part > 1 && kinds.near > 10, JSON.stringify(kinds));
});

Deno.test("drawFaceView() brings pictures from afar closer, and leaves aligned ones nearly as they are in part", () => {
  const sizes = (zoom: number) =>
    Array.from({ length: 60 }, (_, i) => drawFaceView(source(zoom), new RandomStream(2, "views", i)))
      .filter(({ face }) => face === 1).map(({ landmarks }) => measureAlignment(landmarks).scale);
  const [near, far] = [sizes(1), sizes(0.5)];
  assert.ok(Math.min(...near) > 0.84 && Math.max(...near) < 1.71, `${Math.min(...near)}..${Math.max(...near)}`);
  assert.ok(Math.min(...far) > 0.29 && Math.max(...far) < 1.01, `${Math.min(...far)}..${Math.max(...far)}`);
});
