import assert from "node:assert/strict";
import { decodeImage, filled, ImageGrid, jupyterDisplay, MovingImage } from "@/images/mod.ts";

const RED = [255, 0, 0] as const;

Deno.test("ImageGrid shows a PNG of all its images, by the kernel's symbol", async () => {
  assert.equal(jupyterDisplay, Symbol.for("Jupyter.display"));
  const bundle = await new ImageGrid([filled(4, 3), filled(4, 3, RED)], { columns: 2, gap: 1 })[jupyterDisplay]();
  assert.deepEqual(Object.keys(bundle), ["image/png", "text/plain"]);
  const shown = await decodeImage(Uint8Array.fromBase64(bundle["image/png"]!));
  assert.deepEqual([shown.width, shown.height], [11, 5]);
  assert.deepEqual([...shown.data.subarray(3 * (11 + 6), 3 * (11 + 6) + 3)], [...RED]);
});

Deno.test("ImageGrid throws at once when there is nothing to show", () => {
  assert.throws(() => new ImageGrid([]), { name: "RangeError", message: /there is no image/ });
});

Deno.test("MovingImage shows a whole GIF or WebP file inside an image element", async () => {
  for (const [format, start] of [["gif", "GIF89a"], ["webp", "RIFF"]] as const) {
    const bundle = await new MovingImage([filled(4, 3), filled(4, 3, RED)], { format })[jupyterDisplay]();
    const match = new RegExp(`^<img src="data:image/${format};base64,([^"]+)" alt="2 frames">$`).exec(
      bundle["text/html"]!,
    );
    const bytes = Uint8Array.fromBase64(match![1]!);
    assert.equal(new TextDecoder().decode(bytes.subarray(0, start.length)), start);
  }
});

Deno.test("MovingImage rejects frames of different sizes when it is shown", async () => {
  const moving = new MovingImage([filled(4, 3), filled(3, 4)]);
  await assert.rejects(moving[jupyterDisplay](), { name: "TypeError", message: /frame 1 is 3x4/ });
});
