/** Gradients of composed graphs against central differences along random directions. */
import assert from "node:assert/strict";
import * as op from "@/onnx/mod.ts";
import type { Tensor, Value } from "@/onnx/mod.ts";
import { lossOf, pattern } from "../_run.ts";
import { uniforms } from "../_uniform.ts";

/** Half the distance between the two points of a difference: rounding and curvature weigh about the same. */
const REACH = 2 ** -7;
/** Allowed error of a directional derivative, relative to the size of the terms it sums. */
const TOLERANCE = 2e-3;

/** Compares gradients with differences of the loss; the loss is summed in double precision. */
async function checkDifferences(shapes: readonly (readonly number[])[], build: (...x: Value[]) => Value, seed: number) {
  const random = uniforms(seed);
  const inputs = shapes.map((shape, i) => op.input(`x${i}`, "float32", shape));
  const y = build(...inputs);
  const shape = y.shape as number[], weights = pattern(shape.reduce((a, b) => a * b, 1));
  const gradients = op.gradients(lossOf(y, op.constant(weights, shape)), inputs);
  const outputs = Object.fromEntries([["y", op.identity(y)], ...gradients.map((g, i) => [`g${i}`, op.identity(g)])]);
  await using session = await op.createSession(op.buildModel({ inputs, outputs }), { threads: 1 });
  const point = shapes.map((s) => Float32Array.from({ length: s.reduce((a, b) => a * b, 1) }, () => random() * 2 - 1));
  const run = (at: Float32Array<ArrayBuffer>[]) =>
    session.run(Object.fromEntries(at.map((data, i) => [`x${i}`, { data, shape: shapes[i]! } satisfies Tensor])));
  const found = await run(point);
  for (const [i, x] of point.entries()) {
    const direction = x.map(() => random() * 2 - 1);
    const moved = async (sign: number) => {
      const at = point.map((p, k) => k === i ? p.map((v, j) => v + sign * REACH * direction[j]!) : p);
      const values = (await run(at))["y"]!.data as Float32Array;
      return values.reduce((sum, v, j) => sum + v * weights[j]!, 0);
    };
    const difference = (await moved(1) - await moved(-1)) / (2 * REACH);
    const g = found[`g${i}`]!.data as Float32Array;
    const derivative = g.reduce((sum, v, j) => sum + v * direction[j]!, 0);
    const size = Math.max(1, Math.hypot(...g) * Math.hypot(...direction) / Math.sqrt(g.length));
    assert.ok(
      Math.abs(difference - derivative) <= TOLERANCE * size,
      `operand ${i}: differences give ${difference}, the gradient gives ${derivative} (size ${size})`,
    );
  }
}

/** Layers put together as networks use them. */
const COMPOSED: Readonly<Record<string, { shapes: number[][]; build: (...x: Value[]) => Value }>> = {
  "residual block of a decoder": {
    shapes: [[2, 4, 3, 3], [4], [4], [4, 4, 3, 3], [4]],
    build: (x, scale, bias, w, b) => {
      const h = op.silu(op.groupNorm(x!, 2, scale!, bias!, 1e-3));
      return op.add(
        x!,
        op.resizeNearest(
          op.averagePool(op.conv(h, w!, { bias: b, pads: [2, 2, 2, 2] }), {
            kernel: [3, 3],
          }),
          3,
        ),
      );
    },
  },
  "attention": {
    shapes: [[2, 3, 4], [4, 4], [4, 4], [4, 4]],
    build: (x, q, k, v) => {
      const scores = op.matmul(op.linear(x!, q!), op.transpose(op.linear(x!, k!), [0, 2, 1]));
      return op.matmul(op.softmax(op.div(scores, 2)), op.linear(x!, v!));
    },
  },
  "feed-forward layer": {
    shapes: [[2, 3, 4], [4], [4], [8, 4], [8], [4, 8]],
    build: (x, scale, bias, w1, b1, w2) =>
      op.add(x!, op.linear(op.gelu(op.linear(op.layerNorm(x!, scale!, bias!, 1e-3), w1!, b1)), w2!)),
  },
  "batch statistics with running affine": {
    shapes: [[4, 2, 3, 3], [2], [2], [3, 2, 3, 3], [3]],
    build: (x, scale, bias, w, slope) => {
      const { y, variance } = op.batchNormTrain(x!, { scale: scale!, bias: bias!, epsilon: 1e-2 });
      const h = op.conv(op.tanh(y), w!, { strides: [2, 2], pads: [1, 1, 1, 1] });
      const bent = op.mul(op.sigmoid(h), op.reshape(slope!, [3, 1, 1]));
      return op.concat([op.reshape(bent, [-1]), op.sqrt(variance)], 0);
    },
  },
  "convolutions of large images": {
    shapes: [[2, 2, 35, 34], [2, 2, 3, 3], [2, 2, 3, 3]],
    build: (x, w1, w2) => {
      const h = op.tanh(op.conv(x!, w1!, { strides: [2, 2], pads: [1, 0, 1, 2] })); // 18 x 17 pixels
      return op.mul(op.conv(h, w2!, { pads: [1, 1, 1, 1] }), 0.1);
    },
  },
  "margin on cosines": {
    shapes: [[3, 5], [4, 5]],
    build: (x, centres) => {
      const cosines = op.gemm(op.normalize(x!), op.normalize(centres!), { transB: true });
      const angles = op.acos(op.mul(cosines, 0.9));
      return op.logSoftmax(op.mul(op.cos(op.add(angles, 0.3)), 4), 1);
    },
  },
  "angles of a rotation": {
    shapes: [[4, 3], [4, 3]],
    build: (a, b) => {
      const z = op.normalize(op.add(a!, op.scalar(2)));
      const [u, v, w] = op.split(op.add(z, b!), [1, 1, 1], 1);
      return op.concat([op.atan2(u!, op.add(v!, 3)), op.atan2(op.neg(w!), op.l2norm(a!))], 1);
    },
  },
};

for (const [name, { shapes, build }] of Object.entries(COMPOSED)) {
  Deno.test(`gradients() agrees with differences: ${name}`, async () => {
    await checkDifferences(shapes, build, 7);
  });
}

/** Smooth steps that keep values of [3, 4] small; each takes what exists so far. */
const STEPS: readonly ((a: Value, b: Value) => Value)[] = [
  (a, b) => op.add(a, op.mul(b, 0.5)),
  (a, b) => op.sub(op.tanh(a), b),
  (a, b) => op.mul(op.sigmoid(a), b),
  (a, b) => op.div(a, op.add(op.exp(b), 1)),
  (a, b) => op.mul(op.softmax(a), op.cos(b)),
  (a, b) => op.matmul(op.matmul(a, op.transpose(op.tanh(b), [1, 0])), op.mul(b, 0.2)),
  (a, b) => op.add(op.silu(a), op.reduceMean(b, [0])),
  (a, b) => op.slice(op.concat([a, op.sin(b)], 1), { axes: [1], starts: [1], ends: [8], steps: [2] }),
  (a, b) => op.sub(op.gelu(a), op.expand(op.reduceSum(op.mul(b, 0.1), [1]), [3, 4])),
  (a, b) => op.reshape(op.transpose(op.reshape(op.add(a, b), [2, 3, 2]), [1, 0, 2]), [3, 4]),
  (a, b) => op.mul(op.sqrt(op.add(op.mul(a, a), 1)), op.atan(b)),
  (a, b) => op.log(op.add(op.add(op.mul(a, a), op.pow(b, 2)), 1)),
  (a, b) => op.gather(op.add(a, op.erf(b)), op.ints([2, 0, 2]), 0),
];

for (let seed = 1; seed <= 24; seed++) {
  Deno.test(`gradients() agrees with differences: random graph ${seed}`, async () => {
    const random = uniforms(seed);
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
    await checkDifferences([[3, 4], [3, 4]], (a, b) => {
      const values = [op.add(a!, b!), op.mul(a!, b!)];
      for (let i = 0; i < 6; i++) values.push(pick(STEPS)(values.at(-1)!, pick(values)));
      return values.at(-1)!;
    }, seed);
  });
}

Deno.test("gradients() refuses an operator without a rule by its name", () => {
  const x = op.input("x", "float32", [2]);
  const node: op.Node = { op: "Tan", inputs: [x], outputs: [], attributes: {} };
  const y: Value = { dtype: "float32", shape: [2], node };
  (node.outputs as Value[]).push(y);
  assert.throws(() => op.gradients(op.mean(y), [x]), {
    name: "TypeError",
    message: /Cannot differentiate Tan: it has no/,
  });
});

Deno.test("gradients() refuses a loss that is no scalar", () => {
  const x = op.input("x", "float32", [2]);
  assert.throws(() => op.gradients(op.exp(x), [x]), {
    name: "TypeError",
    message: /must be a scalar, its shape is \[2\]/,
  });
});

Deno.test("gradients() refuses a loss that is not float32", () => {
  const x = op.input("x", "float64", []);
  assert.throws(() => op.gradients(op.exp(x), [x]), { name: "TypeError", message: /must be float32, it is float64/ });
});

Deno.test("gradients() refuses a value that the loss does not depend on", () => {
  const x = op.input("x", "float32", [2]), z = op.input("z", "float32", [3]);
  assert.throws(() => op.gradients(op.mean(x), [z]), { name: "TypeError", message: /does not depend on z/ });
});

Deno.test("gradients() passes nothing through comparisons and whole numbers", () => {
  const x = op.input("x", "float32", [2]);
  const y = op.cast(op.greater(x, 0), "float32");
  assert.throws(() => op.gradients(op.mean(y), [x]), { name: "TypeError", message: /does not depend on x/ });
});

Deno.test("gradients() gives the gradient of a value in the middle of a graph", async () => {
  const x = op.input("x", "float32", [2]);
  const middle = op.mul(x, 3);
  const [g, gx] = op.gradients(op.reduceSum(op.mul(middle, middle), [0], false), [middle, x]);
  await using session = await op.createSession(op.buildModel({ inputs: [x], outputs: { g: g!, gx: gx! } }));
  const out = await session.run({ x: { data: Float32Array.of(1, -2), shape: [2] } });
  assert.deepEqual([...out["g"]!.data as Float32Array], [6, -12]);
  assert.deepEqual([...out["gx"]!.data as Float32Array], [18, -36]);
});
