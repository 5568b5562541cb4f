import {
  attributeGraph,
  distanceObjective,
  identityObjective,
  type ObjectiveContext,
  poseObjective,
  qualityObjective,
  targetObjective,
} from "@/attributes/mod.ts";
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import assert from "node:assert/strict";
import { toyDecoder } from "./_toy.ts";

const image = op.full([2, 3, 1, 1], 0);

function column(...values: number[]): Value {
  return op.constant(Float32Array.from(values), [values.length]);
}

function rows(...values: number[][]): Value {
  return op.constant(Float32Array.from(values.flat()), [values.length, values[0]!.length]);
}

async function numbers(value: Value): Promise<number[]> {
  return Array.from((await op.compute(value)).data, Number);
}

function context(target: Value, vectors: Value = image): ObjectiveContext {
  return { image, vectors, target: () => target };
}

Deno.test("identityObjective() measures cosines and misses by 1 - cosine, each sample alone", async () => {
  const features = rows([2, 0], [1, 1]), objective = identityObjective(() => features, { weight: 10 });
  const { measured, miss, loss } = objective.build(context(rows([5, 0], [-1, 1])));
  assert.deepEqual(await numbers(measured), [1, 0]);
  assert.deepEqual(await numbers(miss), [0, 1]);
  assert.deepEqual(await numbers(loss), [0, 10]);
});

Deno.test("identityObjective() counts nothing up to the hinge, and all above it", async () => {
  const features = rows([1, 0], [0, 1]);
  const { miss, loss } = identityObjective(() => features, { weight: 1, threshold: 0.5, hinge: 0.5 })
    .build(context(rows([0.8, 0.6], [0.8, 0.6])));
  const [near, far] = await numbers(loss);
  assert.equal(near, 0);
  assert.ok(Math.abs((await numbers(miss))[0]! - 0.2) < 1e-6);
  assert.equal(far, 0, "0.4 is within the hinge too");
  const [, beyond] = await numbers(
    identityObjective(() => features, { weight: 1, threshold: 0.3, hinge: 0.3 }).build(
      context(rows([1, 0], [0.8, 0.6])),
    ).loss,
  );
  assert.ok(Math.abs(beyond! - 0.4) < 1e-6);
});

Deno.test("identityObjective() throws when settings cannot work or the widths differ", () => {
  const features = rows([1, 0, 0], [0, 1, 0]);
  assert.throws(() => identityObjective(() => features, { threshold: 0.3, hinge: 0.4 }), /hinge is 0.4, expected 0 to/);
  assert.throws(() => identityObjective(() => features, { threshold: 0 }), RangeError);
  assert.throws(() => identityObjective(() => features, { weight: NaN }), RangeError);
  const objective = identityObjective(() => features);
  assert.throws(
    () => objective.build(context(rows([1, 0], [0, 1]))),
    (e) => e instanceof TypeError && e.message.includes("[2,3]") && e.message.includes("[2,2]"),
  );
});

Deno.test("qualityObjective() costs nothing above the target", async () => {
  const { measured, loss } = qualityObjective(() => rows([3, 4], [6, 8])).build(context(column(7, 7)));
  assert.deepEqual(await numbers(measured), [5, 10]);
  assert.deepEqual(await numbers(loss), [2, 0]);
});

Deno.test("poseObjective() tells left from right, unless asked not to", async () => {
  const angles = { yaw: column(-40, 100), pitch: column(3, 4), roll: column(0, 0) };
  const missed = (angle: "yaw" | "pitch", unsigned: boolean, target: number) =>
    numbers(poseObjective(angle, () => angles, { unsigned }).build(context(column(target, target))).miss);
  assert.deepEqual(await missed("yaw", false, 40), [80, 60]);
  assert.deepEqual(await missed("yaw", true, 40), [0, 50], "cut to 90 degrees");
  assert.deepEqual(await missed("pitch", false, -5), [8, 9]);
  const { measured } = poseObjective("yaw", () => angles, { unsigned: true }).build(context(column(40, 40)));
  assert.deepEqual(await numbers(measured), [-40, 100], "what is measured keeps its sign");
});

Deno.test("qualityObjective(), poseObjective() and targetObjective() throw when a target is not finite", () => {
  const network = () => ({ yaw: column(0), pitch: column(0), roll: column(0) });
  for (const target of [NaN, Infinity]) {
    const expected = (name: string) => ({
      name: "RangeError",
      message: `Cannot make objective "${name}": its target is ${target}, expected a finite number`,
    });
    assert.throws(() => qualityObjective(() => rows([3, 4]), { target }), expected("quality"));
    assert.throws(() => poseObjective("pitch", network, { target }), expected("pitch"));
    const settings = { toward: "near", threshold: 1, target } as const;
    assert.throws(() => targetObjective("age", () => column(0), settings), expected("age"));
  }
});

Deno.test("distanceObjective() measures the way from the start and never decides by itself", async () => {
  const objective = distanceObjective({ weight: 2 });
  assert.equal(objective.threshold, Infinity);
  const { measured, loss } = objective.build(context(rows([0, 0], [1, 1]), rows([3, 4], [1, 1])));
  assert.deepEqual(await numbers(measured), [5, 0]);
  assert.deepEqual(await numbers(loss), [10, 0]);
});

Deno.test("targetObjective() knows three sides", async () => {
  const value = column(1, 5);
  const missed = (toward: "near" | "at least" | "at most") =>
    numbers(targetObjective("x", () => value, { toward, threshold: 1, weight: 3 }).build(context(column(2, 2))).loss);
  assert.deepEqual(await missed("near"), [3, 9]);
  assert.deepEqual(await missed("at least"), [3, 0]);
  assert.deepEqual(await missed("at most"), [0, 9]);
});

Deno.test("attributeGraph() runs a network once for all objectives that share it", () => {
  let runs = 0;
  const network = (faces: Value) => {
    runs++;
    const mean = op.reduceMean(faces, [1, 2, 3], false);
    return { yaw: mean, pitch: op.mul(mean, 2), roll: mean };
  };
  const objectives = (["yaw", "pitch", "roll"] as const).map((angle) => poseObjective(angle, network));
  attributeGraph(toyDecoder(), objectives);
  assert.equal(runs, 1);
});

Deno.test("attributeGraph() computes no gradient of a weight", () => {
  const decoder = toyDecoder(), brightness = (faces: Value) => op.reduceMean(faces, [1, 2, 3], false);
  const { model } = attributeGraph(decoder, [
    targetObjective("brightness", brightness, { toward: "near", threshold: 1 }),
  ]);
  const gradient = model.outputs.get("gradient")!;
  // Every way from a loss to a weight ends in a product whose left operand is transposed, or in a sum over the batch.
  const nodes = op.sortNodes([gradient]);
  const overBatch = nodes.filter(({ op: name, inputs, outputs }) =>
    name === "ReduceSum" && inputs[0]!.shape[0] === "N" && outputs[0]!.shape[0] !== "N"
  );
  assert.deepEqual(overBatch.map(({ outputs }) => outputs[0]!.shape), []);
  // What follows from weights alone, such as a kernel turned round, is computed once, when the session is made.
  const moving = new Set<Value>(model.inputs.values());
  for (const { inputs, outputs } of nodes) {
    if (inputs.some((x) => x !== undefined && moving.has(x))) outputs.forEach((y) => moving.add(y));
  }
  const products = nodes.filter(({ op: name, outputs }) =>
    moving.has(outputs[0]!) && (name.endsWith("MatMul") || name === "Gemm" || name.startsWith("Conv"))
  );
  assert.ok(products.length > 10);
  for (const { op: name, outputs } of products) {
    assert.ok(
      String(outputs[0]!.shape[0]).includes("N"),
      `${name} makes ${outputs[0]!.shape}, a value without samples`,
    );
  }
});

Deno.test("attributeGraph() refuses what is not one number a sample, and names", () => {
  const decoder = toyDecoder();
  const bad = (name: string, of: (faces: Value) => Value) =>
    targetObjective(name, of, { toward: "near", threshold: 1 });
  assert.throws(
    () => attributeGraph(decoder, [bad("mean", (faces) => op.mean(faces))]),
    (e) =>
      e instanceof TypeError && e.message.includes(`objective "mean"`) && e.message.includes("one float32 a sample"),
  );
  const fine = bad("same", (faces) => op.reduceMean(faces, [1, 2, 3], false));
  assert.throws(
    () => attributeGraph(decoder, [fine, fine]),
    (e) => e instanceof RangeError && e.message.includes(`"same"`),
  );
  assert.throws(
    () => attributeGraph(decoder, []),
    (e) => e instanceof RangeError && e.message.includes("no objectives"),
  );
  const asking = { ...fine, build: (c: ObjectiveContext) => ({ ...fine.build(c), miss: c.target("other") }) };
  assert.throws(() => attributeGraph(decoder, [asking]), /asks for target "other", its targets are same/);
  const clash = { ...identityObjective(() => image), targets: [{ name: "same", kind: "vector" as const }] };
  assert.throws(
    () => attributeGraph(decoder, [fine, { ...clash, build: (c) => ({ ...fine.build(c), miss: c.target("same") }) }]),
    /different target "same"/,
  );
});

Deno.test("attributeGraph() throws when the losses do not depend on the vectors", () => {
  const constant = targetObjective("constant", (faces) => op.reduceMean(op.detach(faces), [1, 2, 3], false), {
    toward: "near",
    threshold: 1,
  });
  assert.throws(() => attributeGraph(toyDecoder(), [constant]), /does not depend on vectors/);
});
