import assert from "node:assert/strict";
import { clearVisible, draw, makeVisible } from "../../lib/heads/_raster.ts";

/** Two triangles over one another: the second is nearer. Corners turn so that the front is seen (y points down). */
const screen = Float32Array.of(
  0,
  0,
  0.1,
  0,
  8,
  0.1,
  8,
  0,
  0.1,
  0,
  0,
  0.2,
  0,
  4,
  0.2,
  4,
  0,
  0.2,
);
const triangles = Int32Array.of(0, 1, 2, 3, 4, 5);

Deno.test("draw() covers the samples within a triangle and interpolates its weights", () => {
  const out = makeVisible(10);
  clearVisible(out);
  draw(out, screen, triangles, 0, 1, { twoSided: false });
  for (let y = 0; y < 10; y++) {
    for (let x = 0; x < 10; x++) {
      const at = y * 10 + x;
      assert.equal(out.triangle[at], x + y <= 8 ? 0 : -1, `${x}, ${y}`);
      if (out.triangle[at]! < 0) continue;
      const [a, b] = [out.first[at]!, out.second[at]!];
      assert.ok(
        Math.abs(8 * (1 - a - b) - x) < 1e-5 && Math.abs(8 * b - y) < 1e-5,
      );
    }
  }
});

Deno.test("draw() keeps the nearest triangle in either order", () => {
  for (const order of [[0, 1], [1, 0]]) {
    const out = makeVisible(10);
    clearVisible(out);
    for (const t of order) {
      draw(out, screen, triangles, t, t + 1, { twoSided: false });
    }
    assert.equal(out.triangle[0], 1);
    assert.equal(out.triangle[6], 0);
  }
});

Deno.test("draw() leaves out triangles seen from behind unless both sides show", () => {
  const back = Int32Array.of(0, 2, 1);
  const out = makeVisible(10);
  clearVisible(out);
  draw(out, screen, back, 0, 1, { twoSided: false });
  assert.equal(out.triangle[0], -1);
  draw(out, screen, back, 0, 1, { twoSided: true });
  assert.equal(out.triangle[11], 0);
});

Deno.test("draw() leaves out samples whose cut value is negative", () => {
  const out = makeVisible(10);
  clearVisible(out);
  const values = Float32Array.of(-1, -1, 1);
  draw(out, screen, triangles, 0, 1, {
    twoSided: false,
    cut: { values, stride: 1, offset: 0 },
  });
  assert.equal(out.triangle[2], -1);
  assert.equal(out.triangle[6], 0);
});

Deno.test("draw() clips at the picture's edge", () => {
  const out = makeVisible(4);
  clearVisible(out);
  draw(
    out,
    Float32Array.of(-50, -50, 1, -50, 90, 1, 90, -50, 1),
    Int32Array.of(0, 1, 2),
    0,
    1,
    { twoSided: false },
  );
  assert.ok(out.triangle.every((t) => t === 0));
});
