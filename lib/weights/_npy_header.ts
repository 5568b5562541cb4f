/**
 * @file The header of a .npy array: magic, version, and a Python dict literal, which is parsed and never evaluated.
 *
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html (versions 1.0 to 3.0). Element types
 * outside {@link DType} (text, records, objects, complex, wider unsigned) are reported with `dtype: null`; object arrays
 * hold a pickle, which is not read at all.
 */

import { type DType, itemBytes } from "./dtype.ts";
import { MAX_NPY_HEADER_BYTES } from "./_limits.ts";
import type { ByteSource } from "./_source.ts";
import { elementCount } from "./_shape.ts";

/** Element types that .npy knows. */
export type NpyDType = Exclude<DType, "bfloat16">;

/** What the header of a .npy array says. */
export interface NpyHeader {
  /** Element type, null where it is not one that is read here. */
  readonly dtype: NpyDType | null;
  /** NumPy's own name of the type, as `<f4`. */
  readonly descr: string;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Offset of the first element in the source. */
  readonly dataOffset: number;
  /** Bytes of all elements; 0 where dtype is null. */
  readonly byteLength: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

const KINDS: Record<string, NpyDType> = {
  f2: "float16",
  f4: "float32",
  f8: "float64",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  b1: "bool",
};

/** Whether the bytes begin as .npy does. */
export function isNpy(bytes: Uint8Array): boolean {
  return bytes.length >= 6 && MAGIC.every((b, i) => bytes[i] === b);
}

/** NumPy's name of an element type. */
function descrOf(dtype: NpyDType): string {
  const kind = Object.keys(KINDS).find((k) => KINDS[k] === dtype);
  if (kind === undefined) {
    throw new TypeError(
      `Cannot write .npy: it has no "${String(dtype)}", write float32 or use safetensors`,
    );
  }
  return (kind.endsWith("1") ? "|" : "<") + kind;
}

/** Reads the header that begins at `start`. */
export function readNpyHeader(source: ByteSource, start = 0): NpyHeader {
  const { path } = source;
  const fixed = source.read(start, 10, "the .npy header");
  if (!isNpy(fixed)) {
    throw new SyntaxError(
      `Cannot read "${path}" as .npy: it does not begin with \\x93NUMPY`,
    );
  }
  const major = fixed[6]!;
  if (major < 1 || major > 3) {
    throw new SyntaxError(
      `Cannot read "${path}" as .npy: format version ${major}.${fixed[7]}, known are 1 to 3`,
    );
  }
  const lengthBytes = major === 1 ? fixed.subarray(8, 10) : source.read(start + 8, 4, "the .npy header length");
  const length = lengthBytes.reduce((n, b, i) => n + b * 2 ** (8 * i), 0);
  const textOffset = start + 8 + lengthBytes.length;
  if (length > MAX_NPY_HEADER_BYTES) {
    throw new RangeError(
      `Cannot read "${path}" as .npy: its header claims ${length} bytes, at most ${MAX_NPY_HEADER_BYTES} are read`,
    );
  }
  const text = new TextDecoder(major === 3 ? "utf-8" : "latin1").decode(
    source.read(textOffset, length, "the .npy header"),
  );
  const { descr, fortranOrder, shape } = parseHeader(text, path);
  const dtype = (/^[<>=|][a-z]\d$/.test(descr) && KINDS[descr.slice(1)]) ||
    null;
  const byteLength = elementCount(shape, `Cannot read "${path}" as .npy`) *
    (dtype === null ? 0 : itemBytes(dtype));
  const bigEndian = descr.startsWith(">") && dtype !== null &&
    itemBytes(dtype) > 1;
  return {
    dtype,
    descr,
    bigEndian,
    fortranOrder,
    shape,
    dataOffset: textOffset + length,
    byteLength,
  };
}

/** Parses `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, keys in any order. */
function parseHeader(
  text: string,
  path: string,
): { descr: string; fortranOrder: boolean; shape: number[] } {
  const bad = (why: string) =>
    new SyntaxError(
      `Cannot read "${path}" as .npy: ${why} in its header ${JSON.stringify(text.trim().slice(0, 200))}`,
    );
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const descr = /'descr'\s*:\s*(?:'([^']*)'|([[(].*))/.exec(text);
  if (!/^\s*\{[\s\S]*\}\s*$/.test(text)) throw bad("no Python dict");
  if (shape === null) throw bad("no 'shape'");
  if (order === null) throw bad("no 'fortran_order'");
  if (descr === null) throw bad("no 'descr'");
  const dims = shape[1]!.split(",").map((d) => d.trim().replace(/L$/, "")); // Python 2 wrote 3L
  if (dims.at(-1) === "") dims.pop(); // the comma of (3,) and the nothing of ()
  if (!dims.every((d) => /^\d+$/.test(d))) throw bad("no valid 'shape'");
  return {
    descr: descr[1] ?? descr[2]!.slice(0, 80),
    fortranOrder: order[1] === "True",
    shape: dims.map(Number),
  };
}

/**
 * Makes a version 1.0 header, padded to a multiple of 64 bytes as NumPy does.
 *
 * `growable` leaves room so that the first dimension can be written again with more digits.
 */
export function makeNpyHeader(
  dtype: NpyDType,
  shape: readonly number[],
  growable = false,
): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dict = `{'descr': '${descrOf(dtype)}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // NumPy also keeps 21 digits for a first axis that grows (GROWTH_AXIS_MAX_DIGITS).
  const room = growable ? 21 - String(shape[0] ?? 0).length : 0;
  const total = Math.ceil((10 + dict.length + room + 1) / 64) * 64;
  const header = new Uint8Array(total).fill(0x20);
  header.set([...MAGIC, 1, 0, (total - 10) & 0xff, (total - 10) >>> 8]);
  header.set(new TextEncoder().encode(dict), 10);
  header[total - 1] = 0x0a;
  return header;
}
