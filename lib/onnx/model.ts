/**
 * From values to an ONNX model: the nodes are found by walking back from the outputs.
 *
 * Message numbers are those of https://github.com/onnx/onnx/blob/rel-1.18.0/onnx/onnx.proto3
 *
 * @module
 */
import { show } from "./_node.ts";
import { MessageWriter } from "./_protobuf.ts";
import { TYPE_CODE } from "./_type_code.ts";
import type { Attribute, ExternalBytes, Node, TensorData, Value } from "./types.ts";

/** Operator set that models are written for. */
export const OPSET = 20;
/** Version of the file format. */
const IR_VERSION = 9;

/** A model ready to be run or saved. */
export interface BuiltModel {
  /** The ONNX file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Files that initialisers point into, by the location written in the model. */
  readonly external: ReadonlyMap<string, string>;
  /** Initialisers too large for the ONNX file, by the location written in the model. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  /** Graph inputs by name. */
  readonly inputs: ReadonlyMap<string, Value>;
  /** Values that a session computes when it is made and feeds to every run, by the name of their graph input ({@linkcode ahead}). */
  readonly ahead: ReadonlyMap<string, Value>;
  /** Graph outputs by name. */
  readonly outputs: ReadonlyMap<string, Value>;
  /**
   * The ONNX file with other locations written for the files of {@linkcode BuiltModel.external}, and with the bytes of
   * {@linkcode BuiltModel.blobs} inside. ONNX Runtime takes locations as paths from the model's folder, refuses those
   * that lead out of it, and does not mix files with bytes in memory.
   */
  relocate(locations: ReadonlyMap<string, string>): Uint8Array<ArrayBuffer>;
}

/** Options of {@linkcode buildModel}. */
export interface BuildOptions {
  /** Graph inputs, in order. */
  readonly inputs: readonly Value[];
  /** Graph outputs by name. */
  readonly outputs: Readonly<Record<string, Value>>;
  /** Name of the graph. @default {"graph"} */
  readonly name?: string;
}

/**
 * Nodes that values need, operands before users; iterative, so that depth is no limit.
 *
 * @param outputs Values to walk back from.
 * @returns Nodes in an order in which they can run.
 *
 * @example A chain of two
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", [2]);
 * deepStrictEqual(op.sortNodes([op.exp(op.neg(x))]).map((node) => node.op), ["Neg", "Exp"]);
 * ```
 */
export function sortNodes(outputs: Iterable<Value>): Node[] {
  const order: Node[] = [];
  const done = new Set<Node>(), open = new Set<Node>();
  const stack: Node[] = [];
  for (const value of outputs) if (value.node) stack.push(value.node);
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    if (done.has(node)) {
      stack.pop();
    } else if (open.has(node)) {
      stack.pop();
      open.delete(node);
      done.add(node);
      order.push(node);
    } else {
      open.add(node);
      for (const v of node.inputs) if (v?.node && !done.has(v.node)) stack.push(v.node);
    }
  }
  return order;
}

/** Bytes of a typed array as they lie in memory (little-endian on every platform that Deno runs on). */
function bytesOf(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Initialisers above this size go beside the model, so that the model stays far under protobuf's 2 GiB. */
const INLINE_LIMIT_BYTES = 1 << 20;

/**
 * Writes a graph as an ONNX model.
 *
 * Nodes are found by walking back from the outputs; constants and weights above a megabyte stay outside the file, so that it
 * remains far under protobuf's 2 GiB.
 *
 * @param options Inputs, outputs and name.
 * @returns The ONNX file and what lies outside of it.
 * @throws {TypeError} If there are no outputs, a name is used twice, or an input is used but not listed.
 *
 * @example A model of one node
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 2]);
 * const { bytes, outputs } = op.buildModel({ inputs: [x], outputs: { y: op.exp(x) } });
 * deepStrictEqual(outputs.get("y")!.shape, ["N", 2]);
 * deepStrictEqual(bytes.length < 200, true);
 * ```
 */
export function buildModel({ inputs, outputs, name = "graph" }: BuildOptions): BuiltModel {
  const roots = Object.entries(outputs);
  if (roots.length === 0) throw new TypeError("Cannot build a model: no outputs given");
  const nodes = sortNodes(roots.map(([, v]) => v));

  const names = new Map<Value, string>();
  const taken = new Set<string>();
  const claim = (value: Value, wanted: string) => {
    if (taken.has(wanted)) throw new TypeError(`Cannot build a model: the name "${wanted}" is used twice`);
    taken.add(wanted);
    names.set(value, wanted);
  };
  for (const value of inputs) {
    if (value === null || typeof value !== "object" || value.node || value.source || !value.name) {
      throw new TypeError("Cannot build a model: each entry of inputs must come from input()");
    }
    claim(value, value.name);
  }
  const graph = new MessageWriter();
  const external = new Map<string, string>(), blobs = new Map<string, Uint8Array>();
  const initialisers: Value[] = [], ahead = new Map<string, Value>();
  let counter = 0;
  const fresh = (prefix: string) => {
    let candidate: string;
    do candidate = `${prefix}${counter++}`; while (taken.has(candidate));
    return candidate;
  };

  const claimSource = (value: Value) => {
    if (value.source!.kind === "ahead") {
      const key = fresh("ahead");
      claim(value, key);
      ahead.set(key, value.source!.of);
      graph.message(11, valueMessage(key, value));
      return;
    }
    claim(value, value.name !== undefined && !taken.has(value.name) ? value.name : fresh("c"));
    initialisers.push(value);
  };

  // Outputs own their names, so they are claimed before anything is numbered.
  const extra: [Value, string][] = [];
  for (const [key, value] of roots) {
    if (value.node && !names.has(value)) {
      claim(value, key);
    } else extra.push([value, key]);
  }
  for (const node of nodes) {
    for (const value of node.inputs) {
      if (value === undefined || names.has(value) || value.node) continue;
      if (!value.source) {
        throw new TypeError(`Cannot build a model: input "${value.name}" ${show(value.shape)} is used but not listed`);
      }
      claimSource(value);
    }
    for (const value of node.outputs) if (!names.has(value)) claim(value, fresh("v"));
    graph.message(1, nodeMessage(node.op, node.inputs.map((v) => v ? names.get(v)! : ""), node, names));
  }
  for (const [value, key] of extra) {
    if (!names.has(value)) {
      if (!value.source) throw new TypeError(`Cannot build a model: output "${key}" is an input that is not listed`);
      claimSource(value);
    }
    if (taken.has(key)) throw new TypeError(`Cannot build a model: the name "${key}" is used twice`);
    taken.add(key);
    graph.message(1, new MessageWriter().text(1, names.get(value)!).text(2, key).text(4, "Identity"));
  }

  graph.text(2, name);
  for (const value of inputs) graph.message(11, valueMessage(value.name!, value));
  for (const [key, value] of roots) graph.message(12, valueMessage(key, value));
  const places = initialisers.map((value) => placeOf(value, external, blobs));
  const encode = (locations?: ReadonlyMap<string, string>) => {
    const whole = new MessageWriter().append(graph);
    initialisers.forEach((value, i) => {
      const inside = locations !== undefined && value.source!.kind === "memory";
      whole.message(5, tensorMessage(names.get(value)!, value, inside ? undefined : places[i], locations));
    });
    return new MessageWriter()
      .int(1, IR_VERSION)
      .text(2, "vec2face")
      .message(8, new MessageWriter().text(1, "").int(2, OPSET))
      .message(8, new MessageWriter().text(1, "com.microsoft").int(2, 1))
      .message(7, whole)
      .finish();
  };
  return {
    bytes: encode(),
    external,
    blobs,
    inputs: new Map(inputs.map((v) => [v.name!, v])),
    ahead,
    outputs: new Map(roots),
    relocate: encode,
  };
}

function nodeMessage(op: string, inputs: string[], node: Node, names: Map<Value, string>): MessageWriter {
  const message = new MessageWriter();
  for (const name of inputs) message.text(1, name);
  for (const value of node.outputs) message.text(2, names.get(value)!);
  const [domain, type] = op.includes(":") ? op.split(":") as [string, string] : ["", op];
  message.text(4, type);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message.message(5, attributeMessage(name, attribute));
  }
  return domain === "" ? message : message.text(7, domain);
}

function attributeMessage(name: string, a: Attribute): MessageWriter {
  const message = new MessageWriter().text(1, name);
  if ("int" in a) return message.int(3, a.int).int(20, 2);
  if ("float" in a) return message.float(2, a.float).int(20, 1);
  if ("text" in a) return message.text(4, a.text).int(20, 3);
  if ("ints" in a) {
    for (const n of a.ints) message.int(8, n);
    return message.int(20, 7);
  }
  if ("tensor" in a) return message.message(5, tensorMessage("", a.tensor, undefined)).int(20, 4);
  for (const x of a.floats) message.float(7, x);
  return message.int(20, 6);
}

function valueMessage(name: string, value: Value): MessageWriter {
  const shape = new MessageWriter();
  for (const dim of value.shape) {
    const d = new MessageWriter();
    shape.message(1, typeof dim === "number" ? d.int(1, dim) : d.text(2, dim));
  }
  const tensor = new MessageWriter().int(1, TYPE_CODE[value.dtype]).message(2, shape);
  return new MessageWriter().text(1, name).message(2, new MessageWriter().message(1, tensor));
}

/** Where the bytes of an initialiser lie outside the ONNX file. */
interface Place {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** Decides where the bytes of an initialiser go; undefined for those inside the ONNX file. */
function placeOf(
  { source }: Value,
  external: Map<string, string>,
  blobs: Map<string, Uint8Array>,
): Place | undefined {
  if (source!.kind === "file") {
    return { location: locationOf(source!, external), offset: source!.offset, length: source!.byteLength };
  }
  const data = bytesOf((source as { data: TensorData }).data);
  if (data.length <= INLINE_LIMIT_BYTES) return undefined;
  const location = `blob${blobs.size}`;
  blobs.set(location, data);
  return { location, offset: 0, length: data.length };
}

function tensorMessage(
  name: string,
  { shape, dtype, source }: Value,
  place: Place | undefined,
  locations: ReadonlyMap<string, string> = new Map(),
): MessageWriter {
  const message = new MessageWriter();
  for (const dim of shape) message.int(1, dim as number);
  message.int(2, TYPE_CODE[dtype]).text(8, name);
  if (place === undefined) return message.bytes(9, bytesOf((source as { data: TensorData }).data));
  const location = locations.get(place.location) ?? place.location;
  for (const [key, value] of [["location", location], ["offset", place.offset], ["length", place.length]] as const) {
    message.message(13, new MessageWriter().text(1, key).text(2, `${value}`));
  }
  return message.int(14, 1);
}

/** Location name of a weight file inside the model; one per file. */
function locationOf({ file }: ExternalBytes, external: Map<string, string>): string {
  for (const [location, path] of external) if (path === file) return location;
  const location = `weights${external.size}`;
  external.set(location, file);
  return location;
}
