import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import type { Tensor, Value } from "@/onnx/mod.ts";
import { assertAllClose, TOLERANCE } from "../_assert_close.ts";
import models from "../fixtures/onnx/models.json" with { type: "json" };
import { CASES } from "./_gradient_cases.ts";
import { evaluate, FIXTURE, floats, lossOf, pattern } from "./_run.ts";
import { uniforms } from "./_uniform.ts";

type Model = { model: string; x: StoredTensor; y: StoredTensor; gradient?: StoredTensor };
type StoredTensor = { shape: number[]; data: string };
const MODELS = models as unknown as Record<string, Model>;

for (const [name, { model, x, y, gradient }] of Object.entries(MODELS)) {
  Deno.test(`decodeModel() agrees with PyTorch: ${name}`, async () => {
    const decoded = op.decodeModel(Uint8Array.fromBase64(model));
    const input = decoded.inputs.get("x")!, output = decoded.outputs.get("y")!;
    assert.equal(decoded.producer, "pytorch");
    assert.deepEqual(input.shape, ["batch", ...x.shape.slice(1)]);
    assert.deepEqual(output.shape.slice(1), y.shape.slice(1));
    const weights = op.input("weights", "float32", output.shape);
    const feeds = new Map([[input, floats(x)], [weights, { data: pattern(floats(y).data.length), shape: y.shape }]]);
    const outputs: Record<string, Value> = { y: output };
    if (gradient !== undefined) {
      assert.deepEqual(decoded.kept, []);
      assert.equal(output.shape[0], "batch");
      outputs["g"] = op.gradients(lossOf(output, weights), [input])[0]!;
    }
    const found = await evaluate(feeds, outputs);
    assertAllClose(found["y"]!, floats(y), { atol: 2e-6, rtol: 1e-4 }, "result");
    if (gradient !== undefined) assertAllClose(found["g"]!, floats(gradient), { atol: 1e-5, rtol: 1e-4 }, "gradient");
  });
}

Deno.test("decodeModel() keeps foreign operators, and gradients() refuses them by name", () => {
  const { kept, inputs, outputs } = op.decodeModel(
    Uint8Array.fromBase64(MODELS["foreign operators, operator set 20"]!.model),
  );
  assert.deepEqual(kept.map(({ node }) => node.split(" ")[0]), [
    "Tan",
    "Resize",
    "Softplus",
    "ReduceMax",
    "Floor",
    "Add",
  ]);
  assert.throws(
    () => op.gradients(op.mean(outputs.get("y")!), [inputs.get("x")!]),
    { name: "TypeError", message: /^Cannot differentiate .* of the decoded model: / },
  );
});

Deno.test("decodeModel() takes another batch length for a file of one sample only when asked", () => {
  const one = op.input("x", "float32", [1, 3]), many = op.input("many", "float32", ["N", 3]);
  const { bytes } = op.buildModel({ inputs: [one], outputs: { y: op.exp(one), z: op.reshape(op.exp(one), [3]) } });
  assert.throws(() => op.decodeModel(bytes, { inputs: { x: many } }), {
    name: "TypeError",
    message: /input "x" is float32 \[1, 3\], the value given is float32 \[N, 3\]/,
  });
  const { outputs, kept } = op.decodeModel(bytes, { inputs: { x: many }, anyBatch: true });
  assert.deepEqual(outputs.get("y")!.shape, ["N", 3]);
  assert.deepEqual(kept.map(({ node }) => node.split(" ")[0]), ["Reshape"]);
  const wide = op.input("wide", "float32", ["N", 4]);
  assert.throws(() => op.decodeModel(bytes, { inputs: { x: wide }, anyBatch: true }), TypeError);
});

// Each graph of the gradient table goes through a file; what comes back must compute and differentiate as before.
for (const [name, { operands, result, gradients }] of FIXTURE) {
  if (operands.some(({ dtype }) => dtype === "bool")) continue; // the same Where, only longer
  Deno.test(`decodeModel() brings back what buildModel() wrote: ${name}`, async () => {
    const inputs = operands.map(({ dtype, shape }, i) => op.input(`x${i}`, dtype, shape));
    const built = op.buildModel({ inputs, outputs: { y: op.identity(CASES.get(name)!(...inputs)) } });
    const decoded = op.decodeModel(built.bytes);
    assert.deepEqual(decoded.kept, []);
    const y = decoded.outputs.get("y")!, fresh = [...decoded.inputs.values()];
    assert.deepEqual(y.shape, result.shape);
    const outputs: Record<string, Value> = { y };
    // Where a function has a kink, our rule for a group of nodes picks a side; a file carries the nodes, not the rule.
    const differentiable = gradients !== undefined && !/of zero$|zero operand$/.test(name);
    if (differentiable) {
      const weights = op.constant(pattern(result.data.length), result.shape);
      const wanted = fresh.filter(({ dtype }) => dtype === "float32");
      op.gradients(lossOf(y, weights), wanted).forEach((g, i) => outputs[`g${i}`] = op.identity(g));
    }
    const found = await evaluate(new Map(fresh.map((value, i) => [value, operands[i]!])), outputs);
    assertAllClose(found["y"]!, result, TOLERANCE.float32.forward, "result");
    if (differentiable) {
      gradients.forEach((g, i) => assertAllClose(found[`g${i}`]!, g, TOLERANCE.float32.backward, `gradient ${i}`));
    }
  });
}

/** y = exp(x) + w over [N, 2]. */
function small(w: Value = op.weight("w", [2], Float32Array.of(10, 20))) {
  const x = op.input("x", "float32", ["N", 2]);
  return op.buildModel({ inputs: [x], outputs: { y: op.add(op.exp(x), w) } });
}

const vector: Tensor = { data: Float32Array.of(0, 1), shape: [1, 2] };

Deno.test("decodeModel() gives values by the names of the file", () => {
  const { values, inputs, outputs, opset } = op.decodeModel(small().bytes);
  assert.equal(opset, op.OPSET);
  assert.equal(values.get("x"), inputs.get("x"));
  assert.equal(values.get("y"), outputs.get("y"));
  assert.deepEqual((values.get("w")!.source as { data: unknown }).data, Float32Array.of(10, 20));
});

Deno.test("decodeModel() puts other values in place of inputs", async () => {
  const z = op.input("z", "float32", [1, 2]);
  const { outputs } = op.decodeModel(small().bytes, { inputs: { x: op.mul(z, 2) } });
  const y = outputs.get("y")!;
  assert.deepEqual(y.shape, [1, 2]);
  const [g] = op.gradients(op.reduceSum(y, [0, 1], false), [z]);
  const found = await evaluate(new Map([[z, vector]]), { y, g: g! });
  assertAllClose(found["y"]!, { data: Float32Array.of(11, 20 + Math.exp(2)), shape: [1, 2] });
  assertAllClose(found["g"]!, { data: Float32Array.of(2, 2 * Math.exp(2)), shape: [1, 2] });
});

Deno.test("decodeModel() refuses a value that does not fit the input", () => {
  const { bytes } = small();
  const give = (inputs: Record<string, Value>) => () => op.decodeModel(bytes, { inputs });
  assert.throws(give({ x: op.full([1, 3], 0) }), {
    name: "TypeError",
    message: /input "x" is float32 \[N, 2\], the value given is float32 \[1, 3\]/,
  });
  assert.throws(give({ x: op.ints([1, 2]) }), { name: "TypeError", message: /the value given is int64 \[2\]/ });
  assert.throws(give({ q: op.full([1, 2], 0) }), {
    name: "TypeError",
    message: /it has no input "q", its inputs are x/,
  });
});

Deno.test("decodeModel() leaves weights in their files", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/weights0`, new Uint8Array(Float32Array.of(0, 10, 20).buffer));
    const w = op.weight("w", [2], { file: "elsewhere", offset: 4, byteLength: 8, dtype: "float32" });
    await Deno.writeFile(`${folder}/model.onnx`, small(w).bytes);
    const { values, inputs, outputs } = op.decodeModel(`${folder}/model.onnx`);
    assert.equal(values.get("w")!.source!.kind, "file");
    const found = await evaluate(new Map([[inputs.get("x")!, vector]]), { y: outputs.get("y")! });
    assertAllClose(found["y"]!, { data: Float32Array.of(11, 20 + Math.E), shape: [1, 2] });
    assert.throws(() => op.decodeModel(small(w).bytes), {
      name: "TypeError",
      message: /"w" lies in the file "weights0"; say in which dir/,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("decodeModel() refuses weights outside the model's folder", () => {
  const w = op.weight("w", [2], { file: "f", offset: 0, byteLength: 8, dtype: "float32" });
  for (const location of ["/etc/passwd", "../x", "a/../../x", "C:x", "\\\\host\\x", ""]) {
    const bytes = small(w).relocate(new Map([["weights0", location]]));
    assert.throws(() => op.decodeModel(bytes, { directory: "." }), {
      name: "SyntaxError",
      message: /is not a file in the model's folder/,
    });
  }
});

/** Protocol buffer bytes of a field. */
function field(number: number, value: number | string | Uint8Array): Uint8Array<ArrayBuffer> {
  const varint = (n: number): number[] => n < 128 ? [n] : [n % 128 + 128, ...varint(Math.floor(n / 128))];
  if (typeof value === "number") return Uint8Array.from([...varint(number * 8), ...varint(value)]);
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length), ...bytes]);
}

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A model of the given graph fields. */
function modelOf(graph: Uint8Array, opset = 20): Uint8Array<ArrayBuffer> {
  return join(field(1, 9), field(8, field(2, opset)), field(7, graph));
}

Deno.test("decodeModel() reads tensors in every form of storage", () => {
  const floats = new Uint8Array(Float32Array.of(1, -2).buffer), doubles = new Uint8Array(Float64Array.of(1, -2).buffer);
  const tensor = (name: string, type: number, ...data: Uint8Array[]) =>
    field(5, join(field(1, 2), field(2, type), field(8, name), ...data));
  const graph = join(
    tensor("raw", 1, field(9, floats)),
    tensor("floats", 1, field(4, floats)),
    tensor("doubles", 11, field(10, doubles)),
    tensor("packed", 7, field(7, Uint8Array.of(3, 200, 1))),
    tensor("unpacked", 7, field(7, 3), field(7, 200)),
    tensor("int32", 6, field(5, Uint8Array.of(3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1))),
    tensor("half", 10, field(5, 0x3c00), field(5, 0xc000)),
    tensor("truth", 9, field(5, 1), field(5, 0)),
  );
  const { values } = op.decodeModel(modelOf(graph));
  const data = (name: string) => (values.get(name)!.source as { data: unknown }).data;
  assert.deepEqual(data("raw"), Float32Array.of(1, -2));
  assert.deepEqual(data("floats"), Float32Array.of(1, -2));
  assert.deepEqual(data("doubles"), Float64Array.of(1, -2));
  assert.deepEqual(data("packed"), BigInt64Array.of(3n, 200n));
  assert.deepEqual(data("unpacked"), BigInt64Array.of(3n, 200n));
  assert.deepEqual(data("int32"), Int32Array.of(3, -1));
  assert.deepEqual(data("half"), Uint16Array.of(0x3c00, 0xc000));
  assert.deepEqual(data("truth"), Uint8Array.of(1, 0));
});

/** Hostile and unsupported files, and what the message must say. */
const REFUSED: readonly [string, Uint8Array, string, RegExp][] = [
  ["no bytes", new Uint8Array(), "SyntaxError", /it has no graph; is it an ONNX file/],
  ["text", new TextEncoder().encode("<!DOCTYPE html>"), "SyntaxError", /^Cannot decode the model: /],
  ["no operator set", join(field(1, 9), field(7, new Uint8Array())), "SyntaxError", /does not say which operator set/],
  ["an old operator set", modelOf(new Uint8Array(), 6), "SyntaxError", /operator set 6, known are 7 to 23/],
  ["a new operator set", modelOf(new Uint8Array(), 99), "SyntaxError", /operator set 99, known are 7 to 23/],
  ["functions", join(modelOf(new Uint8Array()), field(25, new Uint8Array())), "SyntaxError", /functions of its own/],
  ["sparse initialisers", modelOf(field(15, new Uint8Array())), "SyntaxError", /sparse initialisers/],
  [
    "a huge tensor",
    modelOf(field(5, join(field(1, 2 ** 40), field(1, 2 ** 40), field(2, 1)))),
    "SyntaxError",
    /is too large/,
  ],
  [
    "a tensor without its bytes",
    modelOf(field(5, join(field(1, 2 ** 30), field(2, 1)))),
    "SyntaxError",
    /needs 1073741824 elements, found 0/,
  ],
  [
    "a tensor with too few bytes",
    modelOf(field(5, join(field(1, 3), field(2, 1), field(9, new Uint8Array(8))))),
    "SyntaxError",
    /needs 12 bytes, found 8/,
  ],
  [
    "int8",
    modelOf(field(5, join(field(2, 3), field(8, "q")))),
    "SyntaxError",
    /tensor "q" has element type int8, known are float32/,
  ],
  [
    "a loop",
    modelOf(field(1, join(field(4, "Loop"), field(5, join(field(1, "body"), field(20, 5)))))),
    "SyntaxError",
    /Loop "" has a graph attribute, body/,
  ],
  [
    "a name from nowhere",
    modelOf(field(1, join(field(1, "a"), field(2, "b"), field(4, "Exp")))),
    "SyntaxError",
    /Exp "b" uses "a", which nothing/,
  ],
  [
    "a name made twice",
    modelOf(join(...[1, 2].map(() => field(5, join(field(2, 1), field(8, "w"), field(1, 0)))))),
    "SyntaxError",
    /"w" is defined twice/,
  ],
  ["an output from nowhere", modelOf(field(12, field(1, "y"))), "SyntaxError", /nothing makes its output "y"/],
  [
    "names that are not UTF-8",
    modelOf(field(5, field(8, Uint8Array.of(0xff)))),
    "SyntaxError",
    /text in field 8 is not UTF-8/,
  ],
  [
    "an operator of another domain",
    modelOf(field(1, join(field(2, "b"), field(4, "Op"), field(7, "org.own")))),
    "TypeError",
    /org.own:Op "b" cannot be kept.*domain/,
  ],
  [
    "a form that changed",
    modelOf(field(1, join(field(2, "b"), field(4, "GridSample"))), 17),
    "TypeError",
    /GridSample "b" cannot be kept.*operator set 17/,
  ],
];

for (const [what, bytes, name, message] of REFUSED) {
  Deno.test(`decodeModel() refuses ${what}`, () => {
    assert.throws(() => op.decodeModel(bytes), { name, message });
  });
}

Deno.test("decodeModel() does not follow messages nested deeply", () => {
  let unknown = new Uint8Array();
  for (let i = 0; i < 1000; i++) unknown = field(99, unknown);
  assert.equal(op.decodeModel(modelOf(unknown)).outputs.size, 0); // fields from the future are passed over
  let attribute = field(1, "then_branch");
  for (let i = 0; i < 500; i++) {
    attribute = join(field(1, "then_branch"), field(20, 5), field(6, field(1, field(5, attribute))));
  }
  const bytes = modelOf(field(1, join(field(4, "If"), field(5, attribute))));
  assert.throws(() => op.decodeModel(bytes), {
    name: "SyntaxError",
    message: /If "" has a graph attribute, then_branch/,
  });
});

/** What a file may be refused with: our own messages, which begin alike. */
function assertRefusal(error: unknown, what: string): void {
  const known = error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError;
  assert.ok(known && error.message.startsWith("Cannot "), `${what}: ${error}`);
}

const SAMPLES = ["convolutional network, operator set 11", "transformer block, operator set 13"]
  .map((name) => Uint8Array.fromBase64(MODELS[name]!.model));

Deno.test("decodeModel() refuses a file cut off at any byte", () => {
  const { bytes } = small();
  for (let end = 0; end < bytes.length; end++) {
    try {
      op.decodeModel(bytes.subarray(0, end));
      assert.fail(`a file of ${end} bytes was accepted`);
    } catch (error) {
      assertRefusal(error, `${end} bytes`);
    }
  }
});

Deno.test("decodeModel() survives 2000 damaged files with clear errors", () => {
  const random = uniforms(11);
  const whole = (n: number) => Math.floor(random() * n);
  let accepted = 0;
  for (let round = 0; round < 2000; round++) {
    const sample = SAMPLES[round % 2]!;
    const bytes = sample.slice();
    for (let i = whole(4); i >= 0; i--) {
      const at = whole(bytes.length);
      const kind = whole(3);
      if (kind === 0) bytes[at] = whole(256);
      else if (kind === 1) bytes[at]! ^= 1 << whole(8);
      else bytes.copyWithin(at, whole(bytes.length), at + whole(16));
    }
    try {
      op.decodeModel(bytes);
      accepted++;
    } catch (error) {
      assertRefusal(error, `round ${round}`);
    }
  }
  assert.ok(accepted < 2000, "no damage was noticed");
});
