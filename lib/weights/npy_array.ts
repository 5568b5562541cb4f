/** @file An array in memory as .npy and .npz know it. */

import type { TypedArrayData, TypedArrays } from "./dtype.ts";
import type { NpyDType } from "./_npy_header.ts";

export type { NpyDType };

/** An array of one element type, dense and row-major. */
export interface NpyArrayOf<T extends NpyDType> {
  /** Element type. */
  readonly dtype: T;
  /** Dimensions; `[]` is a single value. */
  readonly shape: readonly number[];
  /** Elements in row-major order; bool as bytes 0 or 1. */
  readonly data: TypedArrays[T];
}

/** An array of any element type; comparing `dtype` narrows `data` to its typed array. */
export type NpyArray = { [T in NpyDType]: NpyArrayOf<T> }[NpyDType];

/** What `writeNpy` and `writeNpz` write. */
export interface NpyInput {
  /** Element type in the file. */
  readonly dtype: NpyDType;
  /** Dimensions. */
  readonly shape: readonly number[];
  /** Elements, row-major: the typed array of `dtype`, or Float32Array for any float type, or raw little-endian bytes. */
  readonly data: TypedArrayData;
}
