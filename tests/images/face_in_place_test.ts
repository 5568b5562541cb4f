import {
  ARC_TEMPLATE,
  faceInPlace,
  filled,
  type LandmarkJudge,
  type Pixels,
  type Point,
  resize,
  toTensor,
} from "@/images/mod.ts";
import assert from "node:assert/strict";
import { dotJudge, dots } from "./_dots.ts";

/** A judge that always gives the same answer, and keeps what it saw. */
function judge(points: readonly Point[], face = 1): LandmarkJudge & { seen: Float32Array[] } {
  const seen: Float32Array[] = [];
  const estimate = (images: Float32Array) => {
    seen.push(images);
    return Promise.resolve({ points: points.flat(), face: [face] });
  };
  return { imageSize: 112, estimate, seen };
}

/** A picture with a corner of another colour. */
function picture(width: number, height: number): Pixels {
  const image = filled(width, height, [40, 80, 120]);
  for (let y = 0; y < height / 3; y++) {
    for (let x = 0; x < width / 2; x++) image.data.set([200, 10, 30], 3 * (y * width + x));
  }
  return image;
}

Deno.test("faceInPlace() gives an aligned face as it is, or resized", async () => {
  const face = picture(112, 112);
  assert.deepEqual(await faceInPlace(face, judge(ARC_TEMPLATE)), { image: face });
  const large = picture(200, 160), found = await faceInPlace(large, judge(ARC_TEMPLATE));
  assert.deepEqual(found.image, resize(large, 112, 112, { filter: "bicubic" }));
});

Deno.test("faceInPlace() shows the judge one picture of 112x112", async () => {
  const found = judge(ARC_TEMPLATE);
  await faceInPlace(picture(56, 300), found);
  assert.deepEqual(found.seen.map(({ length }) => length), [3 * 112 * 112]);
  await assert.rejects(faceInPlace(picture(9, 9), { ...found, imageSize: 64 }), {
    name: "TypeError",
    message: /the landmark estimator takes 64/,
  });
});

Deno.test("faceInPlace() refuses a face that is not in place", async () => {
  const small = ARC_TEMPLATE.map(([x, y]): Point => [x / 2 + 30, y / 2 + 20]);
  assert.match((await faceInPlace(picture(112, 112), judge(small))).fault!, /0\.50 times the size/);
});

Deno.test("faceInPlace() aligns a face that it finds anywhere in a picture of any shape", async () => {
  for (
    const [width, height, scale, turn, x, y] of [[112, 112, 0.5, 20, 9, -6], [640, 400, 2.2, -35, 60, 30], [
      90,
      200,
      0.6,
      10,
      0,
      40,
    ]] as const
  ) {
    const [c, s] = [scale * Math.cos(turn * Math.PI / 180), scale * Math.sin(turn * Math.PI / 180)];
    const landmarks = ARC_TEMPLATE.map(([px, py]): Point => {
      const [u, v] = [px - 56, py - 72];
      return [c * u - s * v + width / 2 + x, s * u + c * v + height / 2 + y];
    });
    const { image, fault } = await faceInPlace(dots(width, height, landmarks, 5 * scale), dotJudge(), { mode: "fix" });
    assert.equal(fault, undefined);
    const { points } = await dotJudge().estimate(toTensor([image!]), 1);
    ARC_TEMPLATE.forEach(([px, py], i) => {
      const off = Math.hypot(points[2 * i]! - px, points[2 * i + 1]! - py);
      assert.ok(off < 0.7, `${width}x${height}, point ${i}: ${off} pixels off`);
    });
  }
});

Deno.test("faceInPlace() leaves an aligned face as it is also when it may align", async () => {
  const face = dots(112, 112, ARC_TEMPLATE, 5);
  assert.deepEqual((await faceInPlace(face, dotJudge(), { mode: "fix" })).image, face);
});

Deno.test("faceInPlace() aligns nothing where no face is found, or where it stays out of place", async () => {
  const away = ARC_TEMPLATE.map(([x, y]): Point => [x + 40, y]);
  for (const [points, score, fault] of [[away, 0.2, /moved by \(40, 0\)/], [away, 1, /moved by \(40, 0\)/]] as const) {
    assert.match((await faceInPlace(picture(112, 112), judge(points, score), { mode: "fix" })).fault!, fault);
  }
  const none = await faceInPlace(picture(300, 100), judge(ARC_TEMPLATE, 0.01), { mode: "fix" });
  assert.match(none.fault!, /no face is found in it/);
  const point = await faceInPlace(picture(300, 100), judge(Array(5).fill([50, 50])), { mode: "fix" });
  assert.match(point.fault!, /0\.00 times the size/);
});
