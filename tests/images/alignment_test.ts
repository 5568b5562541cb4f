import { ALIGNMENT_LIMITS, alignmentFault, ARC_TEMPLATE, measureAlignment, type Point } from "@/images/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import assert from "node:assert/strict";

const MIDDLE: Point = [56.02616, 71.90078]; // mean of the template's five points

/** The template enlarged and turned about its middle, then moved. */
function moved(scale: number, turn: number, shift: Point): Point[] {
  const [c, s] = [scale * Math.cos(turn * Math.PI / 180), scale * Math.sin(turn * Math.PI / 180)];
  return ARC_TEMPLATE.map(([x, y]) => {
    const [u, v] = [x - MIDDLE[0], y - MIDDLE[1]];
    return [c * u - s * v + MIDDLE[0] + shift[0], s * u + c * v + MIDDLE[1] + shift[1]];
  });
}

const close = (a: number, b: number, most = 1e-4) => assert.ok(Math.abs(a - b) < most, `${a}, expected ${b}`);

Deno.test("measureAlignment() finds the size, turn and shift that points were moved by", () => {
  const stream = new RandomStream(1, "moves");
  for (let i = 0; i < 50; i++) {
    const scale = stream.uniformIn(0.2, 3), turn = stream.uniformIn(-179, 179);
    const shift: Point = [stream.uniformIn(-60, 60), stream.uniformIn(-60, 60)];
    const found = measureAlignment(moved(scale, turn, shift));
    close(found.scale, scale);
    close(found.turn, turn);
    close(found.shift[0], shift[0]);
    close(found.shift[1], shift[1]);
  }
});

Deno.test("measureAlignment() tells how far points are off, whichever way they are moved", () => {
  close(measureAlignment(ARC_TEMPLATE).off, 0);
  close(measureAlignment(moved(1, 0, [3, -4])).off, 5);
  const radius = Math.sqrt(
    ARC_TEMPLATE.reduce((sum, [x, y]) => sum + (x - MIDDLE[0]) ** 2 + (y - MIDDLE[1]) ** 2, 0) / 5,
  );
  close(measureAlignment(moved(0.5, 0, [0, 0])).off, radius / 2);
  close(measureAlignment(moved(1, 60, [0, 0])).off, radius);
});

Deno.test("measureAlignment() does not take a face that turns away for a misaligned one", () => {
  // The nose moves to the side and the eyes together, as at 50 degrees of yaw.
  const narrow = ARC_TEMPLATE.map(([x, y], i): Point => [56 + 0.65 * (x - 56) + (i === 2 ? 14 : -3), y]);
  const { off, turn, scale } = measureAlignment(narrow);
  assert.ok(off < 6 && Math.abs(turn) < 8 && scale > 0.75, `${off}, ${turn}, ${scale}`);
});

Deno.test("measureAlignment() takes points that coincide, and refuses points that are none", () => {
  const { scale, off } = measureAlignment(Array(5).fill([56, 72]));
  assert.equal(scale, 0);
  assert.ok(off > 20);
  assert.throws(() => measureAlignment(ARC_TEMPLATE.slice(1)), { name: "TypeError", message: /5 points against 4/ });
  assert.throws(() => measureAlignment(ARC_TEMPLATE.with(2, [NaN, 1])), { name: "TypeError", message: /finite/ });
});

Deno.test("alignmentFault() lets pass up to its limits", () => {
  for (const [off, fault] of [[0, false], [7.99, false], [8.01, true], [80, true]] as const) {
    assert.equal(alignmentFault(moved(1, 0, [off, 0]), 1, { off: 8 }) !== undefined, fault, `${off}`);
  }
  for (const [face, fault] of [[1, false], [0.31, false], [0.29, true], [NaN, true]] as const) {
    assert.equal(alignmentFault(ARC_TEMPLATE, face, { face: 0.3 }) !== undefined, fault, `${face}`);
  }
  const { off } = ALIGNMENT_LIMITS;
  assert.equal(alignmentFault(moved(1, 0, [0, off - 0.01]), 1), undefined);
  assert.notEqual(alignmentFault(moved(1, 0, [0, off + 0.01]), 1), undefined);
});

Deno.test("alignmentFault() lets a head that turns away be off by more", () => {
  // A nose that moves to the side, and the mouth against it, leaves size, turn and middle as they are.
  const turned = (by: number, shift: number) =>
    ARC_TEMPLATE.map(([x, y], i): Point => [x + [-0.5, -0.5, 1, 0, 0][i]! * by + shift, y]);
  const { residual } = measureAlignment(turned(16, 0));
  assert.ok(residual > 6 && measureAlignment(turned(16, 0)).off < 4, `${residual}`);
  assert.ok(Math.abs(measureAlignment(moved(2, 30, [5, 5])).residual) < 1e-4);
  assert.notEqual(alignmentFault(turned(0, 9), 1, { off: 8, residual: 4 }), undefined);
  assert.equal(alignmentFault(turned(16, 9), 1, { off: 8, residual: 4 }), undefined);
  assert.notEqual(alignmentFault(turned(16, 9), 1, { off: 8, residual: 99 }), undefined);
  assert.notEqual(alignmentFault(Array(5).fill([56, 72]), 1), undefined, "points that coincide");
});

Deno.test("alignmentFault() says what was measured", () => {
  assert.equal(
    alignmentFault(moved(0.52, -30, [12, -9]), 1),
    "its face looks 0.52 times the size of an aligned one, turned by -30 degrees and moved by (12, -9) of 112 pixels; " +
      "expected an aligned face",
  );
  assert.equal(alignmentFault(ARC_TEMPLATE, 0.04), "no face is found in it (score 0.04); expected an aligned face");
});
