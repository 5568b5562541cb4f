/**
 * Estimators of one's own: an ONNX file in the place of a network of the catalogue, and how it is fed and read.
 */
import {
  estimatorInputText,
  parseEstimatorInput,
  parsePoseOutput,
  parseScoreOutput,
  poseOutputText,
} from "@/attributes/mod.ts";
import { type ModelChoice, ONNX_MODEL } from "@/generation/mod.ts";
import { type TaskArguments, type TaskOption, UsageError } from "./_cli.ts";

/** What such a file can measure. */
export type OnnxUse = "quality" | "pose";

function options(use: OnnxUse, measures: string, output: string): TaskOption[] {
  return [
    {
      flag: `${use}-onnx`,
      value: "FILE",
      help: `an ONNX model that ${measures}, in the place of --${use}-weights; it is differentiated here`,
    },
    {
      flag: `${use}-onnx-input`,
      value: "LIST",
      help: "what it is fed: rgb or bgr, BLACK:WHITE, SIZE or HEIGHTxWIDTH, mean=A/B/C, std=A/B/C " +
        "(default rgb,-1:1 at the size that the file says)",
    },
    { flag: `${use}-onnx-output`, value: "WHAT", help: output },
  ];
}

/** A quality estimator of one's own. */
export const QUALITY_ONNX_OPTIONS: readonly TaskOption[] = options(
  "quality",
  "tells quality, more being better",
  "what counts of its output: number (there is only one), norm (length of features), or a column from 0 (default number)",
);

/** A pose estimator of one's own. */
export const POSE_ONNX_OPTIONS: readonly TaskOption[] = options(
  "pose",
  "tells angles",
  "its columns or outputs, such as yaw,pitch,roll, with _ for others, - before an angle with the other sign " +
    "(--pose-onnx-output=-yaw,pitch), radians last; or matrix or 6d, a rotation as 6DRepNet's (default yaw,pitch,roll)",
);

/** Options that say how the file is used; a recipe says them itself. */
export const ONNX_READING_FLAGS: Readonly<Record<OnnxUse, readonly string[]>> = {
  quality: ["quality-onnx-input", "quality-onnx-output"],
  pose: ["pose-onnx-input", "pose-onnx-output"],
};

/** The file of a call; throws when the weights of the network in its place are given too. */
function readFile(args: TaskArguments, use: OnnxUse): string | undefined {
  const path = args.optionalText(`${use}-onnx`);
  if (path !== undefined && args.given(`${use}-weights`)) {
    throw new UsageError(`Cannot start: --${use}-onnx and --${use}-weights exclude each other, both measure ${use}`);
  }
  return path;
}

/**
 * Reads the model that a call gives for a use.
 *
 * @param args Options of the call.
 * @param use What it measures.
 * @returns The model, or undefined when none is given.
 * @throws {UsageError} When other options of the call exclude it, or say how it is used and it is not given.
 * @throws {SyntaxError} When the way it is used cannot be read.
 */
export function readOnnx(args: TaskArguments, use: OnnxUse): ModelChoice | undefined {
  const weights = readFile(args, use);
  if (weights === undefined) {
    const said = ONNX_READING_FLAGS[use].find((flag) => args.given(flag));
    if (said !== undefined) {
      throw new UsageError(`Cannot start: --${said} says how --${use}-onnx is used; give that too`);
    }
    return undefined;
  }
  const input = estimatorInputText(parseEstimatorInput(args.optionalText(`${use}-onnx-input`) ?? "rgb"));
  const output = args.optionalText(`${use}-onnx-output`);
  if (use === "pose") {
    return { name: ONNX_MODEL, weights, input, output: poseOutputText(parsePoseOutput(output ?? "yaw,pitch,roll")) };
  }
  parseScoreOutput(output ?? "number");
  return { name: ONNX_MODEL, weights, input, output: output ?? "number" };
}

/**
 * The model of a recipe with the file of this call.
 *
 * @param args Options of the call.
 * @param use What it measures.
 * @param model The recipe's model.
 * @returns The model, or undefined when the recipe has none of one's own.
 * @throws {UsageError} When the recipe was made with such a file and none is given, or the other way round.
 */
export function onnxOfRecipe(args: TaskArguments, use: OnnxUse, model: ModelChoice & { readonly file: string }) {
  const weights = readFile(args, use), own = model.name === ONNX_MODEL;
  if (own === (weights !== undefined)) {
    const { name, input, output } = model;
    return own ? { name, weights, input, output } : undefined;
  }
  throw new UsageError(
    own
      ? `Cannot start: the recipe measures ${use} with ${model.file}; give it by --${use}-onnx`
      : `Cannot start: --${use}-onnx cannot be given, the recipe measures ${use} with ${model.name}`,
  );
}
