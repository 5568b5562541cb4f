/** An ONNX file as a function of images, for whatever is read off its outputs; tried and differentiated when it is made. */
import * as op from "@/onnx/mod.ts";
import type { DecodedModel, KeptNode, Value } from "@/onnx/mod.ts";
import { type EstimatorInput, estimatorInput } from "./estimator_input.ts";

/** How an ONNX file is opened and fed. */
export interface OnnxNetworkOptions extends EstimatorInput {
  /** Folder of the weights that lie outside the file. @default {the file's own folder, when a path is given} */
  readonly directory?: string;
}

/** What is wanted of a file. */
export interface OnnxUse<Result> {
  /** What it is to be, for messages: "an estimator". */
  readonly as: string;
  /** Makes the result of the outputs. */
  read(outputs: ReadonlyMap<string, Value>): Result;
  /** The numbers in a result, each to be [N]. */
  numbers(result: Result): readonly Value[];
}

/** Says why a file cannot serve. */
export class OnnxRefusal extends TypeError {}

/** A size of images to try a model with before the generator is known. */
const TRIAL_SIZE = 112;

/** Makes a function of a file; throws as {@linkcode onnxEstimator} does. */
export function onnxNetwork<Result>(
  source: string | Uint8Array,
  options: OnnxNetworkOptions,
  use: OnnxUse<Result>,
): (image: Value) => Result {
  const name = typeof source === "string" ? source : "the ONNX model";
  const refused = (why: string, cause?: unknown) =>
    new OnnxRefusal(`Cannot use ${name} as ${use.as}: ${why}`, { cause });
  const { network, kept } = networkOf(source, options, use, refused);
  const trial = op.input("image", "float32", ["N", 3, TRIAL_SIZE, TRIAL_SIZE]);
  let numbers: readonly Value[];
  try {
    numbers = use.numbers(network(trial));
    op.gradients(numbers.map((number) => op.reduceSum(number)).reduce((a, b) => op.add(a, b)), [trial]);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const why = cause instanceof OnnxRefusal ? cause.message : refused(cause.message).message;
    // Where the first operator outside the table hides the shapes of those after it, the message names a later one.
    const [first] = kept();
    throw new TypeError(first === undefined ? why : `${why}; the first operator outside the table is ${first.node}`, {
      cause,
    });
  }
  for (const { shape } of numbers) {
    if (shape.length === 1 && shape[0] === trial.shape[0]) continue;
    throw refused(`it gives [${shape}] for images [${trial.shape}], expected one number an image`);
  }
  return network;
}

interface Found<Result> {
  readonly network: (image: Value) => Result;
  /** Nodes without a gradient, as of the last time that it was built. */
  readonly kept: () => readonly KeptNode[];
}

function networkOf<Result>(
  source: string | Uint8Array,
  options: OnnxNetworkOptions,
  use: OnnxUse<Result>,
  refused: (why: string, cause?: unknown) => OnnxRefusal,
): Found<Result> {
  const place = options.directory === undefined ? {} : { directory: options.directory };
  const free = decoded(source, place, use.as);
  const inputs = [...free.inputs];
  const [key, declared] = inputs[0] ?? [];
  if (key === undefined || declared === undefined || inputs.length !== 1) {
    throw refused(`it has ${inputs.length} inputs (${inputs.map(([k]) => k).join(", ")}), expected images alone`);
  }
  const { shape, dtype } = declared;
  if (shape.length !== 4 || !dtype.startsWith("float")) {
    throw refused(`its input "${key}" is ${dtype} [${shape}], expected images of float numbers, [N,3,H,W]`);
  }
  if (typeof shape[0] === "number" && shape[0] !== 1) {
    throw refused(`its input "${key}" is [${shape}] with a fixed batch length; export it with a free one`);
  }
  const channelsLast = shape[3] === 3 && shape[1] !== 3;
  const [height, width] = channelsLast ? shape.slice(1, 3) : shape.slice(2);
  const fixedSize = typeof height === "number" && typeof width === "number" ? [height, width] as const : undefined;
  const size = options.size ?? fixedSize;
  let { kept } = free;
  const network = (image: Value): Result => {
    let x = estimatorInput(image, size === undefined ? options : { ...options, size });
    if (channelsLast) x = op.transpose(x, [0, 2, 3, 1]);
    let made: DecodedModel;
    try {
      made = op.decodeModel(source, { ...place, inputs: { [key]: op.cast(x, dtype) }, anyBatch: true });
    } catch (cause) {
      throw cause instanceof TypeError ? refused(cause.message, cause) : cause;
    }
    kept = made.kept;
    try {
      return use.read(made.outputs);
    } catch (cause) {
      throw cause instanceof OnnxRefusal ? refused(cause.message) : cause;
    }
  };
  return { network, kept: () => kept };
}

/** Decodes a model; says which file is none. */
function decoded(source: string | Uint8Array, place: { readonly directory?: string }, as: string): DecodedModel {
  try {
    return op.decodeModel(source, place);
  } catch (cause) {
    if (!(cause instanceof SyntaxError) || typeof source !== "string") throw cause;
    throw new SyntaxError(`Cannot use ${source} as ${as}: ${cause.message}`, { cause });
  }
}
