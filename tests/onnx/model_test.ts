import assert from "node:assert/strict";
import { join } from "node:path";
import * as op from "@/onnx/mod.ts";

const x = op.input("x", "float32", [2]);
const throwsType = (make: () => unknown, message: RegExp) => assert.throws(make, { name: "TypeError", message });

Deno.test("sortNodes() puts operands before users and each node once", () => {
  const a = op.exp(x), b = op.neg(a), c = op.add(a, b), d = op.mul(c, a);
  assert.deepEqual(op.sortNodes([d, b]), [a.node, b.node, c.node, d.node]);
});

Deno.test("sortNodes() goes deeper than the call stack", () => {
  let y: op.Value = x;
  for (let i = 0; i < 50_000; i++) y = op.neg(y);
  assert.equal(op.sortNodes([y]).length, 50_000);
});

Deno.test("buildModel() gives inputs, constants and one value under two names out as outputs", async () => {
  const y = op.exp(x), w = op.weight("w", [1], Float32Array.of(5));
  await using session = await op.createSession(op.buildModel({ inputs: [x], outputs: { x2: x, w2: w, a: y, b: y } }));
  const out = await session.run({ x: { data: Float32Array.of(0, 0), shape: [2] } });
  assert.deepEqual(Object.values(out).map(({ data }) => [...data]), [[0, 0], [5], [1, 1], [1, 1]]);
});

Deno.test("buildModel() keeps names of weights apart", async () => {
  const [a, b] = [1, 2].map((n) => op.weight("v0", [1], Float32Array.of(n)));
  const y = op.add(op.mul(a!, 10), op.mul(b!, x));
  await using session = await op.createSession(op.buildModel({ inputs: [x], outputs: { y } }));
  const out = await session.run({ x: { data: Float32Array.of(1, 3), shape: [2] } });
  assert.deepEqual([...out["y"]!.data], [12, 16]);
});

Deno.test("buildModel() refuses graphs that cannot be written", () => {
  throwsType(() => op.buildModel({ inputs: [x], outputs: {} }), /no outputs given/);
  throwsType(() => op.buildModel({ inputs: [], outputs: { y: op.exp(x) } }), /input "x" \[2\] is used but not listed/);
  throwsType(() => op.buildModel({ inputs: [], outputs: { y: x } }), /output "y" is an input that is not listed/);
  throwsType(() => op.buildModel({ inputs: [op.exp(x)], outputs: { y: x } }), /must come from input\(\)/);
  throwsType(() => op.buildModel({ inputs: [x], outputs: { x: op.exp(x) } }), /the name "x" is used twice/);
  throwsType(
    () => op.buildModel({ inputs: [x, op.input("x", "float32", [1])], outputs: { y: x } }),
    /the name "x" is used twice/,
  );
});

Deno.test("relocate() writes other places of weight files and takes large constants inside", () => {
  const n = 300_000;
  const stored = op.weight("s", [1], { file: "/far/w.bin", offset: 8, byteLength: 4, dtype: "float32" });
  const large = op.weight("l", [n], new Float32Array(n));
  const built = op.buildModel({ inputs: [x], outputs: { y: op.add(op.add(x, stored), op.mean(large)) } });
  assert.deepEqual([...built.external], [["weights0", "/far/w.bin"]]);
  assert.ok(built.bytes.length < 1000);
  const moved = built.relocate(new Map([["weights0", "deep/er.bin"]]));
  assert.ok(moved.length > 4 * n);
  const { values } = op.decodeModel(moved, { directory: "/here" });
  assert.deepEqual(values.get("s")!.source, {
    kind: "file",
    file: join("/here", "deep/er.bin"),
    offset: 8,
    byteLength: 4,
  });
  assert.equal(values.get("l")!.source!.kind, "memory");
});
