/**
 * The messages of an ONNX file as plain objects, checked but not yet understood.
 *
 * Message numbers are those of https://github.com/onnx/onnx/blob/rel-1.18.0/onnx/onnx.proto3
 * Bounds are checked before every read; what is not known is an error that names it, not a guess.
 */
import { floatsOf, integersOf, messageOf, numberOf, textOf } from "./_fields.ts";
import { type Field, readFields } from "./_protobuf.ts";
import { readTensor, type TensorProto } from "./_tensor_proto.ts";
import type { Attribute, Dim } from "./types.ts";

/** Most nodes of a graph; the largest networks have tens of thousands (CWE-770). */
const MAX_NODES = 1_000_000;
/** Most axes of a declared value, numpy's limit (CWE-770). */
const MAX_RANK = 64;

/** Attribute values beyond those of {@linkcode Attribute}. */
export type AttributeProto =
  | Exclude<Attribute, { readonly tensor: unknown }>
  | { readonly tensor: TensorProto }
  | { readonly unsupported: string };

/** One operation as the file lists it. */
export interface NodeProto {
  /** Name of the node, often empty. */
  readonly name: string;
  /** Operator; those outside the standard are written `domain:operator`. */
  readonly op: string;
  /** Names of operands, empty for those left out. */
  readonly inputs: readonly string[];
  /** Names of results, empty for those left out. */
  readonly outputs: readonly string[];
  /** Attributes by name. */
  readonly attributes: ReadonlyMap<string, AttributeProto>;
}

/** Declared type of a value. */
export interface ValueProto {
  /** Name of the value. */
  readonly name: string;
  /** TensorProto.DataType; 0 when the value is no tensor. */
  readonly type: number;
  /** Axis lengths; undefined when not even the rank is declared. */
  readonly shape: readonly Dim[] | undefined;
}

/** One ONNX file. */
export interface ModelProto {
  /** Version of the standard operator set. */
  readonly opset: number;
  /** Program that wrote the file. */
  readonly producer: string;
  /** Operations in order. */
  readonly nodes: readonly NodeProto[];
  /** Initialisers. */
  readonly tensors: readonly TensorProto[];
  /** Graph inputs. */
  readonly inputs: readonly ValueProto[];
  /** Graph outputs. */
  readonly outputs: readonly ValueProto[];
  /** Declared types of values inside the graph. */
  readonly values: readonly ValueProto[];
}

/** Like {@linkcode numberOf}, but larger numbers become the largest: attributes use 2^63-1 for "to the end". */
function saturated(int: bigint): number {
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(int > limit ? limit : int < -limit ? -limit : int);
}

/** Reads the messages of an ONNX file. */
export function readModel(bytes: Uint8Array): ModelProto {
  let graph: Uint8Array | undefined, version = 0, opset: number | undefined, producer = "";
  for (const field of readFields(bytes)) {
    if (field.number === 1) version = numberOf(field);
    else if (field.number === 2) producer = textOf(field);
    else if (field.number === 7) graph = messageOf(field);
    else if (field.number === 8) opset = opsetOf(messageOf(field)) ?? opset;
    else if (field.number === 25) {
      throw new SyntaxError("Cannot decode the model: it defines functions of its own; export it with them inlined");
    }
  }
  if (version < 3 || graph === undefined) {
    throw new SyntaxError(
      `Cannot decode the model: it has ${
        graph ? `IR version ${version}, 3 or more is needed` : "no graph"
      }; is it an ONNX file?`,
    );
  }
  if (opset === undefined) throw new SyntaxError("Cannot decode the model: it does not say which operator set it uses");
  return { opset, producer, ...readGraph(graph) };
}

/** Version of the standard operators, or undefined for another domain. */
function opsetOf(bytes: Uint8Array): number | undefined {
  let domain = "", version = 0;
  for (const field of readFields(bytes)) {
    if (field.number === 1) domain = textOf(field);
    if (field.number === 2) version = numberOf(field);
  }
  return domain === "" || domain === "ai.onnx" ? version : undefined;
}

function readGraph(bytes: Uint8Array): Omit<ModelProto, "opset" | "producer"> {
  const nodes: NodeProto[] = [], tensors: TensorProto[] = [];
  const inputs: ValueProto[] = [], outputs: ValueProto[] = [], values: ValueProto[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 1) nodes.push(readNode(messageOf(field)));
    else if (field.number === 5) tensors.push(readTensor(messageOf(field)));
    else if (field.number === 11) inputs.push(readValue(messageOf(field)));
    else if (field.number === 12) outputs.push(readValue(messageOf(field)));
    else if (field.number === 13) values.push(readValue(messageOf(field)));
    else if (field.number === 15) {
      throw new SyntaxError("Cannot decode the model: sparse initialisers are not supported");
    }
    if (nodes.length > MAX_NODES) throw new SyntaxError(`Cannot decode the model: it has more than ${MAX_NODES} nodes`);
  }
  return { nodes, tensors, inputs, outputs, values };
}

function readNode(bytes: Uint8Array): NodeProto {
  const inputs: string[] = [], outputs: string[] = [];
  const attributes = new Map<string, AttributeProto>();
  let name = "", type = "", domain = "";
  for (const field of readFields(bytes)) {
    if (field.number === 1) inputs.push(textOf(field));
    else if (field.number === 2) outputs.push(textOf(field));
    else if (field.number === 3) name = textOf(field);
    else if (field.number === 4) type = textOf(field);
    else if (field.number === 5) attributes.set(...readAttribute(messageOf(field)));
    else if (field.number === 7) domain = textOf(field);
  }
  const op = domain === "" || domain === "ai.onnx" ? type : `${domain}:${type}`;
  return { name, op, inputs, outputs, attributes };
}

/** AttributeProto.AttributeType as names, for messages about kinds that are not supported. */
const KINDS = [
  "undefined",
  "float",
  "int",
  "string",
  "tensor",
  "graph",
  "floats",
  "ints",
  "strings",
  "tensors",
  "graphs",
];

function readAttribute(bytes: Uint8Array): [string, AttributeProto] {
  let name = "", kind = 0, float = 0, int = 0, text = "", tensor: TensorProto | undefined;
  const floats: number[] = [], ints: number[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2) float = floatsOf(field)[0] ?? 0;
    else if (field.number === 3) int = saturated(field.int);
    else if (field.number === 4) text = latin(field);
    else if (field.number === 5) tensor = readTensor(messageOf(field));
    else if (field.number === 7) { for (const x of floatsOf(field)) floats.push(x); }
    else if (field.number === 8) { for (const n of integersOf(field)) ints.push(saturated(n)); }
    else if (field.number === 20) kind = numberOf(field);
    else if (field.number === 21) return [name, { unsupported: "reference to a function's attribute" }];
  }
  if (kind === 1) return [name, { float }];
  if (kind === 2) return [name, { int }];
  if (kind === 3) return [name, { text }];
  if (kind === 4 && tensor !== undefined) return [name, { tensor }];
  if (kind === 6) return [name, { floats }];
  if (kind === 7) return [name, { ints }];
  return [name, { unsupported: KINDS[kind] ?? `kind ${kind}` }];
}

/** Attribute strings are bytes without a declared encoding; ours are names, which are ASCII. */
function latin(field: Field): string {
  return String.fromCharCode(...messageOf(field).subarray(0, 256));
}

function readValue(bytes: Uint8Array): ValueProto {
  let name = "", type = 0, shape: Dim[] | undefined;
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = textOf(field);
    if (field.number !== 2) continue;
    for (const kind of readFields(messageOf(field))) {
      if (kind.number !== 1) continue; // sequences, maps and optionals have no tensor type
      for (const part of readFields(messageOf(kind))) {
        if (part.number === 1) type = numberOf(part);
        if (part.number === 2) shape = readShape(messageOf(part));
      }
    }
  }
  return { name, type, shape: shape?.map((dim, i) => dim === "" ? `${name}.${i}` : dim) };
}

/** Axis lengths; empty text stands for one that is not declared at all. */
function readShape(bytes: Uint8Array): Dim[] {
  const shape: Dim[] = [];
  for (const field of readFields(bytes)) {
    if (field.number !== 1) continue;
    let dim: Dim = "";
    for (const part of readFields(messageOf(field))) {
      if (part.number === 1) dim = numberOf(part);
      if (part.number === 2) dim = textOf(part);
    }
    if (typeof dim === "number" && dim < 0) throw new SyntaxError(`Cannot decode the model: an axis has length ${dim}`);
    shape.push(dim);
    if (shape.length > MAX_RANK) {
      throw new SyntaxError(`Cannot decode the model: a value has more than ${MAX_RANK} axes`);
    }
  }
  return shape;
}

/** Node as messages name it. */
export function nameOf({ op, name, outputs }: NodeProto): string {
  return `${op} ${JSON.stringify(name || outputs[0] || "")}`;
}
