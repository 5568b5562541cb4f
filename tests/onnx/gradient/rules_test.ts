/** The table of rules as a whole: each rule is one that some case of gradients.json goes through. */
import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import { CASES } from "../_gradient_cases.ts";
import { FIXTURE } from "../_run.ts";

Deno.test("GRADIENT_RULES has no rule that goes without a number of PyTorch's, but for Identity's", () => {
  const met = new Set<string>();
  for (const [name, { operands, gradients }] of FIXTURE) {
    if (gradients === undefined) continue;
    const y = CASES.get(name)!(...operands.map(({ dtype, shape }, i) => op.input(`x${i}`, dtype, shape)));
    for (const node of op.sortNodes([y])) met.add(node.op);
  }
  assert.deepEqual(Object.keys(op.GRADIENT_RULES).filter((name) => !met.has(name)), ["Identity"]);
});

Deno.test("gradients() passes through identity() as it is", async () => {
  const x = op.constant(Float32Array.of(3, -5), [2]);
  const [g] = op.gradients(op.reduceSum(op.mul(op.identity(x), op.identity(x)), [0], false), [x]);
  assert.deepEqual([...(await op.compute(g!)).data], [6, -10]);
});

Deno.test("op functions throw where they are called, so that the error leads to the caller's line", () => {
  const x = op.input("x", "float32", [2, 3]), y = op.input("y", "float32", [4]);
  const wrongLine = () => op.relu(op.add(x, y));
  assert.throws(wrongLine, (error: Error) => error instanceof TypeError && error.stack!.includes("at wrongLine"));
});
