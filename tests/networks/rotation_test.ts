/** Rotations against PyTorch's numbers (tests/oracle/estimators_fixtures.py), and against lib/heads. */
import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { rotationFromPose } from "@/heads/pose.ts";
import { anglesFromRotation, rotationFrom6d, rotationMatrix } from "@/networks/mod.ts";
import * as op from "@/onnx/mod.ts";
import { arrays, assertClose } from "./_fixtures.ts";

Deno.test("rotationFrom6d() equals the reference, for degenerate values too", async () => {
  const expected = arrays("rotation.npz");
  const six = op.input("six", "float32", ["N", 6]);
  const { data, shape } = await op.compute(rotationFrom6d(six), new Map([[six, expected("six")]]));
  deepStrictEqual(shape, expected("matrices").shape);
  assertClose(data as Float32Array, expected("matrices").data, 1e-6);
});

Deno.test("anglesFromRotation() equals the reference to 1e-3 degrees, where pitch and roll turn alike too", async () => {
  const expected = arrays("rotation.npz");
  const { data: degrees, shape } = expected("degrees");
  const rotation = op.input("rotation", "float32", ["N", 3, 3]);
  const angles = anglesFromRotation(rotation);
  for (const [column, name] of (["pitch", "yaw", "roll"] as const).entries()) {
    const { data } = await op.compute(angles[name], new Map([[rotation, expected("every")]]));
    for (let i = 0; i < shape[0]!; i++) {
      const want = degrees[3 * i + column]!, got = data[i] as number;
      ok(Math.abs(got - want) <= 1e-3, `${name} of rotation ${i} is ${got}, expected ${want}`);
    }
  }
});

Deno.test("rotationMatrix() is what the angles are read off, the transpose of the renderer's rotation", async () => {
  for (const pose of [{ yaw: -70, pitch: 20, roll: -8 }, { yaw: 12, pitch: -33, roll: 100 }]) {
    const matrix = rotationMatrix(pose), heads = rotationFromPose(pose);
    for (let i = 0; i < 9; i++) ok(Math.abs(matrix[i]! - heads[3 * (i % 3) + Math.floor(i / 3)]!) < 1e-12);
    const angles = anglesFromRotation(op.constant(Float32Array.from(matrix), [1, 3, 3]));
    for (const name of ["yaw", "pitch", "roll"] as const) {
      const { data } = await op.compute(angles[name]);
      ok(Math.abs(data[0] as number - pose[name]) < 1e-4);
    }
  }
});

Deno.test("rotationFrom6d() and anglesFromRotation() have finite gradients where vectors vanish or turns coincide", async () => {
  const values = [
    [0, 0, 0, 0, 0, 0],
    [1, 0, 0, 1, 0, 0],
    [0, 0, -1, 0, 1, 0], // yaw of a right angle
    [1, 0, 0, 0, 1, 0],
  ];
  const six = op.input("six", "float32", [values.length, 6]);
  const { yaw, pitch, roll } = anglesFromRotation(rotationFrom6d(six));
  const total = op.sum([yaw, pitch, roll].map((angle) => op.reduceSum(angle, [0], false)));
  const [gradient] = op.gradients(total, [six]);
  const feeds = new Map([[six, { data: Float32Array.from(values.flat()), shape: [values.length, 6] }]]);
  const { data } = await op.compute(gradient!, feeds);
  ok((data as Float32Array).every(Number.isFinite), `${data}`);
});

Deno.test("rotationFrom6d() and anglesFromRotation() refuse other shapes", () => {
  throws(() => rotationFrom6d(op.input("x", "float32", ["N", 9])), { name: "TypeError", message: /expected \[N,6\]/ });
  throws(() => anglesFromRotation(op.input("x", "float32", ["N", 9])), {
    name: "TypeError",
    message: /expected \[N,3,3\]/,
  });
});
