/** Building blocks shared by the op functions: node creation, shape arithmetic and checks. */
import type { Attribute, DataType, Dim, GradientRule, Node, Operand, Shape, TensorData, Value } from "./types.ts";

/** Shape as text for messages: `[N, 3, 112, 112]`. */
export function show(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Makes a node with any number of outputs. */
export function makeNode(
  op: string,
  inputs: readonly (Value | undefined)[],
  outputs: readonly { dtype: DataType; shape: Shape }[],
  attributes: Readonly<Record<string, Attribute>> = {},
  rule?: GradientRule,
): Node {
  const node = { op, inputs, attributes, outputs: [] as Value[], ...(rule === undefined ? {} : { rule }) };
  for (const { dtype, shape } of outputs) node.outputs.push({ dtype, shape, node });
  return node;
}

/** Makes a node with one output and returns that output. */
export function emit(
  op: string,
  inputs: readonly (Value | undefined)[],
  dtype: DataType,
  shape: Shape,
  attributes: Readonly<Record<string, Attribute>> = {},
  rule?: GradientRule,
): Value {
  return makeNode(op, inputs, [{ dtype, shape }], attributes, rule).outputs[0]!;
}

/**
 * Gives a value made by several nodes one gradient rule for all of them.
 *
 * @param y Result of a fresh node, which gets the rule.
 * @param operands What the nodes were made of; the rule has one function for each.
 * @param rule The rule.
 */
export function withRule(y: Value, operands: readonly Value[], rule: GradientRule): Value {
  Object.assign(y.node!, { rule, group: operands });
  return y;
}

/** One number as an array of each element type; half precision as its bits. */
const ONE_NUMBER: Readonly<Record<DataType, (x: number) => TensorData>> = {
  float32: (x) => Float32Array.of(x),
  float64: (x) => Float64Array.of(x),
  float16: (x) => new Uint16Array(Float16Array.of(x).buffer),
  int64: (x) => BigInt64Array.of(BigInt(x)),
  int32: (x) => Int32Array.of(x),
  uint8: (x) => Uint8Array.of(x),
  bool: (x) => Uint8Array.of(x),
};

/** Turns a number into a scalar constant of the given type; leaves values as they are. */
export function asValue(x: Operand, dtype: DataType = "float32"): Value {
  if (typeof x !== "number") return x;
  if (!dtype.startsWith("float") && !Number.isInteger(x)) {
    throw new TypeError(`Cannot use ${x} with ${dtype} values: it is not a whole number; cast them first`);
  }
  return { dtype, shape: [], source: { kind: "memory", data: ONE_NUMBER[dtype](x) } };
}

/** Shape of the result of numpy broadcasting; throws a TypeError that names the op when shapes do not fit. */
export function broadcast(op: string, a: Shape, b: Shape): Dim[] {
  const rank = Math.max(a.length, b.length);
  const out: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[i - rank + a.length] ?? 1, y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new TypeError(
        `Cannot build ${op}: shapes ${show(a)} and ${show(b)} do not broadcast, axis ${i} is ${x} and ${y}`,
      );
    }
    out.push(x === 1 ? y : x);
  }
  return out;
}

/** Axis as a number in 0..rank-1, counted from the end when negative. */
export function axisOf(op: string, axis: number, rank: number): number {
  const result = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || result < 0 || result >= rank) {
    throw new RangeError(`Cannot build ${op}: axis ${axis} is outside a value of rank ${rank}`);
  }
  return result;
}

/** Length of an axis as a number; throws a TypeError when it is symbolic. */
export function fixed(op: string, shape: Shape, axis: number): number {
  const dim = shape[axis];
  if (typeof dim !== "number") {
    throw new TypeError(`Cannot build ${op}: axis ${axis} of ${show(shape)} must have a fixed length`);
  }
  return dim;
}

/** Checks the rank of an operand. */
export function checkRank(op: string, what: string, value: Value, rank: number): void {
  if (value.shape.length !== rank) {
    throw new TypeError(
      `Cannot build ${op}: ${what} must have rank ${rank}, its shape is ${show(value.shape)}`,
    );
  }
}

/** Checks that an operand has one of the given element types. */
export function checkType(op: string, what: string, value: Value, ...types: DataType[]): void {
  if (!types.includes(value.dtype)) {
    throw new TypeError(`Cannot build ${op}: ${what} must be ${types.join(" or ")}, it is ${value.dtype}`);
  }
}

/** Number of elements if all axes are fixed. */
export function elementCount(shape: Shape): number | undefined {
  let n = 1;
  for (const dim of shape) {
    if (typeof dim !== "number") return undefined;
    n *= dim;
  }
  return n;
}

/** True if both shapes are the same, name for name and number for number. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}
