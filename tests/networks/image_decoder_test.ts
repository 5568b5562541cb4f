// What it computes is compared with the reference in vec2face_test.ts.

import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import { arrayParameters, imageDecoder, initialise, inputParameters, vec2faceConfig } from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { assertClose } from "./_fixtures.ts";

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

Deno.test("imageDecoder() in training has the same image and gradient arranged for a processor", async () => {
  const config = { inputs: 64, channels: 64, multipliers: [1, 1], resBlocks: 1, groups: 8 };
  const named = inputParameters();
  imageDecoder(config, named, op.input("z", "float32", [2, 64, 7, 7]));
  const params = arrayParameters(initialise(named.specs, new RandomStream(1, "weights")));
  const z = op.input("z", "float32", [2, 64, 7, 7]), outputs: Record<string, op.Value> = {};
  const processors = [undefined, { block: await op.convolutionBlock() }];
  const [plain, arranged] = processors.map((processor) => {
    const image = imageDecoder(config, params, z, { processor }), name = processor === undefined ? "plain" : "arranged";
    const [gradient] = op.gradients(op.reduceSum(op.mul(image, image), [0, 1, 2, 3], false), [z]);
    Object.assign(outputs, { [`image ${name}`]: op.identity(image), [`gradient ${name}`]: op.identity(gradient!) });
    return op.sortNodes([image]).filter(({ op: name }) => name === "Conv").length;
  });
  strictEqual(plain! - arranged!, 9); // all but those of the doubling and of the colours
  await using session = await op.createSession(op.buildModel({ inputs: [z], outputs }));
  const data = new RandomStream(2, "z").fillNormal(new Float32Array(2 * 64 * 49));
  const found = await session.run({ z: { data, shape: [2, 64, 7, 7] } });
  for (const what of ["image", "gradient"]) {
    const theirs = found[`${what} plain`]!.data as Float32Array;
    assertClose(found[`${what} arranged`]!.data as Float32Array, theirs, 1e-4 * Math.max(...theirs.map(Math.abs)));
  }
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
