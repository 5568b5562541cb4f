import { encodeAnimation, filled, imageFormat } from "@/images/mod.ts";
import assert from "node:assert/strict";
import sharp from "sharp";

const frames = [
  filled(16, 12, [250, 0, 0]),
  filled(16, 12, [0, 250, 0]),
  filled(16, 12, [0, 0, 250]),
];

for (const format of ["gif", "webp"] as const) {
  Deno.test(`encodeAnimation() writes ${format} frames in order with their delay`, async () => {
    const bytes = await encodeAnimation(frames, {
      format,
      delayMs: 120,
      loop: 2,
      quality: 100,
    });
    assert.equal(imageFormat(bytes)!.toLowerCase(), format);
    const meta = await sharp(bytes, { animated: true }).metadata();
    assert.deepEqual([meta.pages, meta.pageHeight, meta.width], [3, 12, 16]);
    assert.deepEqual(meta.delay, [120, 120, 120]);
    assert.equal(meta.loop, 2);
    for (let page = 0; page < 3; page++) {
      const raw = await sharp(bytes, { page }).removeAlpha().raw().toBuffer();
      for (let c = 0; c < 3; c++) {
        assert.ok(
          Math.abs(raw[c]! - (c === page ? 250 : 0)) < 12,
          `page ${page}: ${raw.subarray(0, 3)}`,
        );
      }
    }
  });
}

Deno.test("encodeAnimation() gives equal bytes for equal frames", async () => {
  assert.deepEqual(
    await encodeAnimation(frames),
    await encodeAnimation(frames),
  );
});

Deno.test("encodeAnimation() writes one frame as well", async () => {
  assert.equal(imageFormat(await encodeAnimation(frames.slice(0, 1))), "GIF");
});

Deno.test("encodeAnimation() rejects when there is no frame, sizes differ or an option is outside its range", async () => {
  await assert.rejects(
    encodeAnimation([]),
    (e) => e instanceof RangeError && e.message.includes("there is no frame"),
  );
  await assert.rejects(
    encodeAnimation([filled(2, 2), filled(3, 2)]),
    (e) => e instanceof TypeError && e.message.includes("frame 1 is 3x2"),
  );
  await assert.rejects(
    encodeAnimation(frames, { delayMs: 1 }),
    (e) => e instanceof RangeError && e.message.includes("delayMs 1"),
  );
});
