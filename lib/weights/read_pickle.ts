/**
 * @file Reading a pickle of plain data: lists, numbers, text and bytes, as verification sets are stored.
 *
 * Runs on the machine of `_pickle.ts`, so nothing is executed; what is not plain data is refused by name. NumPy arrays
 * of single bytes (uint8, int8, bool) are plain data too: they are what `numpy.frombuffer(file)` makes of an image file.
 */

import { Cursor } from "./_cursor.ts";
import { MAX_NESTING, MAX_WALK } from "./_limits.ts";
import { type PickledStrings, unpickle } from "./_pickle.ts";
import { describe } from "./_pickle_error.ts";
import { PyDict, PyList, PyObject, PyTuple, type PyValue } from "./_pickle_values.ts";
import { type ByteSource, FileSource, MemorySource } from "./_source.ts";

/** Plain data: lists and tuples are arrays, dicts are Maps, bytes are Uint8Array, integers beyond 2^53 bigint. */
export type PickleData =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleData[]
  | Map<PickleData, PickleData>;

/** Options of {@link readPickle}. */
export interface ReadPickleOptions {
  /** What Python 2's strings become; "bytes" is Python's `encoding="bytes"`. @default {"text"} */
  readonly strings?: PickledStrings;
  /** Most bytes that are read, as all of them stay in memory. @default {2147483648} */
  readonly maxBytes?: number;
  /** Path for messages where bytes are given. @default {"the pickle"} */
  readonly name?: string;
}

/**
 * Reads a pickle of plain data, protocols 0 to 5; never runs anything.
 *
 * Requires read permission where a path is given.
 *
 * @param source Path of the file, or its bytes; byte strings in the result are views into them.
 * @param options Meaning of old strings, limit and name.
 * @returns The data.
 * @throws {SyntaxError} If it is no pickle, is truncated, or holds something else than plain data.
 * @throws {RangeError} If it is larger than `maxBytes` or needs more work than plain data does.
 * @throws {Deno.errors.NotFound} If there is no such file.
 *
 * @example A list of two numbers and some bytes
 * ```ts
 * import assert from "node:assert/strict";
 * import { readPickle } from "@/weights/mod.ts";
 * const pickle = new Uint8Array([0x80, 3, 0x5d, 0x28, 0x4b, 1, 0x4b, 2, 0x43, 1, 9, 0x65, 0x2e]); // [1, 2, b"\t"]
 * assert.deepEqual(readPickle(pickle), [1, 2, new Uint8Array([9])]);
 * ```
 */
export function readPickle(source: string | Uint8Array, options: ReadPickleOptions = {}): PickleData {
  if (typeof source !== "string") return read(new MemorySource(options.name ?? "the pickle", source), options);
  using file = new FileSource(source);
  return read(file, options);
}

function read(source: ByteSource, { strings = "text", maxBytes = 2 ** 31 }: ReadPickleOptions): PickleData {
  if (source.size > maxBytes) {
    throw new RangeError(
      `Cannot read the pickle of "${source.path}": it has ${source.size} bytes, at most ${maxBytes} are read`,
    );
  }
  const value = unpickle(new Cursor(source, 0, source.size, maxBytes), (id) => {
    throw new SyntaxError(
      `Cannot read the pickle of "${source.path}": it refers to ${describe(id)} outside of it; is it a checkpoint?`,
    );
  }, strings);
  return new Plain(source.path).value(value, 0);
}

/** Turns values to data; shared lists are written out each time, so the number of values is limited. */
class Plain {
  readonly #path: string;
  #values = 0;

  constructor(path: string) {
    this.#path = path;
  }

  value(value: PyValue, depth: number): PickleData {
    if (++this.#values > MAX_WALK || depth > MAX_NESTING) {
      throw new RangeError(
        `Cannot read the pickle of "${this.#path}": more than ${MAX_WALK} values or ${MAX_NESTING} levels`,
      );
    }
    if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
    if (value instanceof PyList || value instanceof PyTuple) {
      return value.items.map((item) => this.value(item, depth + 1));
    }
    if (value instanceof PyDict) {
      return new Map(
        [...value.map].map(([key, item]) => [this.value(key, depth + 1), this.value(item, depth + 1)] as const),
      );
    }
    if (value instanceof PyObject) {
      const array = byteArray(value);
      if (array !== undefined) return array;
    }
    throw new SyntaxError(
      `Cannot read the pickle of "${this.#path}": it holds ${describe(value)}, expected plain data`,
    );
  }
}

/** NumPy's array (_reconstruct, then BUILD with version, shape, dtype, order and bytes) of single bytes, flat. */
function byteArray({ type, state }: PyObject): Uint8Array | undefined {
  if (!/^numpy\.(_?core)\.multiarray\._reconstruct$/.test(type) || !(state instanceof PyTuple)) return undefined;
  const [, , dtype, , bytes] = state.items;
  const code = dtype instanceof PyObject && dtype.type === "numpy.dtype" ? dtype.state : undefined;
  return /^[|]?[uib]1$/.test(String(code)) && bytes instanceof Uint8Array ? bytes : undefined;
}
