/** @file What an opened weight file is: the index of its tensors, and the way to their values. */

import type { DType } from "./dtype.ts";

/** A tensor lying in a file: where its bytes are. */
export interface StoredTensor {
  /** Name as in the state dict. */
  readonly name: string;
  /** Element type in the file. */
  readonly dtype: DType;
  /** Dimensions; `[]` is a single value. */
  readonly shape: readonly number[];
  /** Elements from one index to the next, for each dimension. */
  readonly strides: readonly number[];
  /** Path as it was given to `openWeights`. */
  readonly file: string;
  /** Byte offset of element 0 in the file; where `encoding` is "deflated", of the compressed data it is in. */
  readonly offset: number;
  /** Bytes from the first to the last element, both included; 0 for an empty tensor. */
  readonly byteLength: number;
  /**
   * Whether the bytes `offset` to `offset + byteLength` of the file are the dense row-major little-endian elements, so
   * that ONNX external data can point at them. Legacy .pth files and safetensors do not align them to 64 bytes.
   */
  readonly contiguous: boolean;
  /** How the bytes lie in the file: as they are used, with reversed bytes, or compressed. */
  readonly encoding: "plain" | "big-endian" | "deflated";
}

/** What a weight file says besides tensors. */
export interface WeightMetadata {
  /** Keys that lead to the state dict, as "model_vec2face"; "" where the file is the state dict. */
  readonly root: string;
  /** Prefix that all names had and that was removed, as "module." of DistributedDataParallel; "" where none. */
  readonly strippedPrefix: string;
  /** Tensors that are there but cannot be read, with the reason. */
  readonly skipped: Readonly<Record<string, string>>;
  /**
   * The other values of the file as plain JSON-like data: epoch, args (a Namespace becomes an object), settings.
   * Tensors become text such as "tensor float32 [2,3]", Python objects become `{ python: "module.name" }`.
   */
  readonly values: Readonly<Record<string, unknown>>;
}

/** A weight file whose index was read; every `read` opens the file, takes one tensor's bytes and closes it. */
export interface WeightFile {
  /** Path as it was given. */
  readonly path: string;
  /** Container format, by its first bytes and not by its name. */
  readonly format: "torch-zip" | "torch-legacy" | "safetensors" | "npz" | "npy";
  /** Tensors under the root by name, in the order of the file; nested dicts joined by ".". */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Root, removed prefix and the other values of the file. */
  readonly metadata: WeightMetadata;
  /**
   * Reads a tensor as float32, dense and row-major; other float widths, bool and integers up to 32 bits are converted.
   *
   * @param name Name in {@link WeightFile.tensors}.
   * @returns Elements, as many as the shape has.
   * @throws {RangeError} If there is no such tensor.
   * @throws {TypeError} If it is int64, or cannot be read.
   * @throws {SyntaxError} If the file changed since it was opened or is damaged.
   */
  readFloat32(name: string): Float32Array;
  /**
   * Reads a tensor of integers or bool as int64, dense and row-major.
   *
   * @param name Name in {@link WeightFile.tensors}.
   * @returns Elements, as many as the shape has.
   * @throws {RangeError} If there is no such tensor.
   * @throws {TypeError} If it holds floats, or cannot be read.
   * @throws {SyntaxError} If the file changed since it was opened or is damaged.
   */
  readInt64(name: string): BigInt64Array;
  /**
   * Reads a tensor's elements as little-endian bytes of its own dtype, dense and row-major.
   *
   * @param name Name in {@link WeightFile.tensors}.
   * @returns Bytes, elements times the element size.
   * @throws {RangeError} If there is no such tensor.
   * @throws {TypeError} If it cannot be read.
   * @throws {SyntaxError} If the file changed since it was opened or is damaged.
   */
  readRaw(name: string): Uint8Array;
}
