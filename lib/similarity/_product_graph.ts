/**
 * The graph of a block of cosines: one product, and in the same run the largest of each row, of each column and of groups of
 * them, and the bin of each cosine.
 *
 * The graph language has no integer products and no QuantizeLinear, so these nodes are written out here.
 */
import * as op from "@/onnx/mod.ts";
import type { Attribute, BuiltModel, DataType, Node, Shape, Value } from "@/onnx/mod.ts";

/** Elements in a group; block sides are multiples of it. */
export const GROUP = 32;
/** Width of a histogram bin. */
export const BIN_WIDTH = 0.01;
/** The bin of cosine 0; bin b holds cosines that round to (b - 100) / 100. */
export const MIDDLE_BIN = 100;
/** Number of bins, from -1 to 1. */
export const BINS = 201;
/** Added to masked cosines, which end in bin 0. */
export const MASKED = -16;

/** What the graph computes with, and what beside the products. */
export interface GraphOptions {
  readonly precision: "int8" | "float32";
  readonly width: number;
  /** Largest of each column and of groups of 32 in it. */
  readonly columns: boolean;
  /** The products themselves. */
  readonly scores: boolean;
  /** Bins. */
  readonly bins: boolean;
  /** An input that is added to the products. */
  readonly mask: boolean;
}

function node(
  name: string,
  inputs: readonly Value[],
  dtype: DataType,
  shape: Shape,
  attributes: Node["attributes"] = {},
): Value {
  const made: { -readonly [Key in keyof Node]: Node[Key] } = { op: name, inputs, attributes, outputs: [] };
  const value: Value = { dtype, shape, node: made };
  made.outputs = [value];
  return value;
}

const scalarByte = (x: number) => op.constant(Uint8Array.of(x), [], "uint8");
const INT8: Attribute = { int: 3 }; // TensorProto.DataType

/** Inputs `left` and `right` (and their scales, and `mask`); outputs by name. */
export function productGraph({ precision, width, columns, bins, mask, ...wanted }: GraphOptions): BuiltModel {
  const inputs: Value[] = [];
  let scores: Value;
  if (precision === "float32") {
    inputs.push(op.input("left", "float32", ["M", width]), op.input("right", "float32", ["N", width]));
    scores = op.gemm(inputs[0]!, inputs[1]!, { transB: true });
  } else {
    inputs.push(
      op.input("left", "uint8", ["M", width]),
      op.input("right", "uint8", [width, "N"]),
      op.input("leftScale", "float32", [1]),
      op.input("rightScale", "float32", ["N"]),
    );
    const [left, right, leftScale, rightScale] = inputs as [Value, Value, Value, Value];
    // A cast between bytes keeps their bits; the element type inside the graph is nowhere written.
    const signed = node("Cast", [right], "uint8", right.shape, { to: INT8 });
    const scale = op.reshape(leftScale, []);
    scores = node(
      "com.microsoft:MatMulIntegerToFloat",
      [left, signed, scale, rightScale, scalarByte(128)],
      "float32",
      ["M", "N"],
    );
  }
  if (mask) {
    inputs.push(op.input("mask", "float32", ["M", "N"]));
    scores = op.add(scores, inputs.at(-1)!);
  }
  const grouped = node("Reshape", [scores, op.ints([0, -1, GROUP])], "float32", ["M", "N/32", GROUP]);
  const rowGroups = op.reduceMax(grouped, [2], false);
  const outputs: Record<string, Value> = { rowGroups, rowMax: op.reduceMax(rowGroups, [1], false) };
  if (wanted.scores) outputs["scores"] = scores;
  if (columns) {
    const pooled = node("MaxPool", [op.unsqueeze(scores, [0, 1])], "float32", [1, 1, "M/32", "N"], {
      kernel_shape: { ints: [GROUP, 1] },
      strides: { ints: [GROUP, 1] },
    });
    outputs["columnGroups"] = op.squeeze(pooled, [0, 1]);
    outputs["columnMax"] = op.reduceMax(outputs["columnGroups"], [0], false);
  }
  if (bins) {
    outputs["bins"] = node(
      "QuantizeLinear",
      [scores, op.scalar(BIN_WIDTH), scalarByte(MIDDLE_BIN)],
      "uint8",
      ["M", "N"],
    );
  }
  return op.buildModel({ inputs, outputs, name: "products" });
}
