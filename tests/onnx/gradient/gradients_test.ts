/** Forward values and gradients of every operation against PyTorch (tests/fixtures/onnx/make_gradients.py). */
import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import { assertAllClose, TOLERANCE } from "../../_assert_close.ts";
import { CASES } from "../_gradient_cases.ts";
import { evaluate, FIXTURE, lossOf, pattern } from "../_run.ts";

const { forward, backward } = TOLERANCE.float32;

for (const [name, { operands, result, gradients }] of FIXTURE) {
  Deno.test(`gradients() agrees with PyTorch: ${name}`, async () => {
    const build = CASES.get(name);
    assert.ok(build, `no graph for the fixture's case "${name}"`);
    const inputs = operands.map(({ dtype, shape }, i) => op.input(`x${i}`, dtype, shape));
    const feeds = new Map(inputs.map((value, i) => [value, operands[i]!]));
    const y = build(...inputs);
    const outputs: Record<string, op.Value> = { y: op.identity(y) };
    if (gradients !== undefined) {
      const weights = op.constant(pattern(result.data.length), result.shape);
      const wanted = inputs.filter(({ dtype }) => dtype === "float32");
      op.gradients(lossOf(y, weights), wanted).forEach((g, i) => {
        assert.deepEqual(g.shape, wanted[i]!.shape, `declared shape of gradient ${i}`);
        outputs[`g${i}`] = op.identity(g);
      });
    }
    const found = await evaluate(feeds, outputs);
    assertAllClose(found["y"]!, result, forward, "result");
    gradients?.forEach((g, i) => assertAllClose(found[`g${i}`]!, g, backward, `gradient ${i}`));
  });
}

Deno.test("gradients() has a PyTorch case for each graph of the table", () => {
  assert.deepEqual([...CASES.keys()].sort(), [...FIXTURE.keys()].sort());
});
