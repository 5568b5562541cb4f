import { deepStrictEqual, throws } from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import { DISCRIMINATOR, discriminator, discriminatorSpecs, inputParameters, storedParameters } from "@/networks/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { arrays, assertClose, fixture } from "./_fixtures.ts";

const TINY = { widths: [8, 8, 16], groups: 8, kernels: [3, 7, 5] };

Deno.test("discriminator() computes what the reference's module computes", async () => {
  const expected = arrays("discriminator.npz");
  const images = op.input("images", "float32", ["N", 3, 24, 24]);
  const params = storedParameters(openWeights(fixture("discriminator.pth")));
  const verdicts = discriminator(TINY, params, images);
  await using session = await op.createSession(
    op.buildModel({ inputs: [images], outputs: { verdicts } }),
  );
  const out = await session.run({ images: expected("images") });
  deepStrictEqual(out["verdicts"]!.shape, expected("verdicts").shape);
  assertClose(
    out["verdicts"]!.data as Float32Array,
    expected("verdicts").data,
    5e-6,
  );
});

Deno.test("discriminator() judges two inputs with one set of weights", () => {
  const params = inputParameters();
  discriminator(TINY, params, op.input("real", "float32", [2, 3, 24, 24]));
  discriminator(TINY, params, op.input("generated", "float32", [2, 3, 24, 24]));
  deepStrictEqual(params.specs, discriminatorSpecs(TINY));
});

Deno.test("discriminatorSpecs() asks for what the reference's state dict holds, and nothing else", () => {
  const held = [...openWeights(fixture("discriminator.pth")).tensors.values()]
    .map(({ name, shape }) => `${name} ${shape}`);
  const asked = discriminatorSpecs(TINY).map(({ name, shape }) => `${name} ${shape}`);
  deepStrictEqual(asked.sort(), held.sort());
});

Deno.test("discriminator() refuses groups that do not divide the widths", () => {
  throws(() => discriminatorSpecs({ ...DISCRIMINATOR, groups: 24 }), {
    name: "RangeError",
    message: /24 groups do not divide 128 channels/,
  });
});
