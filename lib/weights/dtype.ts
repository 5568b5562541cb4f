/**
 * @file The element types that weight files hold here, and how a buffer of each reads as a typed array.
 *
 * All bytes are little-endian: Deno runs on little-endian machines only, so a typed array over file bytes is the value
 * itself. bfloat16 has no typed array in JavaScript; it travels as its 16 bits in a Uint16Array.
 */

/** Element type of a stored tensor, by PyTorch's name. */
export type DType =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "int64"
  | "int32"
  | "int16"
  | "int8"
  | "uint8"
  | "bool";

/** The typed array that holds the elements of each {@link DType}; bool as bytes 0 or 1, bfloat16 as its raw 16 bits. */
export interface TypedArrays {
  /** 4-byte IEEE float. */
  float32: Float32Array;
  /** 8-byte IEEE float. */
  float64: Float64Array;
  /** 2-byte IEEE float. */
  float16: Float16Array;
  /** Upper 16 bits of a float32. */
  bfloat16: Uint16Array;
  /** 8-byte signed integer. */
  int64: BigInt64Array;
  /** 4-byte signed integer. */
  int32: Int32Array;
  /** 2-byte signed integer. */
  int16: Int16Array;
  /** 1-byte signed integer. */
  int8: Int8Array;
  /** 1-byte unsigned integer. */
  uint8: Uint8Array;
  /** One byte, 0 or 1. */
  bool: Uint8Array;
}

/** Any of the typed arrays that hold tensor elements. */
export type TypedArrayData = TypedArrays[DType];

const ITEM_BYTES: Record<DType, number> = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};

/**
 * Bytes that one element takes.
 *
 * @example A float16 takes two bytes
 * ```ts
 * import assert from "node:assert/strict";
 * import { itemBytes } from "@/weights/mod.ts";
 * assert.equal(itemBytes("float16"), 2);
 * ```
 *
 * @param dtype Element type.
 * @returns 1, 2, 4 or 8.
 * @throws {TypeError} If `dtype` is not a {@link DType}.
 */
export function itemBytes(dtype: DType): number {
  const bytes = Object.hasOwn(ITEM_BYTES, dtype) ? ITEM_BYTES[dtype] : undefined;
  if (bytes === undefined) {
    throw new TypeError(
      `Cannot size an element of type "${String(dtype)}": expected one of ${Object.keys(ITEM_BYTES).join(", ")}`,
    );
  }
  return bytes;
}

/**
 * Whether an element type is a floating-point one.
 *
 * @example bfloat16 is a float, int64 is not
 * ```ts
 * import assert from "node:assert/strict";
 * import { isFloat } from "@/weights/mod.ts";
 * assert.ok(isFloat("bfloat16"));
 * assert.ok(!isFloat("int64"));
 * ```
 *
 * @param dtype Element type.
 * @returns True for float16, bfloat16, float32 and float64.
 */
export function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64" || dtype === "float16" ||
    dtype === "bfloat16";
}
