/** Checks of tensors against the graph, before the runtime sees them. */
import { show } from "./_node.ts";
import type { Tensor } from "./session.ts";
import type { DataType, TensorData, Value } from "./types.ts";

/** Typed array that holds the elements of each type; half precision cannot cross into the runtime under Deno. */
const ARRAY_TYPE: Readonly<Record<Exclude<DataType, "float16">, { new (length: number): TensorData }>> = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/**
 * Refuses graph inputs and outputs that cannot cross into the runtime.
 *
 * onnxruntime-node 1.30 under Deno fails on half-precision tensors with "not enough space: expected 8, got 0".
 *
 * @throws {TypeError} If a value has half precision.
 */
export function checkBoundary(kind: "input" | "output", values: ReadonlyMap<string, Value>): void {
  for (const [name, { dtype }] of values) {
    if (dtype === "float16") {
      throw new TypeError(
        `Cannot load the model: ${kind} "${name}" is float16, which the runtime cannot exchange; ` +
          `make it float32 and cast inside the graph`,
      );
    }
  }
}

/**
 * Checks one tensor; lengths of named axes must agree over all tensors of one run.
 *
 * @param what How messages call it, such as `input "x"`.
 * @param value The graph's side.
 * @param tensor The caller's side.
 * @param lengths Lengths of named axes seen so far; new ones are added.
 * @throws {TypeError} If type, shape or number of elements do not fit.
 */
export function checkTensor(what: string, value: Value, tensor: Tensor, lengths: Map<string, number>): void {
  const fail = (why: string): never => {
    throw new TypeError(`Cannot run the model: ${what} ${why}`);
  };
  const { data, shape } = tensor, wanted = ARRAY_TYPE[value.dtype as "float32"];
  if (!(data instanceof wanted)) {
    fail(`is ${value.dtype} and needs a ${wanted.name}, found ${(data as object | undefined)?.constructor.name}`);
  }
  if (shape.length !== value.shape.length || value.shape.some((d, i) => typeof d === "number" && d !== shape[i])) {
    fail(`is ${show(value.shape)}, found ${show(shape)}`);
  }
  value.shape.forEach((dim, i) => {
    if (typeof dim === "number") return;
    const known = lengths.get(dim);
    if (known !== undefined && known !== shape[i]) fail(`has ${dim} = ${shape[i]}, but ${dim} is ${known} elsewhere`);
    lengths.set(dim, shape[i]!);
  });
  const count = shape.reduce((a, b) => a * b, 1);
  if (data.length !== count) {
    fail(`of shape ${show(shape)} needs ${count} elements, found ${data.length}`);
  }
}
