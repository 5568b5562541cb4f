import {
  ARC_TEMPLATE,
  faceInPlace,
  filled,
  type LandmarkJudge,
  type Pixels,
  type Point,
  resize,
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

Deno.test("faceInPlace() finds dots in a picture of any size in place, and where they are not", async () => {
  for (
    const [scale, x, fault] of [[1, 0, false], [1, 5, false], [1, 20, true], [0.5, 0, true], [1.7, 0, true]] as const
  ) {
    const points = ARC_TEMPLATE.map((
      [px, py],
    ): Point => [2 * (scale * (px - 56) + 56 + x), 2 * (scale * (py - 60) + 60)]);
    const found = await faceInPlace(dots(224, 224, points, 8 * scale), dotJudge());
    assert.equal(found.fault !== undefined, fault, `${scale}, ${x}: ${found.fault}`);
  }
});

Deno.test("faceInPlace() takes limits", async () => {
  const away = ARC_TEMPLATE.map(([x, y]): Point => [x + 12, y]);
  assert.notEqual((await faceInPlace(picture(112, 112), judge(away))).fault, undefined);
  assert.equal((await faceInPlace(picture(112, 112), judge(away), { off: 13 })).fault, undefined);
  assert.match((await faceInPlace(picture(112, 112), judge(away, 0.01), { off: 13 })).fault!, /no face is found in it/);
});
