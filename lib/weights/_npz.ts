/** @file The arrays of a .npz archive: where each lies, and what its header says. */

import { inflateStart } from "./_inflate.ts";
import type { Contents, Segment, TensorEntry } from "./_index.ts";
import { NPY_PEEK_BYTES } from "./_limits.ts";
import { type NpyHeader, readNpyHeader } from "./_npy_header.ts";
import { columnMajorStrides, rowMajorStrides } from "./_shape.ts";
import { type ByteSource, MemorySource, WindowSource } from "./_source.ts";
import { locateEntry, readZip, type ZipEntry } from "./_zip.ts";

/** Whether a zip archive is .npz: all its entries are .npy arrays. */
export function isNpz(zip: ReadonlyMap<string, ZipEntry>): boolean {
  return zip.size > 0 && zip.keys().every((name) => name.endsWith(".npy"));
}

/** Name of an array: its entry's name without the ending. */
export function arrayName(entry: ZipEntry): string {
  return entry.name.slice(0, -".npy".length);
}

/** The index of all arrays as tensors. */
export function readNpzIndex(
  source: ByteSource,
  zip = readZip(source),
): Contents {
  const entries: TensorEntry[] = [];
  const skipped: Record<string, string> = {};
  for (const entry of zip.values()) {
    const name = arrayName(entry);
    const place = locateEntry(source, entry);
    const header = peekHeader(source, place, entry.name);
    if (header.dtype === null) {
      skipped[name] = `elements of type ${header.descr} are not read here`;
      continue;
    }
    entries.push(
      npyTensor(
        name,
        header,
        { ...place, bigEndian: header.bigEndian },
        source.path,
      ),
    );
  }
  return {
    entries,
    metadata: { root: "", strippedPrefix: "", skipped, values: {} },
  };
}

/** An array as a tensor of the segment that holds its .npy file. */
export function npyTensor(
  name: string,
  header: NpyHeader,
  segment: Segment,
  path: string,
): TensorEntry {
  const { shape, dataOffset, byteLength } = header;
  if (dataOffset + byteLength !== segment.bytes) {
    throw new SyntaxError(
      `Cannot open "${path}": array "${name}" of shape [${shape}] needs ${dataOffset + byteLength} bytes, ` +
        `it has ${segment.bytes}; the file is truncated or damaged`,
    );
  }
  const strides = header.fortranOrder ? columnMajorStrides(shape) : rowMajorStrides(shape);
  return {
    name,
    dtype: header.dtype!,
    shape,
    strides,
    segment,
    start: dataOffset,
  };
}

/** Reads a header without inflating the elements that follow it. */
function peekHeader(
  source: ByteSource,
  place: Omit<Segment, "bigEndian">,
  name: string,
): NpyHeader {
  if (!place.deflated) {
    return readNpyHeader(new WindowSource(source, place.offset, place.bytes));
  }
  const packed = source.read(
    place.offset,
    Math.min(place.storedBytes, NPY_PEEK_BYTES),
    `array "${name}"`,
  );
  return readNpyHeader(
    new MemorySource(
      source.path,
      inflateStart(packed, `array "${name}" of "${source.path}"`),
    ),
  );
}
