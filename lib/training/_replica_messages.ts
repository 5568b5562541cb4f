/** What the thread that trains and the threads that compute gradients say to each other. */
import type * as op from "@/onnx/mod.ts";

/** A float32 tensor that lies in a buffer of many: name, shape, and where it begins in elements. */
export interface Packed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
}

/** First message: the model, and how weights and gradients lie in the buffers that go back and forth. */
export interface ReplicaSetup {
  readonly model: Pick<op.BuiltModel, "bytes" | "blobs"> & {
    readonly inputs: ReadonlyMap<string, op.Value>;
    readonly outputs: ReadonlyMap<string, op.Value>;
  };
  readonly session: op.SessionOptions;
  readonly weights: readonly Packed[];
  readonly gradients: readonly Packed[];
}

/** One step: both buffers change hands. */
export interface ReplicaStep {
  readonly data: Readonly<Record<string, op.Tensor>>;
  readonly weights: ArrayBuffer;
  readonly gradients: ArrayBuffer;
}

/** The answer to a step: the buffers come back, the gradients filled. */
export interface ReplicaAnswer {
  readonly weights: ArrayBuffer;
  readonly gradients: ArrayBuffer;
  readonly results: Readonly<Record<string, Required<op.Tensor>>>;
}

/** Elements of a tensor. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Lays float32 tensors one after the other. */
export function pack(tensors: Iterable<{ readonly name: string; readonly shape: readonly number[] }>) {
  const packed: Packed[] = [];
  let length = 0;
  for (const { name, shape } of tensors) {
    packed.push({ name, shape: [...shape], offset: length });
    length += sizeOf(shape);
  }
  return { packed, length };
}

/** The tensors of a buffer, by name; not copied. */
export function unpack(packed: readonly Packed[], buffer: ArrayBuffer): Record<string, op.Tensor> {
  return Object.fromEntries(packed.map(({ name, shape, offset }) => {
    return [name, { data: new Float32Array(buffer, 4 * offset, sizeOf(shape)), shape }];
  }));
}
