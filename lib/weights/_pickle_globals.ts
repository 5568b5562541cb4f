/**
 * @file The closed table of Python classes and functions that a pickle may call, each replaced by harmless code here.
 *
 * Nothing is imported or executed. A name outside the table gives a {@link PyObject} that only knows its name, so that
 * the arguments and optimizer state that lie beside the weights do not keep them from being read.
 */

import { PickleArgumentError } from "./_pickle_error.ts";
import { rebuildTensor } from "./_pickle_torch.ts";
import { PyDict, PyGlobal, PyList, PyObject, PyTuple, type PyValue } from "./_pickle_values.ts";

type Arguments = readonly PyValue[];

/** Counts work that is not in proportion to the pickle's bytes, and throws when it is too much. */
export type Spend = (items: number) => void;

/** Pairs of a list become a dict. */
function makeDict([pairs]: Arguments, spend: Spend): PyDict {
  const dict = new PyDict();
  const items = itemsOf(pairs);
  spend(items.length);
  for (const pair of items) {
    const [key, value] = pair instanceof PyTuple || pair instanceof PyList ? pair.items : [];
    if (key === undefined || value === undefined) {
      throw new PickleArgumentError(
        "a dict is made of something else than pairs",
      );
    }
    dict.map.set(key, value);
  }
  return dict;
}

/** The items themselves, not a copy: a copy of a shared list would make work out of proportion to the pickle. */
function itemsOf(value: PyValue | undefined): readonly PyValue[] {
  return value instanceof PyList || value instanceof PyTuple ? value.items : [];
}

/** numpy.core.multiarray.scalar(dtype, bytes): a number such as the best accuracy so far. */
function numpyScalar([dtype, bytes]: Arguments): PyValue {
  const code = dtype instanceof PyObject && dtype.type === "numpy.dtype" ? dtype.state : null;
  if (bytes instanceof Uint8Array && typeof code === "string") {
    const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (code === "f8" && bytes.length === 8) return v.getFloat64(0, true);
    if (code === "f4" && bytes.length === 4) return v.getFloat32(0, true);
    if (code === "i8" && bytes.length === 8) {
      return narrow(v.getBigInt64(0, true));
    }
    if (code === "i4" && bytes.length === 4) return v.getInt32(0, true);
    if (code === "b1" && bytes.length === 1) return bytes[0] !== 0;
  }
  return new PyObject("numpy.scalar");
}

/** An integer as a number where it is exact. */
export function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** `numpy.dtype("f8", ...)`: its code is kept as the state, which BUILD does not overwrite. */
function numpyDType([code]: Arguments): PyObject {
  const dtype = new PyObject("numpy.dtype");
  const isOldString = code instanceof Uint8Array && code.length < 16; // Python 2's strings, read as bytes
  dtype.state = isOldString ? String.fromCharCode(...code) : typeof code === "string" ? code : null;
  return dtype;
}

/** protocol 2 writes bytes as _codecs.encode(text, "latin1"). */
function encodeLatin1([text]: Arguments, spend: Spend): PyValue {
  if (typeof text !== "string") return new PyObject("_codecs.encode");
  spend(text.length);
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** protocol 2 writes empty bytes as bytes(); bytes(N), N zeros of next to no pickle, is not made. */
function makeBytes([bytes]: Arguments): PyValue {
  return bytes === undefined ? new Uint8Array(0) : bytes instanceof Uint8Array ? bytes : new PyObject("builtins.bytes");
}

/** How a tensor that is wrapped by its class is made. */
function rebuildFromType([fn, , args]: Arguments): PyValue {
  const path = fn instanceof PyGlobal ? currentPath(fn) : "";
  if (path === "torch._utils._rebuild_tensor_v2") {
    return rebuildTensor(itemsOf(args));
  }
  if (path === "torch._utils._rebuild_tensor_v3") {
    return rebuildTensor(itemsOf(args), itemsOf(args)[6] ?? null);
  }
  if (path.startsWith("torch._utils._rebuild_parameter")) {
    return itemsOf(args)[0] ?? null;
  }
  return new PyObject(path);
}

const CALLS: Readonly<
  Record<string, (args: Arguments, spend: Spend) => PyValue>
> = {
  "torch._utils._rebuild_tensor": (args) => rebuildTensor(args),
  "torch._utils._rebuild_tensor_v2": (args) => rebuildTensor(args),
  "torch._utils._rebuild_tensor_v3": (args) => rebuildTensor(args, args[6] ?? null),
  "torch._utils._rebuild_parameter": ([data]) => data ?? null,
  "torch._utils._rebuild_parameter_with_state": ([data]) => data ?? null,
  // (function, class, arguments, state): a tensor with attributes of its own
  "torch._tensor._rebuild_from_type_v2": rebuildFromType,
  "torch.Size": ([items]) => new PyTuple(itemsOf(items)),
  "collections.OrderedDict": makeDict,
  "collections.defaultdict": () => new PyDict(),
  "builtins.dict": makeDict,
  "builtins.list": ([items]) => new PyList(itemsOf(items) as PyValue[]),
  "builtins.set": ([items]) => new PyList(itemsOf(items) as PyValue[]),
  "builtins.frozenset": ([items]) => new PyList(itemsOf(items) as PyValue[]),
  "builtins.tuple": ([items]) => new PyTuple(itemsOf(items)),
  "builtins.bytearray": ([bytes]) => bytes ?? null,
  "builtins.bytes": makeBytes,
  "_codecs.encode": encodeLatin1,
  // (class, base, state): how protocols 0 and 1 make an object
  "copyreg._reconstructor": ([type]) => new PyObject(type instanceof PyGlobal ? currentPath(type) : "object"),
  "numpy.dtype": numpyDType,
  "numpy.core.multiarray.scalar": numpyScalar,
};

/** Names that moved between versions of Python and NumPy. */
function currentPath({ module, name }: PyGlobal): string {
  return `${module}.${name}`
    .replace(/^__builtin__\./, "builtins.")
    .replace(/^copy_reg\./, "copyreg.")
    .replace(/^numpy\._core\./, "numpy.core.");
}

/** What a call gives: of the table, or an object that only knows its name. */
export function call(callee: PyGlobal, args: Arguments, spend: Spend): PyValue {
  const path = currentPath(callee);
  const known = Object.hasOwn(CALLS, path) ? CALLS[path] : undefined;
  return known === undefined ? new PyObject(path) : known(args, spend);
}
