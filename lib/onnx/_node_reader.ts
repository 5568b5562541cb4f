/** What the decoding of one node sees: operands and attributes, with a record of which attributes were understood. */
import type { KnownInts } from "./_known_ints.ts";
import { type AttributeProto, nameOf, type NodeProto } from "./_model_proto.ts";
import type { TensorProto } from "./_tensor_proto.ts";
import type { Dim, Value } from "./types.ts";

/** Says that the graph language has no words for a node; it is then kept as it is. */
export class NotUnderstood extends TypeError {}

/** One node being decoded. */
export class NodeReader {
  readonly #read = new Set<string>();
  /** The node. */
  readonly node: NodeProto;
  /** Version of the operator set. */
  readonly opset: number;
  /** Operands in order. */
  readonly inputs: readonly (Value | undefined)[];
  readonly #known: KnownInts;

  /** Wraps a node. */
  constructor(node: NodeProto, opset: number, inputs: readonly (Value | undefined)[], known: KnownInts) {
    this.node = node;
    this.opset = opset;
    this.inputs = inputs;
    this.#known = known;
  }

  /** Gives the node up. */
  refuse(why: string): never {
    throw new NotUnderstood(`${nameOf(this.node)}: ${why}`);
  }

  /** Operand that must be there. */
  in(i: number): Value {
    return this.inputs[i] ?? this.refuse(`operand ${i} is missing`);
  }

  #attribute<K extends string>(name: string, kind: K): Extract<AttributeProto, Record<K, unknown>> | undefined {
    this.#read.add(name);
    const a = this.node.attributes.get(name);
    if (a === undefined) return undefined;
    if (!(kind in a)) this.refuse(`attribute ${name} has an unexpected type`);
    return a as Extract<AttributeProto, Record<K, unknown>>;
  }

  /** Integer attribute. */
  int(name: string, fallback: number): number {
    return this.#attribute(name, "int")?.int ?? fallback;
  }
  /** Float attribute. */
  float(name: string, fallback: number): number {
    return this.#attribute(name, "float")?.float ?? fallback;
  }
  /** Text attribute. */
  text(name: string, fallback: string): string {
    return this.#attribute(name, "text")?.text ?? fallback;
  }
  /** Integers attribute. */
  ints(name: string): readonly number[] | undefined {
    return this.#attribute(name, "ints")?.ints;
  }
  /** Floats attribute. */
  floats(name: string): readonly number[] | undefined {
    return this.#attribute(name, "floats")?.floats;
  }
  /** Tensor attribute. */
  tensor(name: string): TensorProto | undefined {
    return this.#attribute(name, "tensor")?.tensor;
  }
  /** Marks attributes as read that change nothing. */
  ignore(...names: string[]): void {
    for (const name of names) this.#read.add(name);
  }

  /** Gives the node up if it has an attribute that nobody read. */
  checkAllRead(): void {
    const rest = [...this.node.attributes.keys()].filter((name) => !this.#read.has(name));
    if (rest.length > 0) this.refuse(`attribute ${rest.join(", ")} is not understood`);
  }

  /** Whole numbers of an operand, names of axis lengths among them. */
  dims(i: number): readonly Dim[] {
    return this.#known.get(this.in(i)) ?? this.refuse(`operand ${i} is not known before the model runs`);
  }
  /** Whole numbers of an operand; undefined when it is left out. */
  numbers(i: number): readonly number[] | undefined {
    if (this.inputs[i] === undefined) return undefined;
    return this.#known.numbers(this.in(i)) ?? this.refuse(`operand ${i} is not known before the model runs`);
  }
  /** Whole numbers that older operator sets give as an attribute and newer ones as an operand. */
  numbersOr(i: number, attribute: string): readonly number[] | undefined {
    return this.ints(attribute) ?? this.numbers(i);
  }
  /** Floats of a constant operand; undefined when it is left out. */
  constantFloats(i: number): readonly number[] | undefined {
    const value = this.inputs[i];
    if (value === undefined) return undefined;
    const { source } = value;
    if (source?.kind !== "memory" || value.dtype === "float16") this.refuse(`operand ${i} is not a constant`);
    return Array.from((source as { data: ArrayLike<number | bigint> }).data, Number);
  }
}
