/** @file Reading and writing .npz archives: zip files of .npy arrays, stored or deflated. */

import { crc32, deflateRawSync } from "node:zlib";
import { AtomicFile } from "./_atomic.ts";
import { inflateEntry } from "./_inflate.ts";
import type { NpyArray, NpyInput } from "./npy_array.ts";
import { encodeNpy, readNpyData } from "./_npy_data.ts";
import { readNpyHeader } from "./_npy_header.ts";
import { arrayName, isNpz } from "./_npz.ts";
import { FileSource, MemorySource } from "./_source.ts";
import { locateEntry, readZip } from "./_zip.ts";
import { directoryHeader, endRecord, localHeader, type ZipPart } from "./_zip_write.ts";

/**
 * Reads the arrays of a .npz archive, as `numpy.savez` and `numpy.savez_compressed` write it, and checks their CRC-32.
 *
 * Requires read permission.
 *
 * @example Write and read two arrays
 * ```ts
 * import assert from "node:assert/strict";
 * import { readNpz, writeNpz } from "@/weights/mod.ts";
 * const path = Deno.makeTempFileSync({ suffix: ".npz" });
 * writeNpz(path, {
 *   mean: { dtype: "float32", shape: [2], data: new Float32Array([1, 2]) },
 *   count: { dtype: "int32", shape: [], data: new Int32Array([7]) },
 * });
 * const arrays = readNpz(path);
 * assert.deepEqual([...arrays.keys()], ["mean", "count"]);
 * assert.equal(arrays.get("count")!.data[0], 7);
 * Deno.removeSync(path);
 * ```
 *
 * @param path The archive.
 * @param options `names`: arrays to read, default all.
 * @returns Arrays by name, in the order of the archive.
 * @throws {SyntaxError} If the file is not .npz, is truncated or damaged.
 * @throws {RangeError} If it declares more than the limits allow, or has no array of a wanted name.
 * @throws {TypeError} If a wanted array has elements that are not read here, such as text.
 */
export function readNpz(
  path: string,
  options: { names?: readonly string[] } = {},
): Map<string, NpyArray> {
  using source = new FileSource(path);
  const zip = readZip(source);
  if (!isNpz(zip)) {
    throw new SyntaxError(
      `Cannot read "${path}" as .npz: not all its entries are .npy arrays`,
    );
  }
  const { names } = options;
  const missing = names?.find((name) => !zip.has(`${name}.npy`));
  if (missing !== undefined) {
    const known = zip.values().map(arrayName).take(10).toArray().join(", ");
    throw new RangeError(
      `Cannot read "${missing}" of "${path}": no such array, it has ${known}`,
    );
  }
  const arrays = new Map<string, NpyArray>();
  for (const entry of zip.values()) {
    const name = arrayName(entry);
    if (names !== undefined && !names.includes(name)) continue;
    const place = locateEntry(source, entry);
    const what = `array "${name}" of "${path}"`;
    const stored = source.read(
      place.offset,
      place.storedBytes,
      `array "${name}"`,
    );
    const bytes = place.deflated ? inflateEntry(stored, place.bytes, what) : stored;
    if (crc32(bytes) !== entry.crc32) {
      throw new SyntaxError(
        `Cannot read ${what}: its CRC-32 is wrong, the file is damaged, fetch it again`,
      );
    }
    const memory = new MemorySource(path, bytes);
    arrays.set(name, readNpyData(memory, readNpyHeader(memory)));
  }
  return arrays;
}

/** Bytes that zip without zip64 can address; larger arrays belong into .npy files of their own. */
const MAX_NPZ_BYTES = 0xfffffffe;
/** Entries that zip without zip64 can count. */
const MAX_NPZ_ARRAYS = 0xfffe;

/**
 * Writes arrays as a .npz archive: into a temporary file beside it, which is then renamed. Same input, same bytes.
 *
 * Requires read and write permission.
 *
 * @example Compressed
 * ```ts
 * import assert from "node:assert/strict";
 * import { readNpz, writeNpz } from "@/weights/mod.ts";
 * const path = Deno.makeTempFileSync({ suffix: ".npz" });
 * writeNpz(path, { z: { dtype: "float32", shape: [1000], data: new Float32Array(1000) } }, { compress: true });
 * assert.ok(Deno.statSync(path).size < 1000);
 * assert.equal(readNpz(path).get("z")!.data.length, 1000);
 * Deno.removeSync(path);
 * ```
 *
 * @param path The archive; its folder must exist.
 * @param arrays Arrays by name.
 * @param options `compress`: deflate the arrays, default false.
 * @throws {TypeError} If data is not of its element type.
 * @throws {RangeError} If the number of elements is not the product of the shape, or the archive would pass 4 GiB.
 */
export function writeNpz(
  path: string,
  arrays: Readonly<Record<string, NpyInput>>,
  options: { compress?: boolean } = {},
): void {
  const what = `Cannot write "${path}"`;
  const deflated = options.compress ?? false;
  if (Object.keys(arrays).length > MAX_NPZ_ARRAYS) {
    throw new RangeError(`${what}: more than ${MAX_NPZ_ARRAYS} arrays`);
  }
  using file = new AtomicFile(path);
  const parts: ZipPart[] = [];
  let offset = 0;
  for (const [name, array] of Object.entries(arrays)) {
    const { header, bytes } = encodeNpy(`${what}: array "${name}"`, array);
    const size = header.length + bytes.length;
    const pieces = deflated ? [new Uint8Array(deflateRawSync(join(header, bytes)))] : [header, bytes];
    const storedBytes = pieces.reduce((n, piece) => n + piece.length, 0);
    const part = {
      name: `${name}.npy`,
      deflated,
      crc32: crc32(bytes, crc32(header)),
      storedBytes,
      bytes: size,
      offset,
    };
    const local = localHeader(part);
    offset += local.length + storedBytes;
    if (offset > MAX_NPZ_BYTES || size > MAX_NPZ_BYTES) {
      throw new RangeError(
        `${what}: the archive would pass 4 GiB, write one .npy file for each array`,
      );
    }
    for (const piece of [local, ...pieces]) file.write(piece);
    parts.push(part);
  }
  const directory = parts.map(directoryHeader);
  const directoryBytes = directory.reduce((n, header) => n + header.length, 0);
  if (offset + directoryBytes > MAX_NPZ_BYTES) {
    throw new RangeError(
      `${what}: the archive would pass 4 GiB, write one .npy file for each array`,
    );
  }
  for (const header of directory) file.write(header);
  file.write(endRecord(parts.length, directoryBytes, offset));
  file.commit();
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
