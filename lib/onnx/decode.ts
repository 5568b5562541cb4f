/**
 * Reading ONNX files back into the graph language, so that foreign models can be composed with our own, differentiated
 * and run.
 *
 * Nodes are rebuilt through the op functions, which check and infer shapes as they do for our own graphs; a node that the
 * language has no exact words for is kept as it is: it runs, and differentiating through it is refused by name.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { NODE_BUILDERS } from "./_decode_table.ts";
import { KnownInts } from "./_known_ints.ts";
import { type ModelProto, nameOf, type NodeProto, readModel, type ValueProto } from "./_model_proto.ts";
import { elementCount, show } from "./_node.ts";
import { NodeReader } from "./_node_reader.ts";
import { checkForm, type DeclaredType, keepNode } from "./_opaque.ts";
import { type TensorProto, typeName, typeText } from "./_tensor_proto.ts";
import { constant, input } from "./ops/creation.ts";
import type { Dim, Value } from "./types.ts";

/** Operator sets whose forms are known. */
const OPSETS = { oldest: 7, newest: 23 } as const;

/** Options of {@linkcode decodeModel}. */
export interface DecodeOptions {
  /** Folder in which initialisers outside the file lie. @default {the file's own folder, when a path is given} */
  readonly directory?: string;
  /** Values to use in place of graph inputs, by the input's name; they must have the declared type and shape. */
  readonly inputs?: Readonly<Record<string, Value>>;
  /**
   * Take values for inputs whose first axis has another length than the 1 that the file says, as files exported for a single
   * sample do. Shapes are followed with the new length; a node that they do not fit is kept as it is.
   *
   * @default {false}
   */
  readonly anyBatch?: boolean;
}

/** A node that was kept as it is. */
export interface KeptNode {
  /** Operator and name. */
  readonly node: string;
  /** Why the graph language has no words for it. */
  readonly reason: string;
}

/** A decoded model. */
export interface DecodedModel {
  /** Graph inputs by name, those included that {@linkcode DecodeOptions.inputs} replaced. */
  readonly inputs: ReadonlyMap<string, Value>;
  /** Graph outputs by name. */
  readonly outputs: ReadonlyMap<string, Value>;
  /** Every value by the name that the file gives it: inputs, initialisers and results. */
  readonly values: ReadonlyMap<string, Value>;
  /** Nodes that run but cannot be differentiated. */
  readonly kept: readonly KeptNode[];
  /** Version of the standard operator set. */
  readonly opset: number;
  /** Program that wrote the file, as it calls itself. */
  readonly producer: string;
}

/**
 * Decodes an ONNX file.
 *
 * Initialisers in other files stay there, as those of `weight()` do. Requires `--allow-read` when a path is given.
 *
 * @param source Bytes of the file, or its path.
 * @param options Where outside initialisers lie, and values to use in place of inputs.
 * @returns Its values.
 * @throws {SyntaxError} If the bytes are no ONNX file, or hold what is not supported.
 * @throws {TypeError} If an operator cannot be written again, or a value given for an input does not fit.
 *
 * @example A model read back and differentiated
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 2]);
 * const { bytes } = op.buildModel({ inputs: [x], outputs: { y: op.exp(x) } });
 *
 * const model = op.decodeModel(bytes);
 * const y = model.outputs.get("y")!;
 * deepStrictEqual(y.shape, ["N", 2]);
 * const [gradient] = op.gradients(op.mean(y), [model.inputs.get("x")!]);
 * deepStrictEqual(gradient!.shape, ["N", 2]);
 * ```
 */
export function decodeModel(source: Uint8Array | string, options: DecodeOptions = {}): DecodedModel {
  const directory = options.directory ?? (typeof source === "string" ? dirname(source) : undefined);
  const model = readModel(typeof source === "string" ? Deno.readFileSync(source) : source);
  if (model.opset < OPSETS.oldest || model.opset > OPSETS.newest) {
    throw new SyntaxError(
      `Cannot decode the model: it uses operator set ${model.opset}, known are ${OPSETS.oldest} to ${OPSETS.newest}`,
    );
  }
  return new Decoder(model, directory).decode(options.inputs ?? {}, options.anyBatch ?? false);
}

class Decoder {
  readonly #model: ModelProto;
  readonly #directory: string | undefined;
  readonly #values = new Map<string, Value>();
  readonly #known = new KnownInts();
  readonly #kept: KeptNode[] = [];
  readonly #declared: ReadonlyMap<string, ValueProto>;

  constructor(model: ModelProto, directory: string | undefined) {
    this.#model = model;
    this.#directory = directory;
    this.#declared = new Map([...model.values, ...model.outputs].map((value) => [value.name, value]));
  }

  decode(given: Readonly<Record<string, Value>>, anyBatch: boolean): DecodedModel {
    const { tensors, nodes, outputs, opset, producer } = this.#model;
    for (const tensor of tensors) this.#define(tensor.name, this.#initialiser(tensor));
    const inputs = this.#inputs(given, anyBatch);
    for (const node of nodes) this.#node(node);
    const found = new Map(outputs.map(({ name }) => {
      const value = this.#values.get(name);
      if (value === undefined) throw new SyntaxError(`Cannot decode the model: nothing makes its output "${name}"`);
      return [name, value];
    }));
    return { inputs, outputs: found, values: this.#values, kept: this.#kept, opset, producer };
  }

  #define(name: string, value: Value): void {
    if (this.#values.has(name)) throw new SyntaxError(`Cannot decode the model: "${name}" is defined twice`);
    this.#values.set(name, value);
  }

  #inputs(given: Readonly<Record<string, Value>>, anyBatch: boolean): Map<string, Value> {
    const inputs = new Map<string, Value>();
    for (const proto of this.#model.inputs) {
      if (this.#values.has(proto.name)) continue; // old files list their initialisers among the inputs
      const value = Object.hasOwn(given, proto.name) ? given[proto.name]! : undefined;
      if (value !== undefined) checkFits(proto, value, anyBatch);
      inputs.set(proto.name, value ?? declareInput(proto));
      this.#define(proto.name, inputs.get(proto.name)!);
    }
    const unknown = Object.keys(given).find((name) => !inputs.has(name));
    if (unknown !== undefined) {
      throw new TypeError(
        `Cannot decode the model: it has no input "${unknown}", its inputs are ${
          [...inputs.keys()].join(", ") || "none"
        }`,
      );
    }
    return inputs;
  }

  #initialiser(tensor: TensorProto): Value {
    const { dtype, shape, data, external, name } = tensor;
    const named = name === "" ? {} : { name };
    if (data !== undefined) return { ...named, dtype, shape, source: { kind: "memory", data } };
    if (this.#directory === undefined) {
      throw new TypeError(
        `Cannot decode the model: tensor "${name}" lies in the file "${external!.location}"; say in which directory`,
      );
    }
    const { location, offset, byteLength } = external!;
    return {
      ...named,
      dtype,
      shape,
      source: { kind: "file", file: join(this.#directory, location), offset, byteLength },
    };
  }

  #node(node: NodeProto): void {
    const inputs = node.inputs.map((name) => {
      if (name === "") return undefined;
      const value = this.#values.get(name);
      if (value === undefined) {
        throw new SyntaxError(`Cannot decode the model: ${nameOf(node)} uses "${name}", which nothing before it makes`);
      }
      return value;
    });
    const results = this.#build(node, inputs);
    node.outputs.forEach((name, i) => {
      if (name === "") return;
      const value = results[i]!;
      this.#define(name, value);
    });
  }

  /** Results of a node: in the graph language where it has exact words, else the node as it is. */
  #build(node: NodeProto, inputs: readonly (Value | undefined)[]): readonly Value[] {
    let reason = "the graph language does not have this operator";
    const builder = NODE_BUILDERS.get(node.op);
    if (builder !== undefined) {
      try {
        const reader = new NodeReader(node, this.#model.opset, inputs, this.#known);
        const built = [builder(reader)].flat() as Value[];
        reader.checkAllRead();
        const wanted = node.outputs.findLastIndex((name) => name !== "") + 1;
        if (built.length < wanted) reader.refuse(`it has ${wanted} results, understood are ${built.length}`);
        return this.#fold(node, inputs, built);
      } catch (error) {
        if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
        reason = error.message;
      }
    }
    checkForm(node, this.#model.opset, reason);
    this.#kept.push({ node: nameOf(node), reason });
    return keepNode(node, inputs, node.outputs.map((n) => this.#type(n)), (t) => this.#initialiser(t), reason);
  }

  /** Follows axis lengths; those without a name become constants, and the nodes that computed them fall away. */
  #fold(node: NodeProto, inputs: readonly (Value | undefined)[], built: readonly Value[]): readonly Value[] {
    const [first] = built;
    if (first?.node === undefined || built.length !== 1) return built;
    this.#known.follow(node, inputs, first);
    const numbers = this.#known.numbers(first);
    if (numbers === undefined || first.dtype !== "int64" || elementCount(first.shape) !== numbers.length) return built;
    return [constant(BigInt64Array.from(numbers, BigInt), first.shape as number[])];
  }

  /** What the file says about the type of a value. */
  #type(name: string): DeclaredType {
    const proto = this.#declared.get(name);
    return { dtype: proto === undefined ? undefined : typeName(proto.type), shape: proto?.shape };
  }
}

function declareInput({ name, type, shape }: ValueProto): Value {
  const dtype = typeName(type);
  if (dtype === undefined) {
    throw new SyntaxError(`Cannot decode the model: input "${name}" has element type ${typeText(type)}`);
  }
  if (shape === undefined) {
    throw new TypeError(`Cannot decode the model: input "${name}" has no declared shape; give a value for it`);
  }
  return input(name, dtype, shape);
}

/** Checks a value that takes the place of an input. */
function checkFits({ name, type, shape }: ValueProto, value: Value, anyBatch: boolean): void {
  const free = (d: Dim, i: number) => typeof d === "string" || (anyBatch && i === 0 && d === 1);
  const fits = typeName(type) === value.dtype && (shape === undefined ||
    (shape.length === value.shape.length && shape.every((d, i) => free(d, i) || d === value.shape[i])));
  if (!fits) {
    throw new TypeError(
      `Cannot decode the model: input "${name}" is ${typeText(type)} ${shape === undefined ? "" : show(shape)}, ` +
        `the value given is ${value.dtype} ${show(value.shape)}`,
    );
  }
}
