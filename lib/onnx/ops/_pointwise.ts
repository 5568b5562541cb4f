/** What the elementwise operations share: checks of types and shapes. */
import { asValue, broadcast, checkType, emit } from "../_node.ts";
import type { DataType, Operand, Value } from "../types.ts";

/** Operation with two operands that broadcast; the result has their type unless another is given. */
export function binary(op: string, a: Operand, b: Operand, result?: DataType): Value {
  const dtype = typeof a !== "number" ? a.dtype : typeof b !== "number" ? b.dtype : "float32";
  const x = asValue(a, dtype), y = asValue(b, dtype);
  checkType(op, "the second operand", y, x.dtype);
  return emit(op, [x, y], result ?? x.dtype, broadcast(op, x.shape, y.shape));
}

/** Operation with one operand that holds numbers. */
export function unary(op: string, x: Value): Value {
  checkType(op, "the operand", x, "float32", "float64", "float16", "int64", "int32");
  return emit(op, [x], x.dtype, x.shape);
}

/** Operation with one operand that holds floating-point numbers. */
export function float(op: string, x: Value): Value {
  checkType(op, "the operand", x, "float32", "float64", "float16");
  return emit(op, [x], x.dtype, x.shape);
}
