/**
 * Any ONNX file as a pose estimator, see {@linkcode onnxEstimator}.
 *
 * @module
 */
import { anglesFromRotation, rotationFrom6d } from "@/networks/mod.ts";
import * as op from "@/onnx/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { onnxNetwork, type OnnxNetworkOptions, OnnxRefusal } from "./_onnx_network.ts";
import type { EstimatorInput } from "./estimator_input.ts";
import type { PoseAngle, PoseNetwork, PoseValues } from "./pose_objective.ts";
import { anglesOf, type PoseOutput } from "./pose_output.ts";

/** Options of {@linkcode onnxPoseNetwork}. */
export interface OnnxPoseOptions extends EstimatorInput {
  /** Where the angles are. @default {yaw, pitch and roll in degrees} */
  readonly angles?: PoseOutput;
  /** Folder of the weights that lie outside the file. @default {the file's own folder, when a path is given} */
  readonly directory?: string;
}

const USUAL: PoseOutput = {
  kind: "columns",
  columns: (["yaw", "pitch", "roll"] as const).map((angle) => ({ angle, sign: 1 })),
  radians: false,
};

/**
 * Makes a pose estimator of an ONNX file.
 *
 * Its input is as {@linkcode onnxEstimator} says. It is decoded and differentiated at once, so a model that cannot serve is
 * refused here. An angle that the model does not give is refused when it is asked for.
 *
 * Requires `--allow-read` permission when a path is given.
 *
 * @param source Path of the file, or its bytes.
 * @param options How its input is prepared, and where the angles are.
 * @returns Images to angles in degrees.
 * @throws {SyntaxError} If the bytes are no ONNX file.
 * @throws {TypeError} If its input or outputs do not fit, or an operator on the way has no gradient; the message names it.
 * @throws {RangeError} If the preparation of the input cannot work.
 *
 * @example Two angles of an image, by a model
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { onnxPoseNetwork, parsePoseOutput } from "@/attributes/mod.ts";
 *
 * const x = op.input("x", "float32", ["N", 3, 2, 2]);
 * const { bytes } = op.buildModel({ inputs: [x], outputs: { angles: op.reduceMean(x, [2, 3], false) } });
 * const network = onnxPoseNetwork(bytes, { range: [0, 30], angles: parsePoseOutput("pitch,_,-yaw") });
 * const { yaw, pitch } = network(op.full([1, 3, 2, 2], 0));
 * deepStrictEqual([[...(await op.compute(yaw)).data], [...(await op.compute(pitch)).data]], [[-15], [15]]);
 * ```
 */
export function onnxPoseNetwork(source: string | Uint8Array, options: OnnxPoseOptions = {}): PoseNetwork {
  const { angles = USUAL, ...opened } = options;
  const given = anglesOf(angles);
  const network = onnxNetwork(source, opened as OnnxNetworkOptions, {
    as: "a pose estimator",
    read: (outputs) => readAngles([...outputs.values()], angles),
    numbers: (found) => [...found.values()],
  });
  const name = typeof source === "string" ? source : "the ONNX model";
  return (image) => {
    const found = network(image);
    const value = (angle: PoseAngle): Value => {
      const there = found.get(angle);
      if (there === undefined) throw new TypeError(`Cannot tell ${angle}: ${name} gives ${given.join(" and ")}`);
      return there;
    };
    return {
      get yaw() {
        return value("yaw");
      },
      get pitch() {
        return value("pitch");
      },
      get roll() {
        return value("roll");
      },
    } satisfies PoseValues;
  };
}

function readAngles(outputs: readonly Value[], where: PoseOutput): ReadonlyMap<PoseAngle, Value> {
  const floats = outputs.map((value) => value.dtype === "float32" ? value : op.cast(value, "float32"));
  if (where.kind !== "columns") {
    return new Map(Object.entries(fromRotation(floats, where.kind)) as [PoseAngle, Value][]);
  }
  const { columns, radians } = where, found = new Map<PoseAngle, Value>();
  numbersOf(floats, columns.length).forEach((number, i) => {
    const column = columns[i];
    if (column === undefined) return;
    const factor = column.sign * (radians ? 180 / Math.PI : 1);
    found.set(column.angle, factor === 1 ? number : op.mul(number, factor));
  });
  return found;
}

function fromRotation(outputs: readonly Value[], kind: "matrix" | "6d"): PoseValues {
  const [first] = outputs, length = lengthOf(first!);
  if (length !== (kind === "6d" ? 6 : 9)) {
    throw new OnnxRefusal(`its output is [${first!.shape}], expected ${kind === "6d" ? "[N,6]" : "[N,3,3] or [N,9]"}`);
  }
  const batch = first!.shape[0]!;
  const { yaw, pitch, roll } = anglesFromRotation(
    kind === "6d" ? rotationFrom6d(op.reshape(first!, [batch, 6])) : op.reshape(first!, [batch, 3, 3]),
  );
  return { yaw, pitch, roll };
}

/** `count` numbers [N]: the columns of one output, or an output each. */
function numbersOf(outputs: readonly Value[], count: number): readonly Value[] {
  const [first] = outputs;
  if (lengthOf(first!) === count) {
    const flat = op.reshape(first!, [first!.shape[0]!, count]); // N,count
    return op.split(flat, Array(count).fill(1), 1).map((column) => op.squeeze(column, [1]));
  }
  if (outputs.length >= count && outputs.slice(0, count).every((value) => lengthOf(value) === 1)) {
    return outputs.slice(0, count).map((value) => op.reshape(value, [value.shape[0]!]));
  }
  const shapes = outputs.map(({ shape }) => `[${shape}]`).join(", ");
  throw new OnnxRefusal(`its outputs are ${shapes}, expected [N,${count}] or ${count} outputs of one number an image`);
}

/** Numbers an image in an output; NaN where that is not known. */
function lengthOf({ shape }: Value): number {
  return shape.length === 0 ? NaN : shape.slice(1).reduce<number>((product, dim) => product * Number(dim), 1);
}
