import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import {
  initialise,
  iresnetConfig,
  iresnetSpecs,
  type ParameterSpec,
  vec2faceConfig,
  vec2faceSpecs,
  XAVIER,
} from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { fixture } from "./_fixtures.ts";

/** Compares mean, spread and largest value with those of the reference's own first values, within sampling error. */
function compareSpread(
  specs: readonly ParameterSpec[],
  fixtureName: string,
): void {
  const values = initialise(specs, new RandomStream(1, "weights"));
  const reference = openWeights(fixture(fixtureName));
  let compared = 0;
  for (const name of reference.tensors.keys()) {
    const found = values.get(name);
    if (found === undefined) continue; // held by the reference, never used
    const [mean, sd, largest] = reference.readFloat32(name);
    const own = found.reduce((a, b) => a + b, 0) / found.length;
    const spread = Math.sqrt(
      found.reduce((a, b) => a + (b - own) ** 2, 0) / found.length,
    );
    const top = found.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const error = 6 / Math.sqrt(found.length);
    ok(
      Math.abs(own - mean!) <= 2 * error * sd!,
      `${name}: mean ${own}, reference ${mean}`,
    );
    ok(
      Math.abs(spread - sd!) <= error * sd!,
      `${name}: spread ${spread}, reference ${sd}`,
    );
    ok(
      Math.abs(top - largest!) <= 0.35 * largest!,
      `${name}: largest ${top}, reference ${largest}`,
    );
    compared++;
  }
  ok(compared > 20, `only ${compared} parameters were compared`);
}

Deno.test("initialise() spreads a generator's values as the reference does", () => {
  const image = {
    inputs: 64,
    channels: 32,
    multipliers: [1, 2],
    resBlocks: 1,
    groups: 32,
  };
  const config = {
    ...vec2faceConfig("base"),
    vectorSize: 128,
    width: 64,
    image,
  };
  const sizes = {
    encoderBlocks: 1,
    encoderHeads: 4,
    decoderBlocks: 1,
    decoderHeads: 4,
  };
  compareSpread(
    vec2faceSpecs({ ...config, ...sizes }),
    "initial_generator.npz",
  );
});

Deno.test("initialise() spreads an IResNet's values as the reference does", () => {
  compareSpread(
    iresnetSpecs({ ...iresnetConfig(18), layers: [1, 1, 1, 1] }),
    "initial_iresnet.npz",
  );
});

Deno.test("initialise() gives the same values for the same stream and others for another", () => {
  const specs = [{
    name: "w",
    shape: [2, 3],
    init: XAVIER,
    trainable: true,
    decay: true,
  }];
  const draw = (seed: number) => initialise(specs, new RandomStream(seed, "weights")).get("w")!;
  deepStrictEqual(draw(1), draw(1));
  ok(draw(1).some((x, i) => x !== draw(2)[i]));
});

Deno.test("initialise() starts slopes at 0.25 and running variances at 1", () => {
  const specs = iresnetSpecs({
    ...iresnetConfig(18, { quarter: true }),
    inputSize: 16,
  });
  const values = initialise(specs, new RandomStream(1, "weights"));
  strictEqual(values.get("prelu.weight")![3], 0.25);
  strictEqual(values.get("layer4.1.bn3.running_var")![127], 1);
  strictEqual(values.get("layer4.1.bn3.running_mean")![127], 0);
});

Deno.test("initialise() refuses Xavier for a vector", () => {
  const specs = [{
    name: "bias",
    shape: [3],
    init: XAVIER,
    trainable: true,
    decay: false,
  }];
  throws(() => initialise(specs, new RandomStream(1, "weights")), {
    name: "TypeError",
    message: /bias: xavierUniform needs a shape \[O,I,...\], found \[3\]/,
  });
});
