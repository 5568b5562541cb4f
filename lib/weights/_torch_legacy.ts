/**
 * @file Checkpoints before torch 1.6, which `_use_new_zipfile_serialization=False` still writes.
 *
 * Layout: five pickles, one behind the other (the magic number 0x1950a86a20f9469cfc6c, the protocol version 1001, a
 * dict on the system, the object, the list of storage keys), then for each key the number of elements (8 bytes) and
 * the elements. https://github.com/pytorch/pytorch/blob/v2.6.0/torch/serialization.py#L948-L1098
 *
 * The system dict's `little_endian` is not regarded, as in torch: storages are written little-endian on every machine
 * (torch/csrc/serialization.cpp, THPStorage_writeFileRaw).
 */

import { Cursor } from "./_cursor.ts";
import type { Contents, Segment } from "./_index.ts";
import { MAX_STORAGES } from "./_limits.ts";
import { unpickle } from "./_pickle.ts";
import { makeStorage } from "./_pickle_torch.ts";
import { PyDict, PyList, type PyStorage, type PyValue } from "./_pickle_values.ts";
import type { ByteSource } from "./_source.ts";
import { readStateDict } from "./_state_dict.ts";
import { tensorEntry } from "./_torch_zip.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

/** Reads the pickles and the sizes before the storages. */
export function readTorchLegacy(
  source: ByteSource,
  root: string | undefined,
): Contents {
  const { path, size } = source;
  const cursor = new Cursor(source, 0, size);
  const noReference = (): PyValue => {
    throw new SyntaxError(
      `Cannot open "${path}": it refers to a storage before its object`,
    );
  };
  if (unpickle(cursor, noReference) !== MAGIC) {
    throw new SyntaxError(
      `Cannot open "${path}": it is a Python pickle but not of torch.save; in Python, save its tensors with torch.save`,
    );
  }
  const protocol = unpickle(cursor, noReference);
  if (protocol !== PROTOCOL) {
    throw new SyntaxError(
      `Cannot open "${path}": torch protocol ${String(protocol)}, known is ${PROTOCOL}`,
    );
  }
  if (!(unpickle(cursor, noReference) instanceof PyDict)) {
    throw new SyntaxError(
      `Cannot open "${path}": its third pickle does not describe a system`,
    );
  }
  const storages = new Map<string, PyStorage>();
  const top = unpickle(cursor, (id) => {
    const storage = makeStorage(id);
    const known = storages.get(storage.key);
    if (known !== undefined && known.itemBytes !== storage.itemBytes) {
      throw new SyntaxError(
        `Cannot open "${path}": storage "${storage.key}" is of types ${known.type} and ${storage.type}`,
      );
    }
    storages.set(storage.key, storage);
    return storage;
  });
  const keys = unpickle(cursor, noReference);
  if (!(keys instanceof PyList)) {
    throw new SyntaxError(`Cannot open "${path}": it has no list of storages`);
  }
  const segments = locateStorages(
    source,
    cursor.position,
    keys.items,
    storages,
  );
  const { tensors, metadata } = readStateDict(path, top, root);
  const entries = tensors.map(([name, tensor]) => {
    const segment = segments.get(tensor.storage.key);
    if (segment === undefined) {
      throw new SyntaxError(
        `Cannot open "${path}": tensor "${name}" is in a storage that the file does not have`,
      );
    }
    return tensorEntry(path, name, tensor, segment);
  });
  return { entries, metadata };
}

/** Walks over the storages by their sizes; the last must end where the file ends. */
function locateStorages(
  source: ByteSource,
  start: number,
  keys: readonly PyValue[],
  storages: ReadonlyMap<string, PyStorage>,
): Map<string, Segment> {
  const { path } = source;
  if (keys.length > MAX_STORAGES) {
    throw new RangeError(
      `Cannot open "${path}": ${keys.length} storages, at most ${MAX_STORAGES} are read`,
    );
  }
  const segments = new Map<string, Segment>();
  let at = start;
  for (const key of keys) {
    const storage = typeof key === "string" ? storages.get(key) : undefined;
    if (storage === undefined || segments.has(storage.key)) {
      throw new SyntaxError(
        `Cannot open "${path}": its list of storages does not fit its tensors`,
      );
    }
    const header = source.read(at, 8, "the size of a storage");
    const length = Number(
      new DataView(header.buffer, header.byteOffset, 8).getBigInt64(0, true),
    );
    const bytes = length * storage.itemBytes;
    if (length < 0 || bytes > source.size - at - 8) {
      throw new SyntaxError(
        `Cannot open "${path}": storage "${storage.key}" of ${length} elements begins at byte ${at + 8}, ` +
          `the file has ${source.size}; it is truncated, fetch it again`,
      );
    }
    segments.set(storage.key, {
      offset: at + 8,
      storedBytes: bytes,
      bytes,
      deflated: false,
      bigEndian: false,
    });
    at += 8 + bytes;
  }
  if (at !== source.size) {
    throw new SyntaxError(
      `Cannot open "${path}": ${source.size - at} bytes follow its last storage; the file is damaged`,
    );
  }
  return segments;
}
