/** @file Finding the state dict in what a checkpoint holds, and naming its tensors. */

import { MAX_NAME_LENGTH, MAX_NESTING, MAX_TENSORS, MAX_WALK } from "./_limits.ts";
import { describe } from "./_pickle_error.ts";
import { PyDict, PyList, PyObject, PyTensor, PyTuple, type PyValue } from "./_pickle_values.ts";
import { define, PlainWriter } from "./_plain.ts";
import type { WeightMetadata } from "./weight_file.ts";

/** Keys under which training scripts put the weights, each seen in published checkpoints. */
const ROOT_KEYS = [
  "model_vec2face", // Vec2Face
  "state_dict", // ImageNet example of PyTorch, MagFace, Lightning
  "model_state_dict", // PyTorch tutorial
  "model", // MAE, timm
  "net",
  "network",
  "generator",
  "backbone",
  "module",
];

/** How deep wrappers such as {"model": {"state_dict": ...}} are followed. */
const MAX_WRAPPERS = 4;

/** Functions of torch and NumPy that make tensors of kinds that are not read here. */
const UNREADABLE_REGEXP = /^torch\._utils\._rebuild_|^torch\._tensor\.|^numpy\.core\.multiarray\._reconstruct$/;

/** The tensors under the root, by name. */
export interface StateDict {
  readonly tensors: [string, PyTensor][];
  readonly metadata: WeightMetadata;
}

/** Picks the root (a key, keys joined by ".", "" for the whole file, undefined to find it) and collects its tensors. */
export function readStateDict(
  path: string,
  top: PyValue,
  root: string | undefined,
): StateDict {
  const keys = root === undefined ? findRoot(path, top) : followRoot(path, top, root);
  let at = top;
  const plain = new PlainWriter();
  const values: Record<string, unknown> = {};
  for (const key of keys) {
    const dict = at as PyDict;
    for (const [name, value] of dict.map) {
      if (name !== key) define(values, keyName(name), plain.write(value));
    }
    at = dict.map.get(key)!;
  }
  if (at instanceof PyObject) throw fullModel(path, at);
  const collector = new Collector(path, values, plain);
  collector.collect(at, "", 0);
  const { tensors, skipped } = collector;
  if (tensors.length === 0 && Object.keys(skipped).length === 0) {
    const under = keys.length > 0 ? ` under "${keys.map(keyName).join(".")}"` : "";
    throw new SyntaxError(
      `Cannot open "${path}": it holds no tensors${under}, its top level is ${outline(top)}; ` +
        `expected a dict of tensors, as model.state_dict() gives`,
    );
  }
  return {
    tensors,
    metadata: {
      root: keys.map(keyName).join("."),
      strippedPrefix: "",
      skipped,
      values,
    },
  };
}

function keyName(key: PyValue): string {
  return typeof key === "string" ? key : describe(key);
}

function fullModel(path: string, value: PyObject): SyntaxError {
  return new SyntaxError(
    `Cannot open "${path}": it holds a ${value.type} object; this looks like a full model save, not a state_dict; ` +
      `in Python, load it and save model.state_dict()`,
  );
}

/** A few words on what is at the top, for messages. */
function outline(top: PyValue): string {
  if (!(top instanceof PyDict)) return describe(top);
  const keys = [...top.map].slice(0, 12).map(([key, value]) => `${keyName(key).slice(0, 60)} (${describe(value)})`);
  return `a dict of ${keys.join(", ")}${top.map.size > 12 ? ", ..." : ""}`;
}

function followRoot(path: string, top: PyValue, root: string): PyValue[] {
  const keys: PyValue[] = [];
  let at = top;
  for (let rest: string | null = root === "" ? null : root; rest !== null;) {
    // A key may have dots itself: the longest part that is a key is taken.
    const dict = at instanceof PyDict ? at.map : new Map<PyValue, PyValue>();
    let key: string = rest;
    while (!dict.has(key) && key.includes(".")) {
      key = key.slice(0, key.lastIndexOf("."));
    }
    const value = dict.get(key);
    if (value === undefined) {
      throw new RangeError(
        `Cannot open "${path}": it has no "${rest}" to be the root "${root}", there is ${outline(at)}`,
      );
    }
    keys.push(key);
    at = value;
    rest = key === rest ? null : rest.slice(key.length + 1);
  }
  return keys;
}

/** Keys of training state, whose tensors are never the weights. */
const STATE_REGEXP = /optim|sched|scaler/i;

function findRoot(path: string, top: PyValue): PyValue[] {
  const keys: PyValue[] = [];
  const seen = new Map<PyValue, boolean>();
  for (let at = top; keys.length < MAX_WRAPPERS && at instanceof PyDict;) {
    const dict: Map<PyValue, PyValue> = at.map;
    const isStateDict = dict.values().some((value) => value instanceof PyTensor || isUnreadable(value));
    const holders = [...dict].filter(([, value]) => isContainer(value) && holdsTensors(value, seen, 0)).map(([key]) =>
      key
    );
    const known = holders.filter((key) => ROOT_KEYS.includes(String(key)));
    const model = ROOT_KEYS.map((key) => dict.get(key)).find((value) => value instanceof PyObject);
    if (known.length === 0 && !isStateDict && model instanceof PyObject) {
      throw fullModel(path, model);
    }
    // A key that is not known counts only at the top, and only if it is the one that holds tensors.
    const others = isStateDict || keys.length > 0 ? [] : holders.filter((key) => !STATE_REGEXP.test(String(key)));
    const candidates = known.length > 0 ? known : others;
    if (candidates.length > 1) {
      throw new RangeError(
        `Cannot open "${path}": several of its entries hold tensors, ${candidates.map(keyName).join(", ")}; ` +
          `pass root: one of them, or root: "" for all`,
      );
    }
    if (candidates.length === 0) break;
    keys.push(candidates[0]!);
    at = dict.get(candidates[0]!)!;
  }
  return keys;
}

function isContainer(value: PyValue): boolean {
  return value instanceof PyDict || value instanceof PyList ||
    value instanceof PyTuple;
}

function isUnreadable(value: PyValue): boolean {
  return value instanceof PyObject && UNREADABLE_REGEXP.test(value.type);
}

function itemsOf(value: PyValue): Iterable<PyValue> {
  if (value instanceof PyDict) return value.map.values();
  return value instanceof PyList || value instanceof PyTuple ? value.items : [];
}

/** Whether there is a tensor anywhere inside; each container is looked at once. */
function holdsTensors(
  value: PyValue,
  seen: Map<PyValue, boolean>,
  depth: number,
): boolean {
  if (value instanceof PyTensor || isUnreadable(value)) return true;
  if (!isContainer(value) || depth > MAX_NESTING) return false;
  const known = seen.get(value);
  if (known !== undefined) return known;
  seen.set(value, false); // while it is looked at, for cycles
  let found = false;
  for (const item of itemsOf(value)) {
    if (holdsTensors(item, seen, depth + 1)) {
      found = true;
      break;
    }
  }
  seen.set(value, found);
  return found;
}

class Collector {
  readonly tensors: [string, PyTensor][] = [];
  readonly skipped: Record<string, string> = {};
  readonly #path: string;
  readonly #values: Record<string, unknown>;
  readonly #plain: PlainWriter;
  #visits = 0;

  constructor(
    path: string,
    values: Record<string, unknown>,
    plain: PlainWriter,
  ) {
    this.#path = path;
    this.#values = values;
    this.#plain = plain;
  }

  collect(value: PyValue, name: string, depth: number): void {
    const fail = (why: string) => new RangeError(`Cannot open "${this.#path}": ${why}, pass another root`);
    if (++this.#visits > MAX_WALK) {
      throw fail(`more than ${MAX_WALK} values under its root`);
    }
    if (name.length > MAX_NAME_LENGTH) {
      throw fail(`a name of ${name.length} characters`);
    }
    if (value instanceof PyTensor) {
      if (this.tensors.length >= MAX_TENSORS) {
        throw fail(`more than ${MAX_TENSORS} tensors`);
      }
      if (value.dtype !== null) this.tensors.push([name || "value", value]);
      else {define(
          this.skipped,
          name,
          `elements of type ${value.typeName} are not read here`,
        );}
    } else if (value instanceof PyObject && isUnreadable(value)) {
      define(
        this.skipped,
        name,
        `it is made by ${value.type}, which is not read here; save it as a dense tensor`,
      );
    } else if (isContainer(value)) {
      if (depth >= MAX_NESTING) {
        throw fail(`more than ${MAX_NESTING} levels of dicts and lists`);
      }
      const entries: Iterable<[PyValue, PyValue]> = value instanceof PyDict
        ? value.map
        : (value as PyList | PyTuple).items.entries();
      for (const [key, item] of entries) {
        this.collect(
          item,
          name === "" ? keyName(key) : `${name}.${keyName(key)}`,
          depth + 1,
        );
      }
    } else if (name !== "") {
      define(this.#values, name, this.#plain.write(value));
    }
  }
}
