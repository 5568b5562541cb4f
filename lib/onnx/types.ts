/**
 * Types of the graph language: values, nodes and attributes of an ONNX graph in single static assignment form.
 *
 * The design follows Spox (https://github.com/Quantco/spox): graphs are never listed by hand; typed op functions return
 * values that remember the node that made them, and {@linkcode buildModel} finds the nodes by walking back from the outputs.
 *
 * @module
 */

/** Element types that the language knows; a subset of ONNX's TensorProto.DataType. */
export type DataType =
  | "float32"
  | "float64"
  | "float16"
  | "int64"
  | "int32"
  | "uint8"
  | "bool";

/** One axis length: a number, or a name such as `"N"` for a length known only when the model runs. */
export type Dim = number | string;

/** Lengths of all axes, outermost first; `[]` is a scalar. */
export type Shape = readonly Dim[];

/** Typed arrays that hold tensor elements in memory. */
export type TensorData =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Uint8Array
  | Uint16Array;

/** Where the bytes of an initialiser lie when they stay in their own file. */
export interface ExternalBytes {
  /** Path of the file that holds the bytes. */
  readonly file: string;
  /** Offset of the first element in bytes. */
  readonly offset: number;
  /** Length in bytes. */
  readonly byteLength: number;
}

/** Bytes of an initialiser: in memory (row-major), in a file, or computed from others when a session is made. */
export type TensorSource =
  | { readonly kind: "memory"; readonly data: TensorData }
  | ({ readonly kind: "file" } & ExternalBytes)
  | { readonly kind: "ahead"; readonly of: Value };

/** An attribute of a node; integers and floats are told apart by the wrapper. The value of a tensor is an initialiser. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly text: string }
  | { readonly tensor: Value };

/** One value of a graph: an input, an initialiser, or the output of a node. */
export interface Value {
  /** Element type. */
  readonly dtype: DataType;
  /** Axis lengths. */
  readonly shape: Shape;
  /** Given name; node outputs get one when the model is built. */
  readonly name?: string;
  /** The node that makes this value; absent for inputs and initialisers. */
  readonly node?: Node;
  /** Bytes of an initialiser. */
  readonly source?: TensorSource;
}

/** One operation of a graph. */
export interface Node {
  /** ONNX operator name, such as `"Conv"`. */
  readonly op: string;
  /** Operands; `undefined` stands for an optional operand that is left out. */
  readonly inputs: readonly (Value | undefined)[];
  /** Results. */
  readonly outputs: readonly Value[];
  /** Attributes by ONNX name. */
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Gradient rule of this node alone, used in place of its operator's rule in the table. */
  readonly rule?: GradientRule;
  /**
   * Values that {@linkcode Node.rule} passes gradients to in place of the operands: those that a whole group of nodes,
   * of which this is the last, was made of. The rule then speaks for the group.
   */
  readonly group?: readonly Value[];
}

/**
 * How a node passes gradients back: given the gradient of each output (undefined where none arrived), one function per
 * operand, or per value of its group, that builds its gradient when it is asked for; undefined for those that have none.
 */
export type GradientRule = (
  node: Node,
  gradients: readonly (Value | undefined)[],
) => readonly ((() => Value) | undefined)[];

/** A number where a float32 scalar is accepted. */
export type Operand = Value | number;
