/**
 * @file Checkpoints of torch 1.6 and later: a zip archive whose storages are uncompressed, so they are used in place.
 *
 * Layout, under a folder named after the file: `data.pkl` (the object, storages by persistent id), `data/<key>` (one
 * storage each), `byteorder` ("little" or "big"), `version`, and small records that are not needed.
 * https://github.com/pytorch/pytorch/blob/v2.6.0/torch/serialization.py#L1101-L1190. Deviation: torch does not accept
 * deflated storages; here they are inflated when they are read.
 */

import { Cursor } from "./_cursor.ts";
import { inflateEntry } from "./_inflate.ts";
import type { Contents, Segment, TensorEntry } from "./_index.ts";
import { itemBytes } from "./dtype.ts";
import { MAX_PICKLE_BYTES } from "./_limits.ts";
import { unpickle } from "./_pickle.ts";
import { makeStorage } from "./_pickle_torch.ts";
import type { PyTensor } from "./_pickle_values.ts";
import { spanElements } from "./_shape.ts";
import { type ByteSource, MemorySource } from "./_source.ts";
import { readStateDict } from "./_state_dict.ts";
import { locateEntry, type ZipEntry } from "./_zip.ts";

const PICKLE_REGEXP = /^([^/]*\/)?data\.pkl$/;

/** Whether a zip archive has a torch checkpoint. */
export function isTorchZip(zip: ReadonlyMap<string, ZipEntry>): boolean {
  return zip.keys().some((name) => PICKLE_REGEXP.test(name));
}

/** Reads the pickle and the local headers of the storages under the root. */
export function readTorchZip(
  source: ByteSource,
  zip: ReadonlyMap<string, ZipEntry>,
  root: string | undefined,
): Contents {
  const { path } = source;
  const pickles = [...zip.keys()].filter((name) => PICKLE_REGEXP.test(name));
  if (pickles.length !== 1) {
    throw new SyntaxError(
      `Cannot open "${path}": it holds ${pickles.length} checkpoints`,
    );
  }
  const folder = pickles[0]!.slice(0, -"data.pkl".length);
  if (zip.has(`${folder}constants.pkl`)) {
    throw new SyntaxError(
      `Cannot open "${path}": it is a TorchScript program, not a state_dict; ` +
        `in Python, torch.save(torch.jit.load(path).state_dict(), new_path)`,
    );
  }
  const bigEndian = readByteOrder(source, zip.get(`${folder}byteorder`)) === "big";
  const top = unpickle(openPickle(source, zip.get(pickles[0]!)!), makeStorage);
  const { tensors, metadata } = readStateDict(path, top, root);
  const segments = new Map<string, Segment>();
  const entries: TensorEntry[] = [];
  for (const [name, tensor] of tensors) {
    const { key } = tensor.storage;
    let segment = segments.get(key);
    if (segment === undefined) {
      const entry = zip.get(`${folder}data/${key}`);
      if (entry === undefined) {
        throw new SyntaxError(
          `Cannot open "${path}": tensor "${name}" is in storage "${key}", which the archive lacks`,
        );
      }
      segment = { ...locateEntry(source, entry), bigEndian };
      segments.set(key, segment);
    }
    entries.push(tensorEntry(path, name, tensor, segment));
  }
  return { entries, metadata };
}

/** A tensor in the segment of its storage, which must be as long as the pickle says. */
export function tensorEntry(
  path: string,
  name: string,
  tensor: PyTensor,
  segment: Segment,
): TensorEntry {
  const { storage, offset, shape, strides } = tensor;
  const dtype = tensor.dtype!;
  const what = `Cannot open "${path}": tensor "${name}"`;
  const declared = storage.runLength * storage.itemBytes;
  if (declared !== segment.bytes) {
    throw new SyntaxError(
      `${what} is in a storage of ${declared} bytes, the file has ${segment.bytes} of it; it is truncated or damaged`,
    );
  }
  const end = offset * itemBytes(dtype) +
    spanElements(shape, strides) * itemBytes(dtype);
  if (
    storage.start + storage.length > storage.runLength ||
    end > storage.length * storage.itemBytes
  ) {
    throw new SyntaxError(
      `${what} of shape [${shape}], strides [${strides}] ends outside its storage; the file is damaged`,
    );
  }
  const start = storage.start * storage.itemBytes + offset * itemBytes(dtype);
  return { name, dtype, shape, strides, segment, start };
}

function readByteOrder(
  source: ByteSource,
  entry: ZipEntry | undefined,
): "little" | "big" {
  if (entry === undefined) return "little"; // before torch 2.1, which only little-endian machines wrote
  const place = locateEntry(source, entry);
  const order = place.bytes > "little".length ? "" : new TextDecoder().decode(readEntry(source, entry.name, place));
  if (order !== "little" && order !== "big") {
    throw new SyntaxError(
      `Cannot open "${source.path}": its byte order is "${order}", expected "little" or "big"`,
    );
  }
  return order;
}

function openPickle(source: ByteSource, entry: ZipEntry): Cursor {
  const place = locateEntry(source, entry);
  const { offset, bytes, deflated } = place;
  if (!deflated) return new Cursor(source, offset, offset + bytes);
  if (bytes > MAX_PICKLE_BYTES) {
    throw new RangeError(
      `Cannot open "${source.path}": ${entry.name} has ${bytes} bytes, at most ${MAX_PICKLE_BYTES} are read`,
    );
  }
  return new Cursor(
    new MemorySource(source.path, readEntry(source, entry.name, place)),
    0,
    bytes,
  );
}

function readEntry(
  source: ByteSource,
  name: string,
  place: ReturnType<typeof locateEntry>,
): Uint8Array {
  const stored = source.read(place.offset, place.storedBytes, name);
  return place.deflated ? inflateEntry(stored, place.bytes, `${name} of "${source.path}"`) : stored;
}
