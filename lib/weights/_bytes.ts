/** @file Typed views of little-endian bytes, conversion between float widths, byte swapping and strided copies. */

import { type DType, itemBytes, type TypedArrayData, type TypedArrays } from "./dtype.ts";
import { spanElements } from "./_shape.ts";

type ArrayConstructor = new (
  buffer: ArrayBufferLike,
  byteOffset?: number,
  length?: number,
) => TypedArrayData;

const CONSTRUCTORS: Record<DType, ArrayConstructor> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Float16Array,
  bfloat16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** The bytes as a typed array of `dtype`: a view where they are aligned, else of a copy. */
export function viewAs<T extends DType>(
  dtype: T,
  bytes: Uint8Array,
): TypedArrays[T] {
  const aligned = bytes.byteOffset % itemBytes(dtype) === 0 ? bytes : bytes.slice();
  const length = aligned.byteLength / itemBytes(dtype);
  return new CONSTRUCTORS[dtype](
    aligned.buffer,
    aligned.byteOffset,
    length,
  ) as TypedArrays[T];
}

/** The bytes of a typed array, shared with it. */
export function bytesOf(data: TypedArrayData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Values widened or narrowed to float32; int64 is refused by the caller. */
export function toFloat32(
  dtype: Exclude<DType, "int64">,
  bytes: Uint8Array,
): Float32Array {
  if (dtype === "float32") return viewAs("float32", bytes);
  if (dtype === "bfloat16") {
    const bits = viewAs("bfloat16", bytes);
    const wide = new Uint32Array(bits.length);
    for (let i = 0; i < bits.length; i++) wide[i] = bits[i]! << 16;
    return new Float32Array(wide.buffer);
  }
  return new Float32Array(
    viewAs(dtype, bytes) as Exclude<TypedArrayData, BigInt64Array>,
  );
}

/** Rounds float32 to bfloat16 bits, ties to even; NaN stays NaN. */
export function toBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const b = bits[i]!;
    const isNaNBits = (b & 0x7fffffff) > 0x7f800000;
    out[i] = isNaNBits ? (b >>> 16) | 0x40 : (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
  }
  return out;
}

/**
 * The little-endian bytes of `data` as elements of `dtype`.
 *
 * Taken as they are: the typed array of that dtype, and raw bytes (Uint8Array) for any dtype but int8. Float32Array is
 * rounded to the other float widths. `what` opens the error message.
 */
export function encode(
  dtype: DType,
  data: TypedArrayData,
  what: string,
): Uint8Array {
  const size = itemBytes(dtype);
  if (data instanceof CONSTRUCTORS[dtype]) return bytesOf(data);
  if (data instanceof Float32Array) {
    if (dtype === "float16") return bytesOf(new Float16Array(data));
    if (dtype === "bfloat16") return bytesOf(toBfloat16(data));
    if (dtype === "float64") return bytesOf(new Float64Array(data));
  }
  if (data instanceof Uint8Array && dtype !== "int8") {
    if (data.length % size !== 0) {
      throw new RangeError(
        `${what}: ${data.length} bytes do not divide into elements of ${size}`,
      );
    }
    return data;
  }
  if (data instanceof Uint16Array && dtype === "float16") return bytesOf(data);
  throw new TypeError(
    `${what}: cannot take ${Object.prototype.toString.call(data).slice(8, -1)} as ${dtype} elements, ` +
      `expected ${CONSTRUCTORS[dtype].name}`,
  );
}

/** Reverses the bytes of every element in place. */
export function swapBytes(bytes: Uint8Array, size: number): Uint8Array {
  for (let i = 0; i + size <= bytes.length; i += size) {
    for (let a = i, b = i + size - 1; a < b; a++, b--) {
      const byte = bytes[a]!;
      bytes[a] = bytes[b]!;
      bytes[b] = byte;
    }
  }
  return bytes;
}

/** Copies a strided array (element 0 at byte 0 of `bytes`) to dense row-major order. Strides are in elements. */
export function gather(
  bytes: Uint8Array,
  size: number,
  shape: readonly number[],
  strides: readonly number[],
): Uint8Array {
  const count = shape.reduce((a, b) => a * b, 1);
  const out = new Uint8Array(count * size);
  if (count === 0) return out;
  if (bytes.length < spanElements(shape, strides) * size) {
    throw new RangeError(
      `Cannot gather shape [${shape}] by strides [${strides}]: only ${bytes.length} bytes`,
    );
  }
  const wide = size === 8 ? 2 : 1; // 8-byte elements move as two words, so that no value is reinterpreted
  const word = size / wide;
  const from = word === 4 ? viewAs("int32", bytes) : word === 2 ? viewAs("int16", bytes) : bytes;
  const to = word === 4 ? viewAs("int32", out) : word === 2 ? viewAs("int16", out) : out;
  const index = new Array<number>(shape.length).fill(0);
  let source = 0;
  for (let i = 0; i < count; i++) {
    for (let w = 0; w < wide; w++) to[i * wide + w] = from[source * wide + w]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      source += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      source -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
  return out;
}
