import { decodeImage, encodeJpeg, encodePng } from "@/images/mod.ts";
import assert from "node:assert/strict";
import { assertClose, picture } from "./_picture.ts";

Deno.test("encodeJpeg() gives equal bytes for equal pixels", async () => {
  const copy = { ...picture, data: picture.data.slice() };
  const [one, two] = await Promise.all([encodeJpeg(picture), encodeJpeg(copy)]);
  assert.deepEqual(one, two);
  copy.data[0]! ^= 128;
  assert.notDeepEqual(await encodeJpeg(copy), one);
});

Deno.test("encodeJpeg() keeps its bytes from one version of this project to the next", async () => {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    await encodeJpeg(picture),
  );
  assert.equal(
    new Uint8Array(digest).toHex(),
    "01df58703c559acb3c0269ebd7ec69635bfae6ba71e8680d3f6542c13cf78218",
  );
});

Deno.test("encodeJpeg() writes 4:4:4 baseline without metadata unless told otherwise", async () => {
  const bytes = await encodeJpeg(picture);
  const frame = bytes.findIndex((b, i) => b === 0xff && bytes[i + 1] === 0xc0);
  assert.ok(frame > 0, "baseline frame header");
  assert.equal(bytes[frame + 11], 0x11); // sampling factors of the first component
  assert.ok(
    !bytes.some((b, i) => b === 0xff && bytes[i + 1] === 0xe1),
    "no EXIF",
  );
  const half = await encodeJpeg(picture, { chroma: "4:2:0" });
  const halfFrame = half.findIndex((b, i) => b === 0xff && half[i + 1] === 0xc0);
  assert.equal(half[halfFrame + 11], 0x22);
});

Deno.test("encodeJpeg() loses little at high quality and more at low quality", async () => {
  assertClose(
    await decodeImage(await encodeJpeg(picture, { quality: 100 })),
    picture,
    3,
  );
  const low = await encodeJpeg(picture, { quality: 20 });
  assert.ok(low.length < (await encodeJpeg(picture)).length * 0.7);
  assert.throws(() =>
    assertClose(
      picture,
      { ...picture, data: picture.data.map((v) => v ^ 64) },
      3,
    )
  );
});

Deno.test("encodeJpeg() rejects with RangeError when the quality is no integer in 1..100", async () => {
  for (const quality of [0, 101, 50.5, NaN]) {
    await assert.rejects(
      encodeJpeg(picture, { quality }),
      (e) => e instanceof RangeError && e.message.includes(`quality is ${quality}`),
    );
  }
});

Deno.test("encodePng() is without loss and gives equal bytes for equal pixels", async () => {
  const bytes = await encodePng(picture);
  assert.deepEqual(await decodeImage(bytes), picture);
  assert.deepEqual(
    await encodePng({ ...picture, data: picture.data.slice() }),
    bytes,
  );
});

Deno.test("encodeJpeg() and encodePng() reject with TypeError when the image is malformed", async () => {
  const bad = { width: 4, height: 4, data: new Uint8Array(47) };
  for (const encode of [encodeJpeg, encodePng]) {
    await assert.rejects(
      encode(bad),
      (e) => e instanceof TypeError && e.message.includes("found 47"),
    );
  }
});
