/** ArcFace loss and SSIM against PyTorch's numbers (tests/fixtures/training/make_fixtures.py). */
import * as op from "@/onnx/mod.ts";
import { arcfaceLoss, ssim } from "@/training/mod.ts";
import { assertAllClose, TOLERANCE } from "../_assert_close.ts";
import fixture from "../fixtures/training/losses.json" with { type: "json" };

const { forward, backward } = TOLERANCE.float32;

Deno.test("arcfaceLoss() and its gradients equal PyTorch's", async () => {
  const { features, centres, labels, margin, scale, ...want } = fixture.arcface;
  const f = op.input("f", "float32", [4, 6]), c = op.input("c", "float32", [5, 6]);
  const l = op.input("l", "int64", [4]), m = op.input("m", "float32", []);
  const { loss, cosine } = arcfaceLoss({ features: f, centres: c, labels: l, margin: m, scale });
  const [df, dc] = op.gradients(loss, [f, c]);
  const model = op.buildModel({ inputs: [f, c, l, m], outputs: { loss, cosine, df: df!, dc: dc! } });
  await using session = await op.createSession(model);
  const got = await session.run({
    f: { data: Float32Array.from(features), shape: [4, 6] },
    c: { data: Float32Array.from(centres), shape: [5, 6] },
    l: { data: BigInt64Array.from(labels, BigInt), shape: [4] },
    m: { data: Float32Array.of(margin), shape: [] },
  });
  assertAllClose(got["loss"]!, { data: Float32Array.from([want.loss]), shape: [] }, forward);
  assertAllClose(got["cosine"]!, { data: Float32Array.from([want.cosine]), shape: [] }, forward);
  assertAllClose(got["df"]!, { data: Float32Array.from(want.featuresGradient), shape: [4, 6] }, backward);
  assertAllClose(got["dc"]!, { data: Float32Array.from(want.centresGradient), shape: [5, 6] }, backward);
});

Deno.test("arcfaceLoss() continues the target linearly where angle and margin pass pi", async () => {
  const f = op.input("f", "float32", [1, 2]), c = op.input("c", "float32", [2, 2]);
  const l = op.input("l", "int64", [1]), m = op.input("m", "float32", []);
  const { loss } = arcfaceLoss({ features: f, centres: c, labels: l, margin: m, scale: 1 });
  await using session = await op.createSession(op.buildModel({ inputs: [f, c, l, m], outputs: { loss } }));
  const got = await session.run({
    f: { data: Float32Array.of(-1, 0), shape: [1, 2] },
    c: { data: Float32Array.of(1, 0, 0, 1), shape: [2, 2] },
    l: { data: BigInt64Array.of(0n), shape: [1] },
    m: { data: Float32Array.of(0.5), shape: [] },
  });
  const target = -1 - 0.5 * Math.sin(0.5);
  const expected = Math.log(Math.exp(target) + 1) - target;
  assertAllClose(got["loss"]!, { data: Float32Array.from([expected]), shape: [] }, forward);
});

Deno.test("ssim() and its gradient equal PyTorch's", async () => {
  const shape = [2, 3, 14, 13];
  const a = op.input("a", "float32", shape), b = op.input("b", "float32", shape);
  const value = ssim(a, b);
  const [da] = op.gradients(value, [a]);
  await using session = await op.createSession(op.buildModel({ inputs: [a, b], outputs: { value, da: da! } }));
  const got = await session.run({
    a: { data: Float32Array.from(fixture.ssim.a), shape },
    b: { data: Float32Array.from(fixture.ssim.b), shape },
  });
  // Variances are small differences of squares, so a few digits go.
  assertAllClose(got["value"]!, { data: Float32Array.from([fixture.ssim.value]), shape: [] }, { atol: 2e-5, rtol: 0 });
  assertAllClose(got["da"]!, { data: Float32Array.from(fixture.ssim.gradient), shape }, { atol: 2e-5, rtol: 1e-3 });
});
