/** Helpers to run tiny graphs and to read gradients.json. */
import * as op from "@/onnx/mod.ts";
import type { Tensor, Value } from "@/onnx/mod.ts";
import fixture from "../fixtures/onnx/gradients.json" with { type: "json" };

/** Builds, runs and releases a graph. */
export async function evaluate(
  feeds: ReadonlyMap<Value, Tensor>,
  outputs: Readonly<Record<string, Value>>,
): Promise<Record<string, Required<Tensor>>> {
  const model = op.buildModel({ inputs: [...feeds.keys()], outputs });
  await using session = await op.createSession(model, { threads: 1 });
  return await session.run(Object.fromEntries([...feeds].map(([value, tensor]) => [value.name!, tensor])));
}

/** The fixed pattern that results are multiplied with to make a scalar loss, as in make_gradients.py. */
export function pattern(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, k) => (k * 37 % 17 - 8) / 8);
}

/** Sum of y times the pattern, given as a value of y's shape. */
export function lossOf(y: Value, weights: Value): Value {
  return op.reduceSum(op.mul(y, weights), y.shape.map((_, i) => i), false);
}

/** One case of the fixture. */
export interface FixtureCase {
  /** Operands in order. */
  readonly operands: readonly Required<Tensor>[];
  /** Forward result. */
  readonly result: Tensor;
  /** Gradient of each float operand; undefined where only the forward result is known. */
  readonly gradients: readonly Tensor[] | undefined;
}

interface StoredTensor {
  readonly dtype?: string;
  readonly shape: readonly number[];
  readonly data: string;
}

interface StoredCase {
  readonly operands: readonly StoredTensor[];
  readonly result: StoredTensor;
  readonly gradients?: readonly StoredTensor[];
}

/** Operands are stored as whole multiples of this. */
const STEP = 1 / 32;

function operand({ dtype, shape, data }: StoredTensor): Required<Tensor> {
  const numbers = new Int8Array(Uint8Array.fromBase64(data).buffer);
  if (dtype === "float32") return { dtype, shape, data: Float32Array.from(numbers, (k) => k * STEP) };
  if (dtype === "bool") return { dtype, shape, data: Uint8Array.from(numbers) };
  return { dtype: "int64", shape, data: BigInt64Array.from(numbers, BigInt) };
}

/** A float tensor of a fixture. */
export function floats({ shape, data }: StoredTensor): Tensor {
  return { shape, data: new Float32Array(Uint8Array.fromBase64(data).buffer) };
}

/** All cases of tests/fixtures/onnx/gradients.json by name. */
export const FIXTURE: ReadonlyMap<string, FixtureCase> = new Map(
  Object.entries(fixture as unknown as Record<string, StoredCase>).map(([name, stored]) => [name, {
    operands: stored.operands.map(operand),
    result: floats(stored.result),
    gradients: stored.gradients?.map(floats),
  }]),
);
