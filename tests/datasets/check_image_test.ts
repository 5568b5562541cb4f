import { type ImageCheck, imageFault } from "@/datasets/mod.ts";
import assert from "node:assert/strict";
import sharp from "sharp";
import { jpeg, png } from "./_images.ts";

const CHECKS: ImageCheck[] = ["full", "quick", "none"];

async function webp(): Promise<Uint8Array> {
  const image = sharp(new Uint8Array(48), { raw: { width: 4, height: 4, channels: 3 } });
  return new Uint8Array(await image.webp().toBuffer());
}

Deno.test("imageFault() finds nothing wrong with whole images", async () => {
  for (const bytes of [await jpeg(0, 0, 112), await png(1), await webp()]) {
    for (const check of CHECKS) assert.equal(await imageFault(bytes, check), undefined);
  }
});

Deno.test("imageFault() finds images that are cut, empty or of another kind", async () => {
  for (const bytes of [await jpeg(0, 0, 112), await png(1), await webp()]) {
    for (const share of [0.1, 0.5, 0.9, 0.99]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      for (const check of ["full", "quick"] as const) {
        assert.match(await imageFault(cut, check) ?? "", /cut short|no image|damaged/, `${check} ${share}`);
      }
      assert.equal(await imageFault(cut, "none"), undefined);
    }
  }
  for (const check of CHECKS) assert.equal(await imageFault(new Uint8Array(0), check), "it has no bytes");
  for (const check of ["full", "quick"] as const) {
    assert.ok(await imageFault(new TextEncoder().encode("<html>404</html>"), check));
  }
});

Deno.test("imageFault() walks JPEG segments and finds those that lead nowhere", async () => {
  const bytes = await jpeg(0);
  const broken = bytes.slice();
  broken[4 + broken[5]!] = 0; // the first byte of the second segment
  assert.equal(await imageFault(broken, "quick"), "the JPEG file is damaged");
  const sizeless = bytes.slice();
  const frame = sizeless.findIndex((byte, i) => byte === 0xff && sizeless[i + 1] === 0xc0);
  sizeless.fill(0, frame + 5, frame + 9);
  assert.equal(await imageFault(sizeless, "quick"), "the JPEG file has no pixels");
  const trailing = new Uint8Array(bytes.length + 300);
  trailing.set(bytes);
  assert.equal(await imageFault(trailing, "quick"), undefined); // zeros behind the end are common
});
