/**
 * @file The implementation of {@link WeightFile} that all formats share: checks each tensor against the bytes it lies
 * in while the index is built, and reads, inflates, swaps and gathers when values are asked for.
 */

import { gather, swapBytes, toFloat32, viewAs } from "./_bytes.ts";
import { type DType, isFloat, itemBytes } from "./dtype.ts";
import { inflateEntry } from "./_inflate.ts";
import { MAX_DIMENSIONS, MAX_EXPANDED_ELEMENTS, MAX_TENSORS } from "./_limits.ts";
import { nearestNames } from "./_nearest.ts";
import { elementCount, isRowMajor, rowMajorStrides, spanElements } from "./_shape.ts";
import { type ByteSource, FileSource } from "./_source.ts";
import type { StoredTensor, WeightFile, WeightMetadata } from "./weight_file.ts";

/** A run of bytes of the file that holds elements of one or several tensors: a storage, an array, or a tensor. */
export interface Segment {
  /** Offset in the file. */
  readonly offset: number;
  /** Bytes it takes in the file. */
  readonly storedBytes: number;
  /** Bytes it has: more than storedBytes where deflated. */
  readonly bytes: number;
  readonly deflated: boolean;
  readonly bigEndian: boolean;
}

/** A tensor as a format describes it, before it is checked. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** In elements; default row-major. */
  readonly strides?: readonly number[];
  readonly segment: Segment;
  /** Byte offset of element 0 in the segment. */
  readonly start: number;
}

/** Tensors and other values that a format found in a file. */
export interface Contents {
  readonly entries: Iterable<TensorEntry>;
  readonly metadata: WeightMetadata;
}

/** Checks the tensors and makes the file of them. */
export function indexWeights(
  source: ByteSource,
  format: WeightFile["format"],
  contents: Contents,
): WeightFile {
  const path = source.path;
  const tensors = new Map<string, StoredTensor>();
  const segments = new Map<string, { segment: Segment; start: number }>();
  for (const entry of contents.entries) {
    if (tensors.size >= MAX_TENSORS) {
      throw new RangeError(
        `Cannot open "${path}": more than ${MAX_TENSORS} tensors`,
      );
    }
    if (tensors.has(entry.name)) {
      throw new SyntaxError(
        `Cannot open "${path}": two tensors are named "${entry.name}"`,
      );
    }
    tensors.set(entry.name, storedTensor(path, source.size, entry));
    segments.set(entry.name, { segment: entry.segment, start: entry.start });
  }
  const modified = source instanceof FileSource ? source.modified : null;
  return new IndexedWeights(
    path,
    format,
    tensors,
    contents.metadata,
    segments,
    { size: source.size, modified },
  );
}

/** Checks that every element lies inside its segment, and the segment inside the file. */
function storedTensor(
  path: string,
  fileSize: number,
  entry: TensorEntry,
): StoredTensor {
  const { name, dtype, shape, segment, start } = entry;
  const what = `Cannot open "${path}": tensor "${name}"`;
  const size = itemBytes(dtype);
  const count = elementCount(shape, what);
  const strides = entry.strides ?? rowMajorStrides(shape);
  if (strides.length !== shape.length || strides.length > MAX_DIMENSIONS) {
    throw new SyntaxError(
      `${what} has ${shape.length} dimensions but ${strides.length} strides`,
    );
  }
  if (!strides.every((s) => Number.isSafeInteger(s) && s >= 0)) {
    throw new SyntaxError(
      `${what} has strides [${strides}], expected whole numbers from 0`,
    );
  }
  const byteLength = spanElements(shape, strides) * size;
  if (
    !(Number.isSafeInteger(start) && start >= 0 &&
      Number.isSafeInteger(byteLength))
  ) {
    throw new SyntaxError(
      `${what} begins at byte ${start} of its data and takes ${byteLength} bytes`,
    );
  }
  if (start + byteLength > segment.bytes) {
    throw new SyntaxError(
      `${what} of shape [${shape}], strides [${strides}] needs bytes ${start} to ${start + byteLength} of its data, ` +
        `which has ${segment.bytes}; the file is truncated or damaged`,
    );
  }
  if (segment.offset < 0 || segment.offset + segment.storedBytes > fileSize) {
    throw new SyntaxError(
      `${what} lies at bytes ${segment.offset} to ${segment.offset + segment.storedBytes}, the file has ${fileSize}; ` +
        `it is truncated or damaged, fetch it again`,
    );
  }
  if (count * size > segment.bytes && count > MAX_EXPANDED_ELEMENTS) {
    throw new RangeError(
      `${what} repeats its data by strides [${strides}] into ${count} elements, at most ${MAX_EXPANDED_ELEMENTS} are read`,
    );
  }
  const encoding = segment.deflated ? "deflated" : segment.bigEndian && size > 1 ? "big-endian" : "plain";
  return Object.freeze({
    name,
    dtype,
    shape: Object.freeze([...shape]),
    strides: Object.freeze([...strides]),
    file: path,
    offset: segment.offset + (segment.deflated ? 0 : start),
    byteLength,
    contiguous: encoding === "plain" && isRowMajor(shape, strides),
    encoding,
  });
}

class IndexedWeights implements WeightFile {
  readonly #segments: ReadonlyMap<string, { segment: Segment; start: number }>;
  readonly #stamp: { size: number; modified: number | null };

  constructor(
    readonly path: string,
    readonly format: WeightFile["format"],
    readonly tensors: ReadonlyMap<string, StoredTensor>,
    readonly metadata: WeightMetadata,
    segments: ReadonlyMap<string, { segment: Segment; start: number }>,
    stamp: { size: number; modified: number | null },
  ) {
    this.#segments = segments;
    this.#stamp = stamp;
  }

  readFloat32(name: string): Float32Array {
    const { dtype } = this.#tensor(name);
    if (dtype === "int64") {
      throw new TypeError(
        `Cannot read "${name}" of "${this.path}" as float32: it is int64, use readInt64`,
      );
    }
    return toFloat32(dtype, this.readRaw(name));
  }

  readInt64(name: string): BigInt64Array {
    const { dtype } = this.#tensor(name);
    if (isFloat(dtype)) {
      throw new TypeError(
        `Cannot read "${name}" of "${this.path}" as int64: it is ${dtype}, use readFloat32`,
      );
    }
    const values = viewAs(dtype, this.readRaw(name));
    return values instanceof BigInt64Array ? values : BigInt64Array.from(values as Int32Array, BigInt);
  }

  readRaw(name: string): Uint8Array {
    const tensor = this.#tensor(name);
    const size = itemBytes(tensor.dtype);
    const bytes = this.#span(tensor);
    if (
      tensor.encoding !== "plain" && this.#segments.get(name)!.segment.bigEndian
    ) swapBytes(bytes, size);
    return isRowMajor(tensor.shape, tensor.strides) ? bytes : gather(bytes, size, tensor.shape, tensor.strides);
  }

  /** The bytes from the first to the last element, in memory of their own. */
  #span(tensor: StoredTensor): Uint8Array {
    using source = new FileSource(this.path);
    const { size, modified } = this.#stamp;
    if (source.size !== size || source.modified !== modified) {
      throw new SyntaxError(
        `Cannot read "${tensor.name}": "${this.path}" changed since it was opened, open it again`,
      );
    }
    const { segment, start } = this.#segments.get(tensor.name)!;
    if (!segment.deflated) {
      return source.read(
        tensor.offset,
        tensor.byteLength,
        `tensor "${tensor.name}"`,
      );
    }
    const packed = source.read(
      segment.offset,
      segment.storedBytes,
      `tensor "${tensor.name}"`,
    );
    return inflateEntry(
      packed,
      segment.bytes,
      `tensor "${tensor.name}" of "${this.path}"`,
    )
      .slice(start, start + tensor.byteLength);
  }

  #tensor(name: string): StoredTensor {
    const tensor = this.tensors.get(name);
    if (tensor !== undefined) return tensor;
    const reason = Object.hasOwn(this.metadata.skipped, name) ? this.metadata.skipped[name] : undefined;
    if (reason !== undefined) {
      throw new TypeError(`Cannot read "${name}" of "${this.path}": ${reason}`);
    }
    throw new RangeError(`Cannot read "${name}": ${nearestNames(this, name)}`);
  }
}
