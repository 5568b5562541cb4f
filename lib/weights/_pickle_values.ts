/** @file What a pickle can build here: plain values, and descriptions of storages, tensors and unknown objects. */

import type { DType } from "./dtype.ts";

/** A Python value. Integers beyond 2^53 are bigint; bytes are Uint8Array. */
export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PyList
  | PyTuple
  | PyDict
  | PyGlobal
  | PyObject
  | PyStorage
  | PyTensor;

/** A list, set or frozenset. */
export class PyList {
  readonly items: PyValue[];
  constructor(items: PyValue[] = []) {
    this.items = items;
  }
}

/** A tuple. */
export class PyTuple {
  readonly items: readonly PyValue[];
  constructor(items: readonly PyValue[]) {
    this.items = items;
  }
}

/** A dict or OrderedDict; keys that are not text, numbers or bool are told apart by identity. */
export class PyDict {
  readonly map: Map<PyValue, PyValue> = new Map();
}

/** A class or function, by name only. */
export class PyGlobal {
  readonly module: string;
  readonly name: string;
  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
  /** As "torch.FloatStorage". */
  get path(): string {
    return `${this.module}.${this.name}`;
  }
}

/** What a class or function outside the table would have made: its name, and for argparse.Namespace its values. */
export class PyObject {
  /** As "argparse.Namespace". */
  readonly type: string;
  /** What BUILD was given. */
  state: PyValue = null;
  constructor(type: string) {
    this.type = type;
  }
}

/** A storage: a run of elements in the file, or a part of one, that one or several tensors view. */
export class PyStorage {
  /** Name of its class, as "torch.FloatStorage". */
  readonly type: string;
  /** Element type; null where it is not one that is read here. */
  readonly dtype: DType | null;
  /** Bytes of an element. */
  readonly itemBytes: number;
  /** Key of the run of bytes. */
  readonly key: string;
  /** Elements of the run. */
  readonly runLength: number;
  /** First element of the storage in the run: above 0 for the storage views of old files. */
  readonly start: number;
  /** Elements of the storage. */
  readonly length: number;
  constructor(fields: {
    type: string;
    dtype: DType | null;
    itemBytes: number;
    key: string;
    runLength: number;
    start: number;
    length: number;
  }) {
    this.type = fields.type;
    this.dtype = fields.dtype;
    this.itemBytes = fields.itemBytes;
    this.key = fields.key;
    this.runLength = fields.runLength;
    this.start = fields.start;
    this.length = fields.length;
  }
}

/** A tensor: a view of a storage. */
export class PyTensor {
  readonly storage: PyStorage;
  /** Element type; null where it is not one that is read here. */
  readonly dtype: DType | null;
  /** Python's name of the element type, for messages. */
  readonly typeName: string;
  /** First element, counted from the storage's start. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(
    fields: {
      storage: PyStorage;
      dtype: DType | null;
      typeName: string;
      offset: number;
      shape: readonly number[];
      strides: readonly number[];
    },
  ) {
    this.storage = fields.storage;
    this.dtype = fields.dtype;
    this.typeName = fields.typeName;
    this.offset = fields.offset;
    this.shape = fields.shape;
    this.strides = fields.strides;
  }
}
