import { onnxPoseNetwork, parsePoseOutput, type PoseAngle } from "@/attributes/mod.ts";
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { rotationMatrix } from "@/networks/mod.ts";
import assert from "node:assert/strict";
import { assertAllClose } from "../_assert_close.ts";
import { expectedOfTorch, leftAndBright, onnxBytes, onnxFixture, waves } from "./_onnx_files.ts";

const image = op.full([1, 3, 112, 112], 0.5);
const numbers = async (value: Value) => Array.from((await op.compute(value)).data as Float32Array);

/** A model that gives the same numbers for every image. */
function constantly(outputs: Record<string, readonly number[]>, shape: readonly number[] = []): Uint8Array {
  return onnxBytes((x) => {
    const zero = op.mul(op.reduceMean(x, [1, 2, 3], false), 0); // N
    return Object.fromEntries(
      Object.entries(outputs).map(([name, values]) => {
        const row = op.constant(Float32Array.from(values), [1, values.length]);
        const made = op.add(op.unsqueeze(zero, [1]), row); // N,K
        return [name, shape.length === 0 ? made : op.reshape(made, [made.shape[0]!, ...shape])];
      }),
    );
  });
}

Deno.test("onnxPoseNetwork() gives PyTorch's angles and gradient for a file of its newer exporter", async () => {
  const expected = expectedOfTorch(), faces = waves(2);
  const angles = parsePoseOutput("pitch,-yaw,roll,radians");
  const network = onnxPoseNetwork(onnxFixture("pose.onnx"), { channels: "bgr", range: [0, 1], angles });
  const { yaw, pitch, roll } = network(faces);
  const tolerance = { atol: 1e-4, rtol: 1e-5 };
  for (const [name, value] of Object.entries({ yaw, pitch, roll })) {
    assertAllClose({ data: await numbers(value) }, { data: expected[name as PoseAngle] }, tolerance);
  }
  const [gradient] = op.gradients(op.reduceSum(yaw), [faces]);
  const squares = op.mul(op.averagePool(gradient!, { kernel: [16, 16] }), 256); // N,3,7,7: their sums
  assertAllClose({ data: await numbers(squares) }, { data: expected.yawGradient }, { atol: 1e-4, rtol: 1e-3 });
});

Deno.test("onnxPoseNetwork() reads columns, outputs of their own and rotations", async () => {
  const pose = { yaw: 30, pitch: -10, roll: 5 };
  const cases: [Uint8Array, string][] = [
    [constantly({ y: [30, -10, 5] }), "yaw,pitch,roll"],
    [constantly({ y: [10, 7, -30, 5] }), "-pitch,_,-yaw,roll"],
    [constantly({ a: [30], b: [-10], c: [5] }), "yaw,pitch,roll"],
    [constantly({ a: [30], b: [-10], c: [5] }, []), "yaw,pitch,roll"],
    [constantly({ y: [30, -10, 5].map((d) => d * Math.PI / 180) }), "yaw,pitch,roll,radians"],
    [constantly({ y: [...rotationMatrix(pose)] }), "matrix"],
    [constantly({ y: [...rotationMatrix(pose)] }, [3, 3]), "matrix"],
    [constantly({ y: [0, 3, 6, 1, 4, 7].map((i) => rotationMatrix(pose)[i]!) }), "6d"],
  ];
  for (const [bytes, text] of cases) {
    const found = onnxPoseNetwork(bytes, { angles: parsePoseOutput(text) })(image);
    for (const angle of ["yaw", "pitch", "roll"] as const) {
      const [degrees] = await numbers(found[angle]);
      assert.ok(Math.abs(degrees! - pose[angle]) < 1e-3, `${text}: ${angle} is ${degrees}`);
    }
  }
});

Deno.test("onnxPoseNetwork() refuses an angle that the model does not give when it is asked for", () => {
  const { yaw, roll } = {
    ...descriptors(onnxPoseNetwork(constantly({ y: [1, 2] }), { angles: parsePoseOutput("yaw,_") })(image)),
  };
  assert.equal(yaw().shape.length, 1);
  assert.throws(roll, { name: "TypeError", message: "Cannot tell roll: the ONNX model gives yaw" });
});

/** The angles as functions, so that looking at one is not looking at all. */
function descriptors(found: Record<PoseAngle, Value>): Record<PoseAngle, () => Value> {
  return { yaw: () => found.yaw, pitch: () => found.pitch, roll: () => found.roll };
}

Deno.test("onnxPoseNetwork() refuses outputs of other shapes, operators without a gradient and sizes that do not fit", () => {
  const refusals: [Uint8Array, Parameters<typeof onnxPoseNetwork>[1], RegExp][] = [
    [
      onnxBytes(leftAndBright),
      {},
      /as a pose estimator: its outputs are \[N,2\], expected \[N,3\] or 3 outputs of one/,
    ],
    [
      onnxBytes(leftAndBright),
      { angles: parsePoseOutput("matrix") },
      /its output is \[N,2\], expected \[N,3,3\] or \[N,9\]/,
    ],
    [onnxBytes(leftAndBright), { angles: parsePoseOutput("6d") }, /its output is \[N,2\], expected \[N,6\]/],
    [
      onnxBytes(leftAndBright),
      { angles: parsePoseOutput("yaw,pitch"), size: 64 },
      /value given is float32 \[N, ?3, ?64, ?64\]/,
    ],
    [onnxBytes((x) => op.reduceMean(x, [2, 3], true)), { range: [1, 0] }, /expected black < white/],
  ];
  for (const [bytes, options, message] of refusals) assert.throws(() => onnxPoseNetwork(bytes, options), message);
});
