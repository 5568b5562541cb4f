import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import {
  inputParameters,
  storedParameters,
  vec2face,
  vec2faceConfig,
  vec2faceInputs,
  vec2faceSpecs,
} from "@/networks/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { arrays, assertClose, fixture, TINY_GENERATOR } from "./_fixtures.ts";

Deno.test("vec2face() computes what the reference's module computes, each image with a mask of its own", async () => {
  const expected = arrays("generator.npz");
  const inputs = vec2faceInputs(TINY_GENERATOR, { batch: "N", kept: 44 });
  const params = storedParameters(openWeights(fixture("generator.pth")));
  const { image, logits, tokenTargets } = vec2face(
    TINY_GENERATOR,
    params,
    inputs,
  );
  const built = op.buildModel({
    inputs: Object.values(inputs),
    outputs: { image, logits, tokenTargets },
  });
  await using session = await op.createSession(built);
  const keep = openWeights(fixture("generator.npz")).readInt64("keep");
  const masked = expected("masked");
  const counts = [0, 1, 2].map((i) => masked.data.slice(i * 49, i * 49 + 49).reduce((a, b) => a + b));
  deepStrictEqual(counts, [6, 20, 49], "the fixture has one mask of each kind");
  const out = await session.run({
    vectors: expected("vectors"),
    keep: { data: keep, shape: [3, 44] },
    masked,
  });
  deepStrictEqual(out["image"]!.shape, [3, 3, 28, 28]);
  assertClose(out["image"]!.data as Float32Array, expected("image").data, 2e-5);
  assertClose(
    out["logits"]!.data as Float32Array,
    expected("logits").data,
    5e-6,
  );
  assertClose(
    out["tokenTargets"]!.data as Float32Array,
    expected("targets").data,
    5e-6,
  );
});

Deno.test("vec2face() limits pixels to -1..1 when asked to clip", async () => {
  const expected = arrays("generator.npz");
  ok(
    expected("image").data.some((x) => Math.abs(x) > 1.5),
    "the fixture has something to clip",
  );
  const inputs = vec2faceInputs(TINY_GENERATOR, { batch: 3, kept: 44 });
  const params = storedParameters(openWeights(fixture("generator.pth")));
  const { image } = vec2face(TINY_GENERATOR, params, inputs, { clip: true });
  await using session = await op.createSession(
    op.buildModel({ inputs: Object.values(inputs), outputs: { image } }),
  );
  const out = await session.run({
    vectors: expected("vectors"),
    keep: {
      data: openWeights(fixture("generator.npz")).readInt64("keep"),
      shape: [3, 44],
    },
    masked: expected("masked"),
  });
  const clipped = expected("image").data.map((x) => Math.min(1, Math.max(-1, x)));
  assertClose(out["image"]!.data as Float32Array, clipped, 1e-4);
});

Deno.test("vec2face() asks for dropout where the reference has it", () => {
  const inputs = vec2faceInputs(TINY_GENERATOR, { batch: 2, kept: 24 });
  const shapes: string[] = [];
  vec2face(TINY_GENERATOR, inputParameters(), inputs, {
    dropout: (x, rate) => {
      shapes.push(`${rate} ${x.shape}`);
      return x;
    },
  });
  const block = (length: number, heads: number) => [
    `0.1 2,${heads},${length},${length}`,
    `0.1 2,${length},32`,
    `0.1 2,${length},128`,
    `0.1 2,${length},32`,
  ];
  deepStrictEqual(shapes, ["0.1 2,50,32", ...block(25, 4), ...block(50, 2)]);
});

Deno.test("vec2face() lets no gradient through the token targets", () => {
  const inputs = vec2faceInputs(TINY_GENERATOR, { batch: 2, kept: 24 });
  const params = inputParameters();
  const { logits, tokenTargets } = vec2face(TINY_GENERATOR, params, inputs);
  const weight = params.values.get("latent_prior_proj_f.weight")!;
  const mean = (x: op.Value) => op.reduceMean(x, [0, 1, 2], false);
  strictEqual(
    op.gradients(mean(op.sub(logits, tokenTargets)), [weight]).length,
    1,
  );
  throws(
    () => op.gradients(mean(tokenTargets), [weight]),
    /does not depend on latent_prior/,
  );
});

Deno.test("vec2faceSpecs() counts the weights of every size", () => {
  const millions = (["mini", "base", "large", "huge"] as const).map((model) => {
    const sizes = vec2faceSpecs(vec2faceConfig(model)).map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    return Math.round(sizes.reduce((a, b) => a + b, 0) / 1e5) / 10;
  });
  // The reference's modules hold 174.1, 436.3 and 821.4 with patch_embed and center_token, which are not used.
  deepStrictEqual(millions, [8.1, 173.5, 435.5, 820.3]);
});

Deno.test("vec2face() refuses inputs that do not fit", () => {
  const inputs = vec2faceInputs({ ...TINY_GENERATOR, vectorSize: 32 }, {
    batch: 1,
    kept: 44,
  });
  throws(() => vec2face(TINY_GENERATOR, inputParameters(), inputs), {
    name: "TypeError",
    message: /vectors \[1,32\].*expected \[N,64\]/,
  });
});

Deno.test("vec2face() refuses heads that do not divide the width", () => {
  const config = { ...TINY_GENERATOR, encoderHeads: 5 };
  const inputs = vec2faceInputs(config, { batch: 1, kept: 44 });
  throws(() => vec2face(config, inputParameters(), inputs), {
    name: "RangeError",
    message: /5 heads do not divide the width 32/,
  });
});
