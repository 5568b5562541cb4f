import { type Landmarks, referenceFace, type ReferenceFaceOptions } from "@/generation/mod.ts";
import { ARC_TEMPLATE, encodePng, filled, type Pixels, type Point, resize } from "@/images/mod.ts";
import assert from "node:assert/strict";
import { dotJudge, dots } from "../images/_dots.ts";
import { table, unpack } from "../images/_picture.ts";

/** A picture whose colours say where a pixel is: red grows to the right, green downwards. */
function chart(width: number, height = width): Pixels {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([255 * x / width, 255 * y / height, (x * y) % 251], 3 * (y * width + x));
  }
  return { width, height, data };
}

const colour = (
  { data, width }: Pixels,
  x: number,
  y: number,
) => [...data.subarray(3 * (y * width + x)).subarray(0, 2)];
const five = (points: readonly Point[]) => points as unknown as Landmarks;
const fault = async (bytes: Uint8Array, options: ReferenceFaceOptions = {}) =>
  (await referenceFace(bytes, options)).fault;

Deno.test("referenceFace() leaves an aligned face as it is, and resizes other squares as Pillow's bicubic", async () => {
  assert.deepEqual((await referenceFace(await encodePng(chart(112)))).image, chart(112));
  for (const size of [56, 160, 256]) {
    const { image } = await referenceFace(await encodePng(chart(size)));
    assert.deepEqual(image, resize(chart(size), 112, 112, { filter: "bicubic" }));
  }
});

for (const file of table.files) {
  Deno.test(`referenceFace() takes the file ${file.name}`, async () => {
    const bytes = Uint8Array.fromBase64(file.bytes);
    assert.match((await fault(bytes))!, /it is \d+x\d+ pixels; expected an aligned face of 112x112/);
    const { image } = await referenceFace(bytes, { anySize: true });
    assert.deepEqual([image?.width, image?.height], [112, 112]);
    if (file.data !== undefined && !/jpeg/i.test(file.name)) {
      assert.deepEqual(image, resize(unpack(file), 112, 112, { filter: "bicubic" }));
    }
  });
}

Deno.test("referenceFace() refuses a photograph by its size, and aligns it by its landmarks", async () => {
  for (const image of [chart(55), chart(257), chart(112, 113), chart(640, 480)]) {
    const { width, height } = image;
    assert.equal(
      await fault(await encodePng(image)),
      `it is ${width}x${height} pixels; expected an aligned face of 112x112, or a square of 56 to 256 pixels`,
    );
  }
  const photograph = await encodePng(chart(640, 480));
  const upright = ARC_TEMPLATE.map(([x, y]) => [2 * x + 200, 2 * y + 100] as const);
  const { image } = await referenceFace(photograph, { landmarks: five(upright) });
  for (const [x, y] of [[10, 20], [56, 56], [100, 90]] as const) {
    const [red, green] = colour(image!, x, y);
    assert.ok(Math.abs(red! - 255 * (2 * x + 200) / 640) < 2 && Math.abs(green! - 255 * (2 * y + 100) / 480) < 2);
  }
});

Deno.test("referenceFace() turns a face that lies on its side", async () => {
  const turned = ARC_TEMPLATE.map(([x, y]) => [300 - y, 100 + x] as const); // a quarter turn to the right
  const { image } = await referenceFace(await encodePng(chart(400)), { landmarks: five(turned) });
  const [red, green] = colour(image!, 80, 30);
  assert.ok(Math.abs(red! - 255 * 270 / 400) < 2 && Math.abs(green! - 255 * 180 / 400) < 2, `${red} ${green}`);
});

Deno.test("referenceFace() refuses landmarks that are those of no face in the image", async () => {
  const photograph = await encodePng(chart(300, 200));
  const place = (change: (point: Point, i: number) => Point) =>
    fault(photograph, { landmarks: five(ARC_TEMPLATE.map(change)) });
  assert.equal(
    await place(([x, y]) => [x + 400, y + 20]),
    "its landmarks lie around (456, 92), outside of its 300x200 pixels",
  );
  assert.match((await place(([x, y]) => [x - 1e300, y]))!, /outside of its 300x200/);
  assert.equal(await place(() => [50, 50]), "its landmarks coincide");
  const none = /no face: expected left eye, right eye, nose, left and right corner of the mouth/;
  const swapped = [1, 0, 2, 4, 3];
  assert.match((await place((_, i) => ARC_TEMPLATE[swapped[i]!]!))!, none); // the person's left, not the viewer's
  const scattered = [[10, 150], [250, 20], [20, 20], [150, 10], [30, 100]] as const;
  assert.match((await place((_, i) => scattered[i]!))!, none);
});

Deno.test("referenceFace() says what is wrong with a file that is no whole image", async () => {
  const whole = await encodePng(filled(112, 112, [1, 2, 3])), text = new TextEncoder();
  assert.equal(await fault(new Uint8Array()), "it has no bytes");
  assert.equal(await fault(text.encode("<svg xmlns='http://www.w3.org/2000/svg'/>")), "it is no image file");
  assert.equal(await fault(whole.subarray(0, 200), { anySize: true }), "the PNG file is cut short");
  const damaged = whole.slice();
  damaged.fill(0x55, 60, 90);
  assert.match((await fault(damaged))!, /^the PNG file of \d+ bytes is damaged/);
  const huge = whole.slice();
  new DataView(huge.buffer).setUint32(16, 60_000);
  new DataView(huge.buffer).setUint32(20, 60_000);
  assert.match((await fault(huge))!, /PNG file (claims more than 67108864 pixels|of \d+ bytes is damaged)/);
});

Deno.test("referenceFace() has squares without landmarks looked at where a judge is given", async () => {
  const judge = dotJudge(), moved = (x: number) => ARC_TEMPLATE.map(([u, v]) => [u + x, v] as const);
  const square = (x: number) => encodePng(dots(112, 112, moved(x), 5));
  assert.equal(await fault(await square(0), { judge }), undefined);
  assert.match(
    (await fault(await square(30), { judge }))!,
    /moved by \(30, 0\) of 112 pixels; expected an aligned face/,
  );
  assert.equal(await fault(await square(30)), undefined);
  assert.equal(await fault(await square(30), { judge, landmarks: moved(30) as unknown as Landmarks }), undefined);
  assert.match((await fault(await encodePng(chart(300)), { judge }))!, /^it is 300x300 pixels/);
});
