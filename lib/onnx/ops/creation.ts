/**
 * Inputs, initialisers and constants: the values that no node makes.
 *
 * @module
 */
import { elementCount, emit, show } from "../_node.ts";
import type { DataType, ExternalBytes, Shape, TensorData, Value } from "../types.ts";

/** Bytes of one element of each type. */
export const BYTES_PER_ELEMENT: Readonly<Record<DataType, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  int64: 8,
  int32: 4,
  uint8: 1,
  bool: 1,
};

/**
 * Declares a graph input.
 *
 * @param name Name by which the input is fed.
 * @param dtype Element type.
 * @param shape Axis lengths; a name such as `N` for one known only when the model runs.
 * @returns The input.
 * @throws {TypeError} If the name is empty.
 *
 * @example A batch of images
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 3, 112, 112]);
 * deepStrictEqual(x.shape, ["N", 3, 112, 112]);
 * ```
 */
export function input(name: string, dtype: DataType, shape: Shape): Value {
  if (name === "") throw new TypeError("Cannot declare a graph input: its name is empty");
  return { name, dtype, shape };
}

/** A source of weights: numbers in memory, half-precision bits in memory, or bytes in a file. */
export type WeightSource =
  | Float32Array
  | { readonly float16: Uint16Array }
  | (ExternalBytes & { readonly dtype: string });

/**
 * Declares a named float32 weight.
 *
 * A source in a file is not read: the initialiser points into it, and the runtime maps the file.
 *
 * @param name Name of the initialiser.
 * @param shape Axis lengths.
 * @param source Numbers, bits of half-precision numbers, or a place in a file.
 * @returns float32 value; half-precision sources are cast inside the graph.
 * @throws {TypeError} If the source has another number of elements or another type.
 *
 * @example Half precision
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const w = op.weight("w", [2], { float16: Uint16Array.of(0x3c00, 0xc000) });
 * deepStrictEqual([...(await op.compute(w)).data], [1, -2]);
 * ```
 */
export function weight(name: string, shape: readonly number[], source: WeightSource): Value {
  const count = elementCount(shape)!;
  const wrong = (found: number | string): never => {
    throw new TypeError(`Cannot declare weight ${name} ${show(shape)}: expected ${count} elements, found ${found}`);
  };
  if (source instanceof Float32Array) {
    if (source.length !== count) wrong(source.length);
    return { name, dtype: "float32", shape, source: { kind: "memory", data: source } };
  }
  if ("float16" in source) {
    if (source.float16.length !== count) wrong(source.float16.length);
    const half: Value = { name, dtype: "float16", shape, source: { kind: "memory", data: source.float16 } };
    return emit("Cast", [half], "float32", shape, { to: { int: 1 } });
  }
  const { file, offset, byteLength, dtype } = source;
  if (dtype !== "float32" && dtype !== "float16") {
    throw new TypeError(`Cannot use weight ${name} in place: its type is ${dtype}, expected float32 or float16`);
  }
  if (byteLength !== count * BYTES_PER_ELEMENT[dtype]) wrong(byteLength / BYTES_PER_ELEMENT[dtype]);
  const value: Value = { name, dtype, shape, source: { kind: "file", file, offset, byteLength } };
  return dtype === "float32" ? value : emit("Cast", [value], "float32", shape, { to: { int: 1 } });
}

/**
 * A value that follows from constants and weights, computed when a session is made and fed to each of its runs.
 *
 * The runtime would compute it ahead too, but hold it twice; here the array that every run reads is the only one. For large values and
 * devices that share this process's memory: others would copy it at every run. No gradient goes through it.
 *
 * @param x A value that depends on no graph input, all lengths fixed.
 * @returns The same elements, as an input that needs no feeding.
 * @throws {TypeError} If a length of x is a name.
 *
 * @example A product that is not computed again
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", [2]);
 * const model = op.buildModel({ inputs: [x], outputs: { y: op.add(x, op.ahead(op.exp(op.full([2], 0)))) } });
 * await using session = await op.createSession(model);
 * const { y } = await session.run({ x: { data: Float32Array.of(1, 2), shape: [2] } });
 * deepStrictEqual([...y!.data], [2, 3]);
 * ```
 */
export function ahead(x: Value): Value {
  if (elementCount(x.shape) === undefined) {
    throw new TypeError(`Cannot compute ${show(x.shape)} ahead: all its lengths must be fixed`);
  }
  return { dtype: x.dtype, shape: x.shape, source: { kind: "ahead", of: x } };
}

/** Element type that a typed array stands for; Uint8Array is taken for bool or uint8 as asked. */
function typeOf(data: TensorData): DataType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof BigInt64Array) return "int64";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint16Array) return "float16";
  return "uint8";
}

/**
 * A constant that is part of the graph.
 *
 * @param data Elements, row-major; half precision as its bits.
 * @param shape Axis lengths.
 * @param dtype Element type; a Uint8Array may also hold truth values.
 * @returns The constant.
 * @throws {TypeError} If the number of elements does not fit the shape.
 *
 * @example A matrix
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const m = op.constant(Float32Array.of(1, 2, 3, 4), [2, 2]);
 * deepStrictEqual(m.dtype, "float32");
 * ```
 */
export function constant(data: TensorData, shape: readonly number[], dtype: DataType = typeOf(data)): Value {
  if (data.length !== elementCount(shape)) {
    throw new TypeError(`Cannot make a constant of shape ${show(shape)}: found ${data.length} elements`);
  }
  return { dtype, shape, source: { kind: "memory", data } };
}

/**
 * A float32 scalar constant.
 *
 * @param x The number.
 * @returns Constant of shape [].
 *
 * @example One number
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * deepStrictEqual((op.scalar(3)).shape, []);
 * ```
 */
export function scalar(x: number): Value {
  return constant(Float32Array.of(x), []);
}

/**
 * An int64 vector constant.
 *
 * @param values Whole numbers.
 * @returns Constant `[n]`.
 *
 * @example Indices
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.ints([1, 2]));
 * deepStrictEqual([...data], [1n, 2n]);
 * ```
 */
export function ints(values: readonly number[]): Value {
  return constant(BigInt64Array.from(values, BigInt), [values.length]);
}

/**
 * A float32 constant filled with one number.
 *
 * @param shape Axis lengths.
 * @param x The number.
 * @returns Constant of that shape.
 *
 * @example Ones
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.full([2], 1));
 * deepStrictEqual([...data], [1, 1]);
 * ```
 */
export function full(shape: readonly number[], x: number): Value {
  return constant(new Float32Array(elementCount(shape)!).fill(x), shape);
}
