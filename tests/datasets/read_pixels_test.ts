import { arrayDataset, readPixels } from "@/datasets/mod.ts";
import assert from "node:assert/strict";
import { png } from "./_images.ts";

Deno.test("readPixels() decodes, and resizes only where asked", async () => {
  const faces = arrayDataset([{ label: 0, bytes: await png(1, 2) }]);
  const image = await readPixels(faces, 0);
  assert.deepEqual([image.width, image.height, [...image.data.subarray(0, 3)]], [4, 4, [60, 20, 90]]);
  assert.deepEqual((await readPixels(faces, 0, 2)).data, image.data.subarray(0, 12));
});

Deno.test("readPixels() names the item that cannot be decoded", async () => {
  const faces = arrayDataset([{ label: 0, bytes: Uint8Array.of(1) }]);
  await assert.rejects(readPixels(faces, 0), { name: "SyntaxError", message: /Cannot decode "0"/ });
});
