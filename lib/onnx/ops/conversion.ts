/**
 * Element types and names: operations that leave the numbers as they are.
 *
 * @module
 */
import { emit } from "../_node.ts";
import { TYPE_CODE } from "../_type_code.ts";
import type { DataType, Value } from "../types.ts";

/**
 * The same numbers in another element type.
 *
 * @param x Operand of any shape.
 * @param dtype Element type of the result; fractions are cut off when it is a whole type.
 * @returns Value of the same shape; x itself when it has that type already.
 *
 * @example Truth values as numbers
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const { data } = await op.compute(op.cast(op.greater(op.constant(Float32Array.of(1, 3), [2]), 2), "float32"));
 * deepStrictEqual([...data], [0, 1]);
 * ```
 */
export function cast(x: Value, dtype: DataType): Value {
  return x.dtype === dtype ? x : emit("Cast", [x], dtype, x.shape, { to: { int: TYPE_CODE[dtype] } });
}

/**
 * x under a name of its own, as graph outputs need when one value is given out twice.
 *
 * @param x Operand of any shape.
 * @param name Name for messages.
 * @returns Value of the same type and shape.
 *
 * @example One value under two names
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", [2]);
 * const { outputs } = op.buildModel({ inputs: [x], outputs: { a: op.identity(x), b: op.identity(x) } });
 * deepStrictEqual([...outputs.keys()], ["a", "b"]);
 * ```
 */
export function identity(x: Value, name?: string): Value {
  const value = emit("Identity", [x], x.dtype, x.shape);
  return name === undefined ? value : Object.assign(value, { name });
}
