/** ONNX files that PyTorch wrote (tests/fixtures/attributes/make_onnx.py), small ones of our own, and images for both. */
import type { Value } from "@/onnx/mod.ts";
import * as op from "@/onnx/mod.ts";
import { fileURLToPath } from "node:url";

/** onnx.json. */
export interface OnnxFixture {
  readonly yaw: readonly number[];
  readonly pitch: readonly number[];
  readonly roll: readonly number[];
  readonly yawGradient: readonly number[];
  readonly norm: readonly number[];
  readonly normGradient: readonly number[];
}

/** The path of a file of the fixture. */
export function onnxFixture(name: "pose.onnx" | "quality.onnx" | "onnx.json"): string {
  return fileURLToPath(new URL(`../fixtures/attributes/${name}`, import.meta.url));
}

/** What PyTorch gives for {@linkcode waves} of 2. */
export function expectedOfTorch(): OnnxFixture {
  return JSON.parse(Deno.readTextFileSync(onnxFixture("onnx.json")));
}

/** Images [count,3,112,112] of waves. */
export function waves(count: number): Value {
  const data = new Float32Array(count * 3 * 112 * 112);
  for (let i = 0; i < data.length; i++) {
    const x = i % 112,
      y = Math.floor(i / 112) % 112,
      c = Math.floor(i / 112 ** 2) % 3,
      n = Math.floor(i / (3 * 112 ** 2));
    data[i] = 0.8 * Math.sin(0.05 * (y + 1) * (c + 1) + 0.03 * x + n);
  }
  return op.constant(data, [count, 3, 112, 112]);
}

/** A model on images of 112x112 pixels. */
export function onnxBytes(of: (x: Value) => Value | Record<string, Value>, size: number | string = 112): Uint8Array {
  const x = op.input("face", "float32", ["N", 3, size, size]), made = of(x);
  const outputs = "dtype" in made ? { y: op.identity(made as Value) } : made as Record<string, Value>;
  return op.buildModel({ inputs: [x], outputs }).bytes;
}

/** Mean of the left half minus that of the right half, and the mean of the whole: [N,2]. */
export function leftAndBright(x: Value): Value {
  const halves = op.split(x, [56, 56], 3).map((half) => op.reduceMean(half, [1, 2, 3], false)); // [N] each
  const [left, right] = halves as [Value, Value];
  const column = (value: Value) => op.unsqueeze(value, [1]);
  return op.concat([column(op.sub(left, right)), column(op.mul(op.add(left, right), 0.5))], 1);
}
