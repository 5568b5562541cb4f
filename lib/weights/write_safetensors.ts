/** @file Writing safetensors files. */

import { AtomicFile } from "./_atomic.ts";
import { encode } from "./_bytes.ts";
import { type DType, itemBytes, type TypedArrayData } from "./dtype.ts";
import { SAFETENSORS_DTYPES } from "./_safetensors.ts";
import { elementCount } from "./_shape.ts";

/** One tensor for {@link writeSafetensors}. */
export interface TensorInput {
  /** Name in the file. */
  readonly name: string;
  /** Element type in the file. */
  readonly dtype: DType;
  /** Dimensions. */
  readonly shape: readonly number[];
  /**
   * Elements, row-major: the typed array of `dtype`; Float32Array for any float type (rounded); or raw little-endian
   * bytes of the dtype.
   */
  readonly data: TypedArrayData;
}

/** Bytes that the data of the file is aligned to, for readers that map it into memory. */
const ALIGNMENT = 64;

/**
 * Writes tensors as a safetensors file: into a temporary file beside it, which is then renamed.
 *
 * Wider element types come first, so that every tensor is aligned to its element size; among equals the given order
 * is kept. The same input gives the same bytes.
 *
 * Requires read and write permission.
 *
 * @example Write half-precision weights and read them back
 * ```ts
 * import assert from "node:assert/strict";
 * import { openWeights, writeSafetensors } from "@/weights/mod.ts";
 * const path = Deno.makeTempFileSync({ suffix: ".safetensors" });
 * const data = new Float32Array([1, 2.5]);
 * writeSafetensors(path, [{ name: "fc.weight", dtype: "float16", shape: [1, 2], data }], { licence: "MIT" });
 * const file = openWeights(path);
 * assert.deepEqual(file.readFloat32("fc.weight"), data);
 * assert.equal(file.metadata.values.licence, "MIT");
 * Deno.removeSync(path);
 * ```
 *
 * @param path The file; its folder must exist.
 * @param tensors Tensors with unique names.
 * @param metadata Texts for `__metadata__`; left out where empty.
 * @throws {TypeError} If data is not of its element type, or a metadata value is not text.
 * @throws {RangeError} If the number of elements is not the product of the shape, or a name is taken or reserved.
 */
export function writeSafetensors(
  path: string,
  tensors: Iterable<TensorInput>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const what = `Cannot write "${path}"`;
  const names = new Set<string>();
  const blocks = [...tensors].map(({ name, dtype, shape, data }) => {
    if (names.has(name)) {
      throw new RangeError(`${what}: two tensors are named "${name}"`);
    }
    if (name === "__metadata__") {
      throw new RangeError(`${what}: the name "__metadata__" is reserved`);
    }
    names.add(name);
    const label = `${what}: tensor "${name}"`;
    const expected = elementCount(shape, label) * itemBytes(dtype);
    const bytes = encode(dtype, data, label);
    if (bytes.length !== expected) {
      throw new RangeError(
        `${label}: shape [${shape}] of ${dtype} takes ${expected} bytes, got ${bytes.length}`,
      );
    }
    return { name, dtype, shape: [...shape], bytes };
  }).sort((a, b) => itemBytes(b.dtype) - itemBytes(a.dtype));
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") {
      throw new TypeError(
        `${what}: metadata "${key}" is ${typeof value}, expected text`,
      );
    }
  }
  if (Object.keys(metadata).length > 0) {
    entries.push(["__metadata__", metadata]);
  }
  let end = 0;
  for (const { name, dtype, shape, bytes } of blocks) {
    const begin = end;
    end += bytes.length;
    entries.push([name, {
      dtype: nameOf(dtype),
      shape,
      "data_offsets": [begin, end],
    }]);
  }
  using file = new AtomicFile(path);
  file.write(makeHeader(entries));
  for (const { bytes } of blocks) file.write(bytes);
  file.commit();
}

function nameOf(dtype: DType): string {
  return Object.keys(SAFETENSORS_DTYPES).find((key) => SAFETENSORS_DTYPES[key] === dtype)!;
}

/** Length and JSON, padded with spaces so that the data begins at a multiple of {@link ALIGNMENT}. */
function makeHeader(entries: [string, unknown][]): Uint8Array {
  // Written pair by pair: an object would reorder names that look like numbers, and lose "__proto__".
  const json = `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
  const text = new TextEncoder().encode(json);
  const total = Math.ceil((8 + text.length) / ALIGNMENT) * ALIGNMENT;
  const header = new Uint8Array(total).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(total - 8), true);
  header.set(text, 8);
  return header;
}
