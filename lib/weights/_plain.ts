/** @file Unpickled values beside the weights as plain data, cut to a size that is safe to print or to turn to JSON. */

import { MAX_METADATA_TEXT, MAX_METADATA_VALUES, MAX_NESTING } from "./_limits.ts";
import { PyDict, PyGlobal, PyList, PyStorage, PyTensor, PyTuple, type PyValue } from "./_pickle_values.ts";

const CUT = "...";

/** Turns values to plain data until its budget is used up; shared values are written out each time, so no cycle stays. */
export class PlainWriter {
  #values = MAX_METADATA_VALUES;
  #text = MAX_METADATA_TEXT;

  /** The value as null, boolean, number, text, array or object; integers beyond 2^53 become text. */
  write(value: PyValue, depth = 0): unknown {
    if (--this.#values < 0) return CUT;
    if (typeof value === "string") return this.#cut(value);
    if (typeof value === "bigint") return String(value);
    if (value === null || typeof value !== "object") return value;
    if (value instanceof Uint8Array) return `bytes [${value.length}]`;
    if (value instanceof PyTensor) {
      return `tensor ${value.dtype ?? value.typeName} [${value.shape}]`;
    }
    if (value instanceof PyStorage) {
      return `storage ${value.type} [${value.length}]`;
    }
    if (value instanceof PyGlobal) return { python: this.#cut(value.path) };
    if (depth >= MAX_NESTING) return CUT;
    if (value instanceof PyList || value instanceof PyTuple) {
      return this.#list(value.items, depth);
    }
    if (value instanceof PyDict) return this.#object(value, depth);
    if (value.type === "argparse.Namespace" && value.state instanceof PyDict) {
      return this.#object(value.state, depth);
    }
    return { python: this.#cut(value.type) };
  }

  #list(items: readonly PyValue[], depth: number): unknown[] {
    const out: unknown[] = [];
    for (const item of items) {
      if (this.#values <= 0) return [...out, CUT];
      out.push(this.write(item, depth + 1));
    }
    return out;
  }

  #object(dict: PyDict, depth: number): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    for (const [key, value] of dict.map) {
      if (this.#values <= 0) break;
      // What is written for other keys is cut too: each dictionary within a key would double the escapes in its JSON.
      const name = typeof key === "string" ? key : JSON.stringify(this.write(key, depth + 1));
      define(out, this.#cut(name), this.write(value, depth + 1));
    }
    return out;
  }

  #cut(text: string): string {
    const length = Math.min(text.length, this.#text);
    this.#text -= length;
    return length === text.length ? text : text.slice(0, length) + CUT;
  }
}

/** Sets a property of its own, also where the name is "__proto__". */
export function define(
  target: Record<string, unknown>,
  name: string,
  value: unknown,
): void {
  Object.defineProperty(target, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}
