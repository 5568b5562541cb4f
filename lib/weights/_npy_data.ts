/** @file From a .npy header and its element bytes to an array, shared by .npy and .npz. */

import { encode, gather, swapBytes, viewAs } from "./_bytes.ts";
import { itemBytes } from "./dtype.ts";
import type { NpyArray, NpyInput } from "./npy_array.ts";
import { makeNpyHeader, type NpyDType, type NpyHeader } from "./_npy_header.ts";
import { columnMajorStrides, elementCount } from "./_shape.ts";
import type { ByteSource } from "./_source.ts";

/** The element type, or a TypeError that names what the file has instead. */
export function supportedDType(header: NpyHeader, path: string): NpyDType {
  if (header.dtype !== null) return header.dtype;
  const objects = header.descr.includes("O") ? ", which hold pickled Python objects and are never loaded" : "";
  throw new TypeError(
    `Cannot read "${path}": elements of type ${header.descr}${objects}; ` +
      `expected floats, signed integers, uint8 or bool, convert it with astype() first`,
  );
}

/** Reads all elements that follow the header; refuses a file that ends early or has more. */
export function readNpyData(source: ByteSource, header: NpyHeader): NpyArray {
  const dtype = supportedDType(header, source.path);
  const end = header.dataOffset + header.byteLength;
  const bytes = source.read(
    header.dataOffset,
    header.byteLength,
    `the ${dtype} elements [${header.shape}]`,
  );
  if (end !== source.size) {
    throw new SyntaxError(
      `Cannot read "${source.path}" as .npy: ${source.size - end} bytes follow the elements [${header.shape}]`,
    );
  }
  const size = itemBytes(dtype);
  // A memory source gives views of shared bytes, so swapping works on a copy.
  let dense = header.bigEndian ? swapBytes(bytes.slice(), size) : bytes;
  if (header.fortranOrder && header.shape.length > 1) {
    dense = gather(dense, size, header.shape, columnMajorStrides(header.shape));
  }
  return { dtype, shape: header.shape, data: viewAs(dtype, dense) } as NpyArray;
}

/** Header and checked element bytes of an array that is to be written; `what` opens the error message. */
export function encodeNpy(
  what: string,
  { dtype, shape, data }: NpyInput,
): { header: Uint8Array; bytes: Uint8Array } {
  const header = makeNpyHeader(dtype, shape);
  const bytes = encode(dtype, data, what);
  const expected = elementCount(shape, what) * itemBytes(dtype);
  if (bytes.length !== expected) {
    throw new RangeError(
      `${what}: shape [${shape}] of ${dtype} takes ${expected} bytes, got ${bytes.length}`,
    );
  }
  return { header, bytes };
}
