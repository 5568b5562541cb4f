import assert from "node:assert/strict";
import { decodeImage, encodeJpeg } from "@/images/mod.ts";
import { HeadRenderer, sampleIdentity, toyHead } from "@/heads/mod.ts";
import { jpegDamage } from "../../lib/heads/_jpeg.ts";
import { calmScene, difference } from "./_fixtures.ts";

const original = new HeadRenderer().render(
  sampleIdentity(toyHead(), 1, 1),
  calmScene({ yaw: 20 }),
).pixels;

function damaged(quality: number): Uint8Array {
  const data = Uint8Array.from(original.data);
  jpegDamage(data, 112, 112, quality);
  return data;
}

Deno.test("jpegDamage() does more damage at lower quality", () => {
  const losses = [95, 75, 50, 25].map((quality) => difference(damaged(quality), original.data));
  for (let i = 1; i < losses.length; i++) {
    assert.ok(losses[i]! > losses[i - 1]!, `${losses}`);
  }
  assert.ok(losses[0]! < 2, `${losses}`);
});

Deno.test("jpegDamage() does what a JPEG file does", async () => {
  for (const quality of [30, 60, 90]) {
    const file = await decodeImage(
      await encodeJpeg(original, { quality, chroma: "4:2:0" }),
    );
    const loss = difference(file.data, original.data);
    const apart = difference(file.data, damaged(quality));
    assert.ok(
      apart < Math.max(0.6 * loss, 1),
      `quality ${quality}: ${apart} apart, loss ${loss}`,
    );
  }
});
