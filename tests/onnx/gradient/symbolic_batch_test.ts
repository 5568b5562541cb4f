/** Gradients of graphs whose batch length is a name, run at several lengths, against graphs of fixed length. */
import * as op from "@/onnx/mod.ts";
import type { Tensor, Value } from "@/onnx/mod.ts";
import { assertAllClose, TOLERANCE } from "../../_assert_close.ts";
import { CASES } from "../_gradient_cases.ts";
import { evaluate, FIXTURE, lossOf, pattern } from "../_run.ts";

/** Cases of the fixture, and how many of their operands, counted from the first, have the batch as first axis. */
const BATCHED: Readonly<Record<string, number>> = {
  "add same shapes": 2,
  "add second operand broadcast": 1,
  "div second operand broadcast": 1,
  "max2 same shapes": 2,
  "prelu channels": 1,
  "matmul batched": 2,
  "matmul shared right": 1,
  "gemm row added": 1,
  "fusedMatmul 00": 2,
  "fusedMatmul 11": 2,
  "linear": 1,
  "linear tokens": 1,
  "conv same": 1,
  "conv stride 2 odd size": 1,
  "conv groups": 1,
  "conv depthwise": 1,
  "conv 4x4 stride 2": 1,
  "conv strides differ": 1,
  "conv stride 3": 1,
  "conv pads above reach": 1,
  "convTranspose stride 2": 1,
  "convTranspose groups": 1,
  "maxPool": 1,
  "maxPool overlapping": 1,
  "averagePool overlapping": 1,
  "averagePool border left out": 1,
  "globalAveragePool": 1,
  "resizeNearest": 1,
  "upsampleConv": 1,
  "spaceToDepth": 1,
  "depthToSpace": 1,
  "batchNorm": 1,
  "batchNorm features": 1,
  "groupNorm": 1,
  "groupNorm one group": 1,
  "layerNorm": 1,
  "layerNorm rows": 1,
  "softmax": 1,
  "logSoftmax inner axis": 1,
  "reshape": 1,
  "reshape unknown": 1,
  "flatten": 1,
  "unsqueeze": 1,
  "squeeze": 1,
  "transpose": 1,
  "transpose three": 1,
  "concat": 3,
  "concat operand twice": 2,
  "split": 1,
  "split part unused": 1,
  "slice": 1,
  "slice with steps": 1,
  "slice with steps short of the end": 1,
  "gather duplicates": 1,
  "gather matrix of indices": 1,
  "gather scalar index": 1,
  "gatherElements": 2,
  "scatterElements": 3,
  "scatterElements add": 3,
  "pad": 1,
  "reduceSum": 1,
  "reduceMean axes dropped": 1,
  "reduceMean all": 1,
  "reduceMax axes dropped": 1,
  "normalize": 1,
  "normalize inner axis": 1,
  "cosine": 2,
  "silu": 1,
  "gelu": 1,
  "pow number": 1,
};

/** An operand with its first axis cut or repeated to a length. */
function rows({ data, shape, dtype }: Required<Tensor>, length: number): Required<Tensor> {
  const [old, ...rest] = shape, size = data.length / old!;
  const out = data.slice(0, 0).constructor as Float32ArrayConstructor;
  const values = Array.from({ length: length * size }, (_, i) => data[i % data.length] as number);
  return { data: out.from(values), shape: [length, ...rest], dtype };
}

/** Result and gradients of a case, its first operands with the given batch length or name. */
function build(name: string, batch: number | string): { inputs: Value[]; y: Value; outputs: Record<string, Value> } {
  const { operands } = FIXTURE.get(name)!, count = BATCHED[name]!;
  const inputs = operands.map(({ dtype, shape }, i) =>
    op.input(`x${i}`, dtype, i < count ? [batch, ...shape.slice(1)] : shape)
  );
  const y = CASES.get(name)!(...inputs);
  const weights = op.input("weights", "float32", y.shape);
  const wanted = inputs.filter(({ dtype }) => dtype === "float32");
  const outputs: Record<string, Value> = { y: op.identity(y) };
  op.gradients(lossOf(y, weights), wanted).forEach((g, i) => outputs[`g${i}`] = op.identity(g));
  return { inputs: [...inputs, weights], y, outputs };
}

for (const name of Object.keys(BATCHED)) {
  Deno.test(`gradients() with a symbolic batch agrees with a fixed one: ${name}`, async () => {
    const { operands } = FIXTURE.get(name)!;
    const symbolic = build(name, "N");
    for (const length of [1, 3]) {
      const fixed = build(name, length);
      const tensors = operands.map((t, i) => i < BATCHED[name]! ? rows(t, length) : t);
      const shape = fixed.y.shape as number[];
      tensors.push({ data: pattern(shape.reduce((a, b) => a * b, 1)), shape, dtype: "float32" });
      const feeds = (inputs: Value[]) => new Map(inputs.map((value, i) => [value, tensors[i]!]));
      const found = await evaluate(feeds(symbolic.inputs), symbolic.outputs);
      const expected = await evaluate(feeds(fixed.inputs), fixed.outputs);
      for (const [key, tensor] of Object.entries(expected)) {
        assertAllClose(found[key]!, tensor, TOLERANCE.float32.backward, `${key} with N = ${length}`);
      }
    }
  });
}
