import { onnxEstimator, optimiseAttributes, targetObjective } from "@/attributes/mod.ts";
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import assert from "node:assert/strict";
import { onnxFixture } from "./_onnx_files.ts";
import { SIDE, toyDecoder, toyFeatures, toyJobs, toySession } from "./_toy.ts";
import { createAttributeSession } from "@/attributes/mod.ts";

/** An ONNX file of a network on images. */
function file(of: (x: Value) => Value, shape: readonly (number | string)[] = ["N", 3, SIDE, SIDE]): Uint8Array {
  const x = op.input("pixels", "float32", shape);
  return op.buildModel({ inputs: [x], outputs: { score: op.identity(of(x)) } }).bytes;
}

const oneColumn = (x: Value) => op.slice(toyFeatures(8)(x), { axes: [1], starts: [0], ends: [1] });

Deno.test("onnxEstimator() gives the numbers and the gradient of the network it was made from", async () => {
  const direct = targetObjective("score", (x) => op.squeeze(oneColumn(x), [1]), {
    toward: "near",
    threshold: 0.01,
    target: 3,
  });
  const decoded = targetObjective("score", onnxEstimator(file(oneColumn)), {
    toward: "near",
    threshold: 0.01,
    target: 3,
  });
  const results = [];
  for (const objective of [direct, decoded]) {
    await using session = await toySession([objective]);
    const [job] = toyJobs(session, 1);
    const [found] = await session.evaluate([{ vector: job!.vector, mask: job!.mask, targets: { score: 3 } }]);
    results.push(found!);
  }
  const [a, b] = results;
  assert.ok(Math.abs(a!.measured[0]! - b!.measured[0]!) < 1e-6);
  assert.ok(a!.gradient.some((g) => Math.abs(g) > 1e-4));
  assert.ok(a!.gradient.every((g, i) => Math.abs(g - b!.gradient[i]!) < 1e-6));
});

Deno.test("onnxEstimator() drives the loop to a target", async () => {
  const objective = targetObjective("score", onnxEstimator(file(oneColumn)), { toward: "near", threshold: 0.05 });
  await using session = await createAttributeSession(toyDecoder(), [objective], { threads: 1 });
  const [job] = toyJobs(session, 1);
  const measure = async () =>
    (await session.evaluate([{ vector: job!.vector, mask: job!.mask, targets: { score: 0 } }]))[0]!.measured[0]!;
  const target = await measure() + 0.2;
  const [result] = await Array.fromAsync(
    optimiseAttributes(session, [{ ...job!, targets: { score: target } }], { cap: 60 }),
  );
  assert.equal(result!.reason, "accepted");
  assert.ok(result!.iterations > 1 && Math.abs(result!.measured["score"]! - target) <= 0.05);
});

Deno.test("onnxEstimator() reads files, columns, channels-last models and sizes of their own", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/score.onnx`;
    // 8x8 pixels, channels last: the mean of each channel.
    await Deno.writeFile(path, file((x) => op.reduceMean(x, [1, 2], false), ["N", 8, 8, 3]));
    const image = op.constant(Float32Array.from({ length: 3 * 196 }, (_, i) => Math.floor(i / 196) / 4), [
      1,
      3,
      SIDE,
      SIDE,
    ]);
    const blue = await op.compute(onnxEstimator(path, { column: 2 })(image));
    assert.ok(Math.abs(Number(blue.data[0]) - 0.5) < 1e-6);
    assert.deepEqual(blue.shape, [1]);
    const first = await op.compute(onnxEstimator(path, { column: 0, channels: "bgr", range: [0, 1] })(image));
    assert.ok(Math.abs(Number(first.data[0]) - 0.75) < 1e-6);
    const own = await op.compute(onnxEstimator(path, { read: (y) => op.reduceMax(y, [1], false) })(image));
    assert.ok(Math.abs(Number(own.data[0]) - 0.5) < 1e-6);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("onnxEstimator() takes a model that was exported for a single image, unless a node holds on to that", async () => {
  const images = op.constant(Float32Array.from({ length: 2 * 3 * SIDE ** 2 }, (_, i) => Math.sin(i)), [
    2,
    3,
    SIDE,
    SIDE,
  ]);
  const found = [];
  const kernel = op.constant(Float32Array.from({ length: 2 * 3 * 9 }, (_, i) => Math.cos(i)), [2, 3, 3, 3]);
  const network = (x: Value) => op.reduceMean(op.relu(op.conv(x, kernel)), [1, 2, 3], false);
  for (const batch of ["N", 1]) {
    const estimate = onnxEstimator(file(network, [batch, 3, SIDE, SIDE]));
    found.push(Array.from((await op.compute(estimate(images))).data as Float32Array));
  }
  assert.equal(found[1]!.length, 2);
  assert.deepEqual(found[1], found[0]);
  const holding = file((x) => oneColumn(op.reshape(x, [1, 3, SIDE, SIDE])), [1, 3, SIDE, SIDE]);
  assert.throws(
    () => onnxEstimator(holding),
    (e) => e instanceof TypeError && e.message.includes("Cannot use the ONNX model") && e.message.includes("Reshape"),
  );
});

Deno.test("onnxEstimator() refuses an operator without a gradient by name", () => {
  const rounded = rename(file((x) => op.reduceMean(op.neg(x), [1, 2, 3], false)), "Neg", "Sqr");
  // "Sqr" is no operator, so give the file one that ONNX has and the gradient table has not, of the same length.
  const ceil = rename(file((x) => op.reduceMean(op.sqrt(x), [1, 2, 3], false)), "Sqrt", "Ceil");
  assert.throws(
    () => onnxEstimator(ceil),
    (e) =>
      e instanceof TypeError && e.message.includes("Cannot use the ONNX model as an estimator") &&
      e.message.includes("Ceil"),
  );
  assert.throws(() => onnxEstimator(rounded), (e) => e instanceof TypeError && e.message.includes("Sqr"));
});

Deno.test("onnxEstimator() names a file that is no ONNX file", () => {
  const path = onnxFixture("onnx.json");
  assert.throws(
    () => onnxEstimator(path),
    (e) =>
      e instanceof SyntaxError && e.message.startsWith(`Cannot use ${path} as an estimator: Cannot decode the model`),
  );
});

Deno.test("onnxEstimator() refuses models that are not for images, or not for any number of them", () => {
  const mean = (x: Value) => op.reduceMean(x, [1, 2, 3], false);
  assert.throws(
    () => onnxEstimator(file(mean, [4, 3, 8, 8])),
    (e) => e instanceof TypeError && e.message.includes("[4,3,8,8] with a fixed batch length"),
  );
  assert.throws(
    () => onnxEstimator(file((x) => op.reduceMean(x, [1], false), ["N", 7])),
    (e) => e instanceof TypeError && e.message.includes("[N,7]"),
  );
  assert.throws(
    () => onnxEstimator(file(toyFeatures(8))),
    (e) => e instanceof TypeError && e.message.includes("say which with `column`"),
  );
  assert.throws(
    () => onnxEstimator(file(toyFeatures(8)), { column: 99 }),
    (e) => e instanceof TypeError && e.message.includes("no column 99"),
  );
  assert.throws(
    () => onnxEstimator(file(mean), { output: "age" }),
    (e) => e instanceof TypeError && e.message.includes("its outputs are score"),
  );
  assert.throws(() => onnxEstimator(Uint8Array.of(1, 2, 3)), SyntaxError);
  const a = op.input("a", "float32", ["N", 3, 8, 8]), b = op.input("b", "float32", ["N", 3, 8, 8]);
  const two = op.buildModel({ inputs: [a, b], outputs: { y: mean(op.add(a, b)) } }).bytes;
  assert.throws(() => onnxEstimator(two), (e) => e instanceof TypeError && e.message.includes("2 inputs (a, b)"));
});

/** The file with another operator's name, of the same length, in place of one. */
function rename(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = new TextDecoder("latin1").decode(bytes);
  assert.equal(text.split(from).length, 2, `${from} stands once in the file`);
  const at = text.indexOf(from);
  const copy = bytes.slice();
  copy.set(new TextEncoder().encode(to), at);
  return copy;
}
