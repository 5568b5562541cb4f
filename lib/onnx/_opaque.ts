/** Nodes that the graph language has no words for: they run as the file has them, but nothing is known about their insides. */
import { makeNode } from "./_node.ts";
import { nameOf, type NodeProto } from "./_model_proto.ts";
import type { TensorProto } from "./_tensor_proto.ts";
import type { Attribute, DataType, GradientRule, Node, Shape, Value } from "./types.ts";

/** Operator set that a kept node must be readable in; models are written for it. */
const WRITTEN_OPSET = 20;
/** From this operator set on, all forms but those of {@linkcode CHANGED} read the same in 20. */
const RECENT_OPSET = 18;

/** Operators whose form changed between 18 and 23 other than by more types and options, and when. */
const CHANGED: ReadonlyMap<string, number> = new Map([["GridSample", 20], ["GroupNormalization", 21]]);

/** The oldest operator set from which an operator's form reads the same in 20 (https://onnx.ai/onnx/operators/). */
const SAME_SINCE: ReadonlyMap<string, number> = new Map(Object.entries({
  ...since(7, "Add And Acos Asin Atan Cos Div Equal Greater Less Mul Or PRelu Pow Sin Sub Tan Xor"),
  ...since(
    7,
    "Abs AveragePool Ceil Conv ConvTranspose Elu Exp Floor GRU Gemm GlobalAveragePool GlobalMaxPool HardSigmoid",
  ),
  ...since(
    7,
    "Identity InstanceNormalization LRN LSTM LeakyRelu Log LpNormalization MatMul Neg Not RNN Reciprocal Relu Selu",
  ),
  ...since(7, "Shape Sigmoid Size Softplus Softsign SpaceToDepth Sqrt Tanh Tile Transpose Concat Gather"),
  ...since(8, "Expand Max Min Sum"),
  ...since(
    9,
    "Acosh Asinh Atanh Cast Compress ConstantOfShape Cosh Erf EyeLike Flatten IsNaN NonZero Shrink Sign Sinh Where",
  ),
  ...since(10, "IsInf MaxPool Mod Slice ThresholdedRelu"),
  ...since(
    11,
    "Clip CumSum DepthToSpace GatherElements GatherND LpPool OneHot Pad Range Round ScatterElements ScatterND",
  ),
  ...since(11, "TopK Unique"),
  ...since(12, "ArgMax ArgMin Celu Dropout Einsum GreaterOrEqual LessOrEqual"),
  ...since(13, "Hardmax LogSoftmax ReduceSum Resize Softmax Squeeze Unsqueeze"),
  ...since(14, "HardSwish Reshape Trilu"),
  ...since(15, "BatchNormalization"),
  ...since(16, "RoiAlign"),
  ...since(17, "LayerNormalization"),
}));

function since(opset: number, names: string): Record<string, number> {
  return Object.fromEntries(names.split(" ").map((name) => [name, opset]));
}

/** Operators whose result has the shape and type of their first operand. */
const SHAPE_KEEPING: ReadonlySet<string> = new Set(
  ("Acosh Asin Asinh Atanh Ceil Celu Cosh CumSum Elu Floor Hardmax LRN LpNormalization Mish Round Selu Shrink Sinh Softplus " +
    "Softsign Tan ThresholdedRelu Trilu").split(" "),
);

/** Type of a result as the file declares it; parts that it does not declare are undefined. */
export interface DeclaredType {
  /** Element type. */
  readonly dtype: DataType | undefined;
  /** Axis lengths. */
  readonly shape: Shape | undefined;
}

/** Throws a TypeError when a node of an older file would mean something else, or nothing, in the file we write. */
export function checkForm(node: NodeProto, opset: number, reason: string): void {
  if (node.op.startsWith("com.microsoft:")) return;
  const refuse = (why: string): never => {
    throw new TypeError(`Cannot decode the model: ${nameOf(node)} cannot be kept as it is: ${why} (${reason})`);
  };
  if (node.op.includes(":")) refuse("its operators' domain is not known");
  const changed = CHANGED.get(node.op);
  const same = changed !== undefined
    ? (opset >= changed) === (WRITTEN_OPSET >= changed)
    : opset >= Math.min(RECENT_OPSET, SAME_SINCE.get(node.op) ?? RECENT_OPSET);
  if (!same) {
    refuse(
      `its form in operator set ${opset} is not that of ${WRITTEN_OPSET}; export the model for operator set ${WRITTEN_OPSET}`,
    );
  }
}

/**
 * Keeps a node as it is.
 *
 * @param node The node as the file lists it.
 * @param inputs Its operands.
 * @param declared Types of its results, one an output.
 * @param toValue Makes an initialiser of a stored tensor.
 * @param reason Why the graph language has no words for it, for messages.
 * @throws {SyntaxError} If it has an attribute that cannot be written again.
 */
export function keepNode(
  node: NodeProto,
  inputs: readonly (Value | undefined)[],
  declared: readonly DeclaredType[],
  toValue: (tensor: TensorProto) => Value,
  reason: string,
): readonly Value[] {
  const attributes: Record<string, Attribute> = {};
  for (const [name, a] of node.attributes) {
    if ("unsupported" in a) {
      throw new SyntaxError(`Cannot decode the model: ${nameOf(node)} has a ${a.unsupported} attribute, ${name}`);
    }
    attributes[name] = "tensor" in a ? { tensor: toValue(a.tensor) } : a;
  }
  const rule: GradientRule = () => {
    throw new TypeError(`Cannot differentiate ${nameOf(node)} of the decoded model: ${reason}`);
  };
  const made = makeNode(node.op, inputs, [], attributes, rule);
  const outputs = made.outputs as Value[];
  node.outputs.forEach((name, i) => outputs.push(new KeptValue(name, made, node, declared[i]!, inputs[0])));
  return outputs;
}

/** Result of a kept node; asking for a type that the file does not declare is an error that names the node. */
class KeptValue implements Value {
  readonly name: string;
  readonly node: Node;
  readonly #declared: DeclaredType;
  readonly #like: Value | undefined;
  readonly #title: string;

  constructor(name: string, node: Node, proto: NodeProto, declared: DeclaredType, first: Value | undefined) {
    this.name = name;
    this.node = node;
    this.#declared = declared;
    this.#like = SHAPE_KEEPING.has(proto.op) ? first : undefined;
    this.#title = nameOf(proto);
  }

  get dtype(): DataType {
    return this.#like?.dtype ?? this.#declared.dtype ?? this.#unknown("element type");
  }

  get shape(): Shape {
    return this.#like?.shape ?? this.#declared.shape ?? this.#unknown("shape");
  }

  #unknown(what: string): never {
    throw new TypeError(
      `Cannot use "${this.name}", a result of ${this.#title}: the model does not declare its ${what}; ` +
        "run ONNX's shape inference on the file first",
    );
  }
}
