import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import {
  arrayParameters,
  initialise,
  inputParameters,
  iresnet,
  iresnetConfig,
  iresnetSpecs,
  storedParameters,
  updateRunningStatistics,
} from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { arrays, assertClose, fixture, TINY_IRESNET } from "./_fixtures.ts";

const CASES = [["iresnet", 0], ["iresnet_se", 2]] as const;

Deno.test.each(CASES)(
  "iresnet() computes what the reference's module computes in evaluation: %s",
  async (name, squeezeExcitation) => {
    const expected = arrays(`${name}.npz`);
    const params = storedParameters(openWeights(fixture(`${name}.pth`)));
    const images = op.input("images", "float32", ["N", 3, 32, 32]);
    const { features, taps, updates } = iresnet(
      { ...TINY_IRESNET, squeezeExcitation },
      params,
      images,
    );
    strictEqual(updates.length, 0);
    const built = op.buildModel({
      inputs: [images],
      outputs: { features, tap2: taps[1]!, tap4: taps[3]! },
    });
    await using session = await op.createSession(built);
    const out = await session.run({ images: expected("images") });
    for (const key of ["features", "tap2", "tap4"]) {
      deepStrictEqual(out[key]!.shape, expected(key).shape);
      assertClose(out[key]!.data as Float32Array, expected(key).data, 5e-6);
    }
  },
);

Deno.test.each(CASES)(
  "iresnet() computes what the reference's module computes in training, running statistics too: %s",
  async (name, squeezeExcitation) => {
    const expected = arrays(`${name}.npz`);
    const file = openWeights(fixture(`${name}.pth`));
    const images = op.input("images", "float32", [4, 3, 32, 32]);
    const dropoutMask = op.input("dropout", "float32", [4, 128]);
    const { features, updates } = iresnet(
      { ...TINY_IRESNET, squeezeExcitation },
      storedParameters(file),
      images,
      { training: true, dropoutMask },
    );
    const statistics = updates.flatMap((
      { meanName, varianceName, mean, variance },
    ) => [
      [meanName, mean] as const,
      [varianceName, variance] as const,
    ]);
    const built = op.buildModel({
      inputs: [images, dropoutMask],
      outputs: { features, ...Object.fromEntries(statistics) },
    });
    await using session = await op.createSession(built);
    const out = await session.run({
      images: expected("images"),
      dropout: expected("dropout"),
    });
    assertClose(
      out["features"]!.data as Float32Array,
      expected("train_features").data,
      2e-5,
    );
    strictEqual(updates.length, 22, "every batch norm of the network");
    for (const { meanName, varianceName, elementsPerSample } of updates) {
      const running = {
        mean: file.readFloat32(meanName),
        variance: file.readFloat32(varianceName),
      };
      updateRunningStatistics(running, {
        mean: out[meanName]!.data as Float32Array,
        variance: out[varianceName]!.data as Float32Array,
        count: 4 * elementsPerSample,
      });
      assertClose(running.mean, expected(`after.${meanName}`).data, 2e-6);
      assertClose(
        running.variance,
        expected(`after.${varianceName}`).data,
        2e-6,
      );
    }
  },
);

Deno.test("iresnetSpecs() asks for what the reference's state dict holds, and nothing else", () => {
  const config = { ...TINY_IRESNET, squeezeExcitation: 2 };
  const held = [...openWeights(fixture("iresnet_se.pth")).tensors.values()]
    .filter(({ name }) => !name.endsWith("num_batches_tracked"))
    .map(({ name, shape }) => `${name} ${shape}`);
  const asked = iresnetSpecs(config).map(({ name, shape }) => `${name} ${shape}`);
  deepStrictEqual(asked.sort(), held.sort());
});

Deno.test("iresnetSpecs() trains all but the running statistics and the last gain", () => {
  const frozen = iresnetSpecs(TINY_IRESNET).filter((spec) => !spec.trainable);
  const others = frozen.filter(({ name }) => !/running_(mean|var)$/.test(name));
  deepStrictEqual(others.map(({ name }) => name), ["features.weight"]);
  strictEqual(frozen.length, 2 * 22 + 1);
});

Deno.test("iresnetSpecs() marks matrices and kernels for weight decay", () => {
  const specs = iresnetSpecs(iresnetConfig(18, { quarter: true }));
  const decayed = (name: string) => specs.find((spec) => spec.name === name)!.decay;
  deepStrictEqual(
    [
      "conv1.weight",
      "fc.weight",
      "fc.bias",
      "prelu.weight",
      "bn1.weight",
      "bn1.running_var",
    ].map(
      decayed,
    ),
    [true, true, false, false, false, false],
  );
});

Deno.test("iresnet() refuses images of another size", () => {
  const images = op.input("images", "float32", ["N", 3, 112, 112]);
  throws(() => iresnet(TINY_IRESNET, inputParameters(), images), {
    name: "TypeError",
    message: /expected \[N,3,32,32\]/,
  });
});

Deno.test("iresnet() refuses squeeze-and-excitation that leaves no channel", () => {
  throws(() => iresnetSpecs({ ...TINY_IRESNET, squeezeExcitation: 16 }), {
    name: "RangeError",
    message: /widths of 16 or more/,
  });
});

/** Stages wide enough that each side in reach of factors has convolutions in them: 28, 14 and 7 pixels. */
const WIDE = { ...iresnetConfig(18), layers: [1, 2, 2, 2], widths: [8, 128, 128, 256], stem: 8 };

Deno.test.each([[0], [16]])(
  "iresnet() for inference only gives the same features, with factors of kernels too: squeeze-and-excitation %s",
  async (squeezeExcitation) => {
    const config = { ...WIDE, squeezeExcitation: squeezeExcitation / 2 };
    const values = initialise(iresnetSpecs(config), new RandomStream(1, "weights"));
    for (const [name, data] of values) {
      const stream = new RandomStream(2, name); // statistics and slopes of a trained network are not 0 and 1
      if (name.endsWith("running_var") || name.endsWith("prelu.weight")) {
        data.forEach((_, i) => data[i] = 0.5 + stream.uniform());
      } else if (data.length <= 512) data.forEach((x, i) => data[i] = x + stream.uniform() - 0.5);
    }
    const params = arrayParameters(values), images = op.input("images", "float32", ["N", 3, 112, 112]);
    const outputs = {
      plain: iresnet(config, params, images).features,
      blocked: iresnet(config, params, images, { inferenceOnly: true }).features,
      factored: iresnet(config, params, images, { inferenceOnly: true, bulk: true }).features,
    };
    const model = op.buildModel({ inputs: [images], outputs });
    strictEqual(model.ahead.size, 8); // of fourteen: not those with 8 channels in or out, nor those that halve the image
    await using session = await op.createSession(model);
    const data = new RandomStream(3, "images").fillNormal(new Float32Array(2 * 3 * 112 * 112));
    const found = await session.run({ images: { data, shape: [2, 3, 112, 112] } });
    const plain = found["plain"]!.data as Float32Array;
    const scale = Math.max(...plain.map(Math.abs));
    assertClose(found["blocked"]!.data as Float32Array, plain, 1e-6 * scale);
    assertClose(found["factored"]!.data as Float32Array, plain, 2e-4 * scale);
  },
);

Deno.test("iresnet() has the same gradient with factors of kernels", async () => {
  const values = initialise(iresnetSpecs(WIDE), new RandomStream(1, "weights"));
  for (const [name, data] of values) {
    if (name.endsWith("bias")) new RandomStream(2, name).fillNormal(data);
    // At the kink of a PReLU rounding decides which slope is taken; without kinks gradients are comparable.
    if (name.endsWith("prelu.weight")) data.fill(1);
  }
  const images = op.input("images", "float32", ["N", 3, 112, 112]);
  const gradient = (bulk: boolean) => {
    const { features } = iresnet(WIDE, arrayParameters(values), images, { bulk });
    return op.gradients(op.reduceSum(op.mul(features, features), [0, 1], false), [images])[0]!;
  };
  const model = op.buildModel({ inputs: [images], outputs: { plain: gradient(false), factored: gradient(true) } });
  strictEqual(model.ahead.size, 8);
  await using session = await op.createSession(model);
  const data = new RandomStream(3, "images").fillNormal(new Float32Array(2 * 3 * 112 * 112));
  const found = await session.run({ images: { data, shape: [2, 3, 112, 112] } });
  const plain = found["plain"]!.data as Float32Array, scale = Math.max(...plain.map(Math.abs));
  assertClose(found["factored"]!.data as Float32Array, plain, 2e-4 * scale);
});

Deno.test("iresnet() in training has the same features and gradients arranged for a processor", async () => {
  const values = initialise(iresnetSpecs(WIDE), new RandomStream(1, "weights"));
  for (const [name, data] of values) if (name.endsWith("prelu.weight")) data.fill(1); // no kinks, as above
  const images = op.input("images", "float32", [6, 3, 112, 112]), outputs: Record<string, op.Value> = {};
  const params = inputParameters(), counts: Record<string, number>[] = [];
  const names = [
    "layer3.1.conv1.weight",
    "layer4.1.conv2.weight",
    "layer1.0.bn2.weight",
    "layer1.0.prelu.weight",
    "conv1.weight",
  ];
  const processors = {
    plain: undefined,
    factors: { block: undefined },
    blocks: { block: await op.convolutionBlock() },
  };
  for (const [name, processor] of Object.entries(processors)) {
    const { features } = iresnet(WIDE, params, images, { training: true, processor });
    const loss = op.reduceSum(op.mul(features, op.mul(features, features)), [0, 1], false);
    const gradients = op.gradients(loss, names.map((name) => params.values.get(name)!));
    outputs[`features ${name}`] = op.identity(features);
    names.forEach((weight, i) => outputs[`${weight} ${name}`] = op.identity(gradients[i]!));
    counts.push(
      Object.fromEntries(
        Map.groupBy(op.sortNodes([features]), (node) => node.op).entries().map(([op, all]) => [op, all.length]),
      ),
    );
  }
  // 100,352 elements an image at first: parts of 5 and 1, up to 56x56 pixels. Four convolutions twice, eight by factors.
  const count = (op: string) => counts.map((each) => each[op] ?? 0);
  deepStrictEqual(count("Conv").slice(0, 2), [19, 15]);
  deepStrictEqual(count("Split"), [0, 1, 1]);
  const blocks = count("com.microsoft.nchwc:Conv");
  if (processors.blocks.block !== undefined) deepStrictEqual(blocks.map((n) => n > 0), [false, false, true]);
  const used = params.specs.filter(({ name }) => !/running/.test(name));
  const model = op.buildModel({ inputs: [images, ...used.map(({ name }) => params.values.get(name)!)], outputs });
  await using session = await op.createSession(model);
  const data = new RandomStream(3, "images").fillNormal(new Float32Array(6 * 3 * 112 * 112));
  const weights = used.map(({ name, shape }) => [name, { data: values.get(name)!, shape }] as const);
  const found = await session.run({ images: { data, shape: [6, 3, 112, 112] }, ...Object.fromEntries(weights) });
  for (const [key, { data: ours }] of Object.entries(found).filter(([key]) => !key.endsWith("plain"))) {
    const theirs = found[key.replace(/\w+$/, "plain")]!.data as Float32Array;
    assertClose(ours as Float32Array, theirs, 5e-4 * theirs.reduce((most, x) => Math.max(most, Math.abs(x)), 0));
  }
});

Deno.test("iresnet() refuses to be built for training and for inference only", () => {
  const images = op.input("images", "float32", [4, 3, 32, 32]);
  throws(
    () => iresnet(TINY_IRESNET, inputParameters(), images, { training: true, inferenceOnly: true }),
    /for training and for inference only/,
  );
});
