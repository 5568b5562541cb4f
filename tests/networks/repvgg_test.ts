/** RepVGG: sizes by name, and the two forms against PyTorch's (tests/oracle/estimators_fixtures.py). */
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import {
  arrayParameters,
  deployRepvgg,
  inputParameters,
  parameterSpecs,
  poseEstimator,
  poseEstimatorSpecs,
  repvgg,
  type RepVggConfig,
  repvggConfig,
} from "@/networks/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { arrays, assertClose, fixture } from "./_fixtures.ts";
import { TINY_POSE, TINY_POSE_SE } from "./_pose_fixtures.ts";

const CASES = [["pose", TINY_POSE], ["pose_se", TINY_POSE_SE]] as const;

/** All tensors of a fixture but the batch counters, by name. */
function tensors(name: string): Map<string, Float32Array> {
  const file = openWeights(fixture(name));
  const names = [...file.tensors.values()].filter(({ dtype }) => dtype === "float32").map(({ name }) => name);
  return new Map(names.map((key) => [key, file.readFloat32(key)]));
}

for (const [name, config] of CASES) {
  Deno.test(`deployRepvgg() keeps what ${name} computes`, async () => {
    const expected = arrays(`${name}.npz`);
    const images = op.input("images", "float32", ["N", 3, 28, 28]);
    const values = tensors(`${name}.pth`);
    const branches = poseEstimator(config, arrayParameters(values, { prefix: "b." }), images, { branches: true });
    const deployed = poseEstimator(config, arrayParameters(deployRepvgg(values), { prefix: "d." }), images);
    const outputs = { branches: branches.rotation, deployed: deployed.rotation };
    await using session = await op.createSession(op.buildModel({ inputs: [images], outputs }));
    const out = await session.run({ images: expected("images") });
    for (const form of ["branches", "deployed"]) {
      assertClose(out[form]!.data as Float32Array, expected("rotation").data, 5e-6);
      assertClose(out[form]!.data as Float32Array, expected("deployed").data, 5e-6);
    }
  });
}

Deno.test("deployRepvgg() gives the tensors of PyTorch's own conversion", () => {
  const ours = deployRepvgg(tensors("pose.pth")), theirs = tensors("pose_deploy.pth");
  deepStrictEqual([...ours.keys()].sort(), [...theirs.keys()].sort());
  for (const [name, values] of theirs) assertClose(ours.get(name)!, values, 1e-6);
});

Deno.test("deployRepvgg() names the tensor that a branch lacks", () => {
  const values = tensors("pose.pth");
  values.delete("layer2.0.rbr_1x1.bn.running_var");
  throws(() => deployRepvgg(values), {
    name: "TypeError",
    message: /layer "layer2\.0\.": rbr_1x1\.bn\.running_var has no values, expected 8/,
  });
});

Deno.test("poseEstimatorSpecs() asks for what the published layouts hold, and nothing else", () => {
  for (
    const [file, config, branches] of [
      ["pose.pth", TINY_POSE, true],
      ["pose_se.pth", TINY_POSE_SE, true],
      ["pose_deploy.pth", TINY_POSE, false],
    ] as const
  ) {
    const held = [...openWeights(fixture(file)).tensors.values()]
      .filter(({ name }) => !name.endsWith("num_batches_tracked")).map(({ name, shape }) => `${name} ${shape}`);
    const asked = poseEstimatorSpecs(config, { branches }).map(({ name, shape }) => `${name} ${shape}`);
    deepStrictEqual(asked.sort(), held.sort());
  }
});

Deno.test("repvggConfig() gives the widths, layers and groups of the paper", () => {
  deepStrictEqual(repvggConfig("A0"), {
    blocks: [2, 4, 14, 1],
    widths: [48, 48, 96, 192, 1280],
    groups: 1,
    squeezeExcitation: false,
  });
  deepStrictEqual(repvggConfig("A2").widths, [64, 96, 192, 384, 1408]);
  deepStrictEqual([repvggConfig("B3g4").widths, repvggConfig("B3g4").groups], [[64, 192, 384, 768, 2560], 4]);
  deepStrictEqual([repvggConfig("D2se").blocks, repvggConfig("D2se").squeezeExcitation], [[8, 14, 24, 1], true]);
});

Deno.test("repvgg() has the published number of weights in deploy form", () => {
  // Table 4 of the paper, without the classifier of 1000 x (C + 1): A0 8.30 M, B1g2 41.36 M.
  for (const [name, millions] of [["A0", 8.30], ["B1g2", 41.36]] as const) {
    const config = repvggConfig(name), last = config.widths[4]!;
    const images = op.input("images", "float32", ["N", 3, 224, 224]);
    const sizes = parameterSpecs((params) => repvgg(config, params, images))
      .map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    const total = sizes.reduce((a, b) => a + b, 0) + 1000 * (last + 1);
    // The paper leaves out the biases of the deployed convolutions' batch norms, a few thousand.
    strictEqual(Math.abs(total / 1e6 - millions) < 0.02, true, `${name} has ${total}`);
  }
});

Deno.test("repvgg() refuses impossible shapes", () => {
  const images = op.input("images", "float32", ["N", 3, 32, 32]);
  const build = (change: Partial<RepVggConfig>) => () => {
    repvgg({ ...TINY_POSE.backbone, ...change }, inputParameters(), images);
  };
  throws(build({ blocks: [1, 1, 1] }), { name: "RangeError", message: /found 3 depths and 5 widths/ });
  throws(build({ widths: [8, 8, 9, 16, 24] }), { name: "RangeError", message: /do not split into 2 groups/ });
  throws(build({ squeezeExcitation: true }), { name: "RangeError", message: /widths of 16 or more/ });
});
