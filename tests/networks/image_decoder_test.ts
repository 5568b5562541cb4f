// What it computes is compared with the reference in vec2face_test.ts.

import { deepStrictEqual, throws } from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import { imageDecoder, inputParameters, vec2faceConfig } from "@/networks/mod.ts";

Deno.test("imageDecoder() has a shortcut of its own only where channels change", () => {
  const params = inputParameters();
  imageDecoder(
    vec2faceConfig("base").image,
    params,
    op.input("z", "float32", [1, 256, 7, 7]),
  );
  const shortcuts = params.specs.filter(({ name }) => name.includes("nin_shortcut"));
  // The reference's odd shape: from the new number of channels to itself.
  deepStrictEqual(shortcuts.map(({ name, shape }) => `${name} ${shape}`), [
    "up.3.block.0.nin_shortcut.weight 256,256,1,1",
    "up.1.block.0.nin_shortcut.weight 128,128,1,1",
  ]);
});

Deno.test("imageDecoder() refuses groups that do not divide the channels", () => {
  const config = { ...vec2faceConfig("mini").image, groups: 32 };
  throws(
    () =>
      imageDecoder(
        config,
        inputParameters(),
        op.input("z", "float32", [1, 128, 7, 7]),
      ),
    {
      name: "RangeError",
      message: /32 groups do not divide the channels \[16,32,64,64,128\]/,
    },
  );
});
