/**
 * @file Storages and tensors of torch as a pickle describes them.
 *
 * The functions of torch: https://github.com/pytorch/pytorch/blob/v2.6.0/torch/_utils.py#L194-L330
 */

import type { DType } from "./dtype.ts";
import { MAX_DIMENSIONS, MAX_STORAGE_KEY_LENGTH } from "./_limits.ts";
import { describe, PickleArgumentError } from "./_pickle_error.ts";
import { PyGlobal, PyList, PyStorage, PyTensor, PyTuple, type PyValue } from "./_pickle_values.ts";

/** Storage classes of torch: element type and size in bytes; null types are known but not read. */
const STORAGES: Readonly<Record<string, readonly [DType | null, number]>> = {
  FloatStorage: ["float32", 4],
  DoubleStorage: ["float64", 8],
  HalfStorage: ["float16", 2],
  BFloat16Storage: ["bfloat16", 2],
  LongStorage: ["int64", 8],
  IntStorage: ["int32", 4],
  ShortStorage: ["int16", 2],
  CharStorage: ["int8", 1],
  ByteStorage: ["uint8", 1],
  BoolStorage: ["bool", 1],
  UntypedStorage: ["uint8", 1],
  ComplexFloatStorage: [null, 8],
  ComplexDoubleStorage: [null, 16],
  QInt8Storage: [null, 1],
  QUInt8Storage: [null, 1],
  QInt32Storage: [null, 4],
  QUInt4x2Storage: [null, 1],
  QUInt2x4Storage: [null, 1],
};

/** Element types that newer tensors name themselves, over an untyped storage. */
const TORCH_DTYPES: Readonly<Record<string, DType>> = {
  "torch.float32": "float32",
  "torch.float64": "float64",
  "torch.float16": "float16",
  "torch.bfloat16": "bfloat16",
  "torch.int64": "int64",
  "torch.int32": "int32",
  "torch.int16": "int16",
  "torch.int8": "int8",
  "torch.uint8": "uint8",
  "torch.bool": "bool",
};

/** The storage that a persistent id describes, an unknown class is refused: its element size cannot be guessed. */
export function makeStorage(id: PyValue): PyStorage {
  const items = id instanceof PyTuple ? id.items : [];
  if (items[0] === "module") {
    throw new PickleArgumentError(
      "it holds the source code of a network: this looks like a full model save, not a state_dict; " +
        "in Python, load it and save model.state_dict()",
    );
  }
  const [kind, type, key, , length, viewed] = items;
  if (kind !== "storage" || !(type instanceof PyGlobal)) {
    throw new PickleArgumentError("a reference is not to a storage");
  }
  const isTorch = ["torch", "torch.cuda", "torch.storage"].includes(
    type.module,
  );
  const known = isTorch && Object.hasOwn(STORAGES, type.name) ? STORAGES[type.name] : undefined;
  if (known === undefined) {
    throw new PickleArgumentError(
      `storages of type ${type.path} are not known, so its bytes cannot be understood`,
    );
  }
  if (typeof key !== "string" || key.length > MAX_STORAGE_KEY_LENGTH) {
    throw new PickleArgumentError(`the key of a storage is ${describe(key)}`);
  }
  const [dtype, itemBytes] = known;
  const runLength = asCount(length, "the length of a storage");
  const view = viewed instanceof PyTuple ? viewed.items : null;
  return new PyStorage({
    type: type.path,
    dtype,
    itemBytes,
    key,
    runLength,
    // (key, first element, elements), in files older than torch 1.6
    start: view === null ? 0 : asCount(view[1], "the offset of a storage view"),
    length: view === null ? runLength : asCount(view[2], "the length of a storage view"),
  });
}

function asCount(value: PyValue | undefined, what: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) {
    return value;
  }
  throw new PickleArgumentError(
    `${what} is ${describe(value)}, expected a whole number from 0`,
  );
}

function asCounts(value: PyValue | undefined, what: string): number[] {
  if (value instanceof PyTuple || value instanceof PyList) {
    if (value.items.length > MAX_DIMENSIONS) {
      throw new PickleArgumentError(
        `${what} has ${value.items.length} dimensions, at most ${MAX_DIMENSIONS} are allowed`,
      );
    }
    return value.items.map((item) => asCount(item, what));
  }
  throw new PickleArgumentError(
    `${what} is ${describe(value)}, expected a tuple of whole numbers`,
  );
}

/** _rebuild_tensor_v2(storage, storage_offset, size, stride, ...); v3 has the element type as its seventh argument. */
export function rebuildTensor(
  [storage, offset, size, stride]: readonly PyValue[],
  dtype?: PyValue,
): PyTensor {
  if (!(storage instanceof PyStorage)) {
    throw new PickleArgumentError(
      `a tensor is made of ${describe(storage)}, not of a storage`,
    );
  }
  const own = dtype instanceof PyGlobal;
  return new PyTensor({
    storage,
    dtype: own ? (Object.hasOwn(TORCH_DTYPES, dtype.path) ? TORCH_DTYPES[dtype.path]! : null) : storage.dtype,
    typeName: own ? dtype.path : storage.type,
    offset: asCount(offset, "the offset of a tensor"),
    shape: asCounts(size, "the shape of a tensor"),
    strides: asCounts(stride, "the stride of a tensor"),
  });
}
