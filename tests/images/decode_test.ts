import { decodeImage, encodeJpeg, encodePng, filled, imageFormat } from "@/images/mod.ts";
import assert from "node:assert/strict";
import { assertClose, picture, table, unpack } from "./_picture.ts";

/** Levels by which a decoder may differ from Pillow's: inverse transforms of JPEG differ by rounding. */
const LIMITS: Record<string, number> = { jpeg: 1, greyJpeg: 1, turnedJpeg: 1 };

for (const file of table.files) {
  Deno.test(`decodeImage() reads ${file.name} as Pillow does`, async () => {
    const image = await decodeImage(Uint8Array.fromBase64(file.bytes));
    assert.deepEqual([image.width, image.height], [file.width, file.height]);
    assert.equal(image.data.length, image.width * image.height * 3);
    if ("data" in file) {
      assertClose(image, unpack(file), LIMITS[file.name] ?? 0, file.name);
    }
  });
}

Deno.test("decodeImage() reads a file by its path and names it in errors", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${dir}/a.png`, await encodePng(picture));
    assert.deepEqual(await decodeImage(`${dir}/a.png`), picture);
    await Deno.writeTextFile(`${dir}/b.jpg`, "no picture");
    await assert.rejects(
      decodeImage(`${dir}/b.jpg`),
      (e) =>
        e instanceof SyntaxError && e.message.includes("b.jpg") &&
        e.message.includes("6e 6f 20"),
    );
    await assert.rejects(decodeImage(`${dir}/none.jpg`), Deno.errors.NotFound);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("decodeImage() rejects with SyntaxError when a file is cut short anywhere", async () => {
  const big = filled(64, 64);
  for (let i = 0; i < big.data.length; i++) {
    big.data[i] = (i * 2654435761 >>> 13) & 255;
  }
  for (const bytes of [await encodeJpeg(big), await encodePng(big)]) {
    for (const part of [0.01, 0.1, 0.5, 0.9, 0.99]) {
      const cut = bytes.subarray(
        0,
        Math.max(12, Math.floor(bytes.length * part)),
      );
      await assert.rejects(
        decodeImage(cut, { name: "record 17" }),
        (e) =>
          e instanceof SyntaxError &&
          e.message.includes("Cannot decode record 17") &&
          e.message.includes("damaged or cut short"),
        `${imageFormat(bytes)} at ${part}`,
      );
    }
  }
});

Deno.test("decodeImage() rejects with SyntaxError when bytes are empty, SVG or noise", async () => {
  const svg = new TextEncoder().encode(
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
  );
  for (const bytes of [new Uint8Array(0), svg, new Uint8Array(100).fill(7)]) {
    await assert.rejects(
      decodeImage(bytes),
      (e) => e instanceof SyntaxError && e.message.includes("expected a JPEG, PNG"),
    );
  }
});

Deno.test("decodeImage() rejects with RangeError when an image claims too many pixels", async () => {
  const bytes = await encodePng(filled(40, 30));
  await assert.rejects(
    decodeImage(bytes, { maxPixels: 1199 }),
    (e) => e instanceof RangeError && e.message.includes("more than 1199 pixels"),
  );
  assert.equal((await decodeImage(bytes, { maxPixels: 1200 })).width, 40);
  // A PNG header that claims 30000 x 30000 pixels: refused before it is inflated.
  const bomb = bytes.slice();
  new DataView(bomb.buffer).setUint32(16, 30000);
  new DataView(bomb.buffer).setUint32(20, 30000);
  const { crc32 } = await import("node:zlib");
  new DataView(bomb.buffer).setUint32(29, crc32(bomb.subarray(12, 29)));
  await assert.rejects(
    decodeImage(bomb),
    (e) =>
      e instanceof RangeError &&
      e.message.includes("more than 67108864 pixels"),
  );
});

Deno.test("imageFormat() tells formats by their magic and nothing else", () => {
  for (const file of table.files) {
    assert.ok(
      file.name.toLowerCase().endsWith(
        imageFormat(Uint8Array.fromBase64(file.bytes))!.toLowerCase(),
      ),
      file.name,
    );
  }
  assert.equal(imageFormat(new Uint8Array(0)), undefined);
  assert.equal(
    imageFormat(new TextEncoder().encode("%PDF-1.7 padding")),
    undefined,
  );
});
