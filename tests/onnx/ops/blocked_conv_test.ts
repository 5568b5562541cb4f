/** Convolutions in the runtime's blocked order against plain ones, whose numbers are PyTorch's (rules_test.ts). */
import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { assertAllClose } from "../../_assert_close.ts";
import { evaluate, lossOf } from "../_run.ts";

const block = await op.convolutionBlock();

const tensor = (name: string, shape: readonly number[]) => {
  return { data: new RandomStream(1, name).fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape };
};

interface Case {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pads: readonly [number, number, number, number];
}

const CASES: readonly Case[] = [
  { inputs: 32, outputs: 16, kernel: 3, stride: 1, pads: [1, 1, 1, 1] },
  { inputs: 16, outputs: 48, kernel: 3, stride: 2, pads: [1, 1, 1, 1] },
  { inputs: 3, outputs: 16, kernel: 3, stride: 1, pads: [1, 1, 1, 1] },
  { inputs: 16, outputs: 32, kernel: 1, stride: 2, pads: [0, 0, 0, 0] },
  { inputs: 16, outputs: 16, kernel: 5, stride: 1, pads: [0, 1, 2, 3] },
];

async function compare({ inputs, outputs, kernel, stride, pads }: Case): Promise<void> {
  const shapes = { x: [2, inputs, 9, 7], w: [outputs, inputs, kernel, kernel] };
  const x = op.input("x", "float32", ["N", ...shapes.x.slice(1)]), w = op.input("w", "float32", shapes.w);
  const options = { strides: [stride, stride], pads } as const;
  const plain = op.conv(x, w, options), weights = op.input("weights", "float32", plain.shape);
  const graph = (y: op.Value, name: string) => {
    const [dx, dw] = op.gradients(lossOf(y, weights), [x, w]);
    return { [`${name} y`]: op.identity(y), [`${name} dx`]: op.identity(dx!), [`${name} dw`]: op.identity(dw!) };
  };
  const feeds = new Map([
    [x, tensor("x", shapes.x)],
    [w, tensor("w", shapes.w)],
    [weights, tensor("weights", [2, ...plain.shape.slice(1) as number[]])],
  ]);
  const found = await evaluate(feeds, {
    ...graph(plain, "plain"),
    ...graph(op.blockedConv(x, w, { ...options, block: block! }), "blocked"),
  });
  for (const what of ["y", "dx", "dw"]) {
    const theirs = found[`plain ${what}`]!, most = Math.max(...(theirs.data as Float32Array).map(Math.abs));
    assertAllClose(found[`blocked ${what}`]!, theirs, { atol: 1e-6 * most, rtol: 2e-5 }, what);
  }
}

for (const each of CASES) {
  Deno.test({
    name: `blockedConv() and its gradients are those of conv(): ${JSON.stringify(each)}`,
    ignore: block === undefined, // a processor without blocked convolutions
    fn: () => compare(each),
  });
}

Deno.test("convolutionBlock() is a block that the runtime has, the same at every call", async () => {
  // An x86-64 processor has them: a new runtime that named them otherwise would only be slow, and be noticed by nobody.
  assert.ok((Deno.build.arch === "x86_64" ? [8, 16] : [undefined, 8, 16]).includes(block));
  assert.equal(await op.convolutionBlock(), block);
});

Deno.test("blockedConv() refuses channels that are not whole blocks, and names the weight", () => {
  const x = op.input("x", "float32", ["N", 16, 7, 7]);
  assert.throws(() => op.blockedConv(x, op.full([24, 16, 3, 3], 0), { block: 16 }), {
    name: "RangeError",
    message: "Cannot build BlockedConv: [24, 16, 3, 3] does not divide into blocks of 16 channels",
  });
  assert.throws(() => op.blockedConv(x, op.full([16, 32, 3, 3], 0), { block: 16 }), /Cannot build Conv: operand/);
  const wide = op.input("wide", "float64", [1, 16, 7, 7]);
  assert.throws(
    () => op.blockedConv(wide, op.full([16, 16, 3, 3], 0), { block: 16 }),
    /BlockedConv: the operand .*float64/,
  );
});

Deno.test("isBlocked() takes whole blocks and colours", () => {
  const takes = (out: number, inn: number) => op.isBlocked(op.full([out, inn, 3, 3], 0), 8);
  assert.deepEqual([takes(8, 16), takes(8, 3), takes(12, 8), takes(8, 4), takes(8, 12)], [
    true,
    true,
    false,
    false,
    false,
  ]);
});
