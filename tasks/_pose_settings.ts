/**
 * What `deno task generate:pose` takes, and how it becomes settings of a data set.
 */
import {
  type AngleSchedule,
  anglesOf,
  ATTRIBUTE_PRESETS,
  histogramSchedule,
  parseAngleSchedule,
  parsePoseOutput,
  type PoseAngle,
} from "@/attributes/mod.ts";
import { type DatasetJob, estimatorsFor } from "@/generation/mod.ts";
import type { GeneratorModel } from "@/networks/mod.ts";
import { readAboveZero, readAttributes, readPreset, withFiles } from "./_attribute_settings.ts";
import { type TaskArguments, type TaskSpec, UsageError } from "./_cli.ts";
import {
  ATTRIBUTE_OPTIONS,
  ESTIMATOR_OPTIONS,
  MEMORY_OPTION,
  OUTPUT_OPTIONS,
  PART_OPTIONS,
} from "./_generation_options.ts";
import { type AttributeSettings, type AttributeUse, prepareWith } from "./_generation_settings.ts";
import {
  ONNX_READING_FLAGS,
  onnxOfRecipe,
  POSE_ONNX_OPTIONS,
  QUALITY_ONNX_OPTIONS,
  readOnnx,
} from "./_onnx_options.ts";
import { DEVICE_OPTIONS, GENERATOR_OPTIONS, MASK_OPTIONS } from "./_options.ts";

const ANGLES: readonly PoseAngle[] = ["yaw", "pitch", "roll"];

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "generate:pose",
  summary: "Generates faces to targets of pose and quality: gradient descent on the vector until the face has them.",
  usage: "deno task generate:pose --yaw DEGREES [options]",
  options: [
    {
      flag: "pose",
      value: "DEGREES",
      help: "yaw to either side, as the reference asks for it",
      unit: "0..90",
    },
    { flag: "yaw", value: "DEGREES", help: "yaw; positive turns the face to the image's left", unit: "-180..180" },
    { flag: "pitch", value: "DEGREES", help: "pitch; positive looks up", unit: "-180..180" },
    { flag: "roll", value: "DEGREES", help: "roll; positive tilts clockwise in the image", unit: "-180..180" },
    ...ANGLES.map((angle) => ({
      flag: `${angle}-schedule`,
      value: "WHAT",
      help: `a ${angle} for each image: uniform:FROM:TO, or a histogram, FILE.json with "edges" and "counts" ` +
        "or of deno task poses --json",
    })),
    {
      flag: "pose-threshold",
      value: "DEGREES",
      help: "greatest error of each angle (default 5)",
    },
    ...ATTRIBUTE_OPTIONS,
    {
      flag: "rejected",
      value: "WHAT",
      default: "skip",
      help:
        "images that do not get there: skip (leave them out), or keep (the best so far); NAME.images.jsonl lists them",
    },
    ...ESTIMATOR_OPTIONS,
    {
      flag: "pose-weights",
      value: "FILE",
      help: "weights of the pose estimator; mini's or 6DRepNet's when left out",
    },
    ...QUALITY_ONNX_OPTIONS,
    ...POSE_ONNX_OPTIONS,
    {
      flag: "start-class-id",
      value: "N",
      default: 0,
      help: "label of the first identity",
    },
    ...GENERATOR_OPTIONS,
    ...OUTPUT_OPTIONS.map((option) => option.flag === "sigma" ? { ...option, default: "0.7" } : option),
    ...MASK_OPTIONS,
    ...DEVICE_OPTIONS,
    MEMORY_OPTION,
    ...PART_OPTIONS,
  ],
  examples: [
    "deno task generate:pose --pose 45 --image-quality 25 --model base --center-feature center_feature_examples.npy",
    "deno task generate:pose --yaw -30 --pitch 5 --id-threshold 0.5 --ids 20 --name left",
    "deno task generate:pose --yaw-schedule uniform:-60:60 --ids 20 --images 50 --name turning",
    "deno task generate:pose --yaw 30 --pose-onnx pose.onnx --pose-onnx-input bgr,0:1,224 --pose-onnx-output pitch,yaw,roll",
  ],
};

/** Options that a recipe says itself. */
const FLAGS = [
  ...["pose", "pose-threshold", "rejected", "start-class-id"],
  ...ANGLES.flatMap((angle) => [angle, `${angle}-schedule`]),
  ...ATTRIBUTE_OPTIONS.map(({ flag }) => flag),
  ...ONNX_READING_FLAGS.quality,
  ...ONNX_READING_FLAGS.pose,
];

/** A schedule as text, or a histogram in a file, which may be of all angles, as `deno task poses` writes it. */
function readSchedule(text: string, angle: PoseAngle): AngleSchedule {
  if (/^(uniform:|[+-]?[\d.])/.test(text) && !/\.json$/i.test(text)) return parseAngleSchedule(text);
  let json: unknown;
  try {
    json = JSON.parse(Deno.readTextFileSync(text));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw new UsageError(
        `Cannot read schedule "${text}": expected uniform:FROM:TO, degrees, or a file of a histogram, and there is no such file`,
        { cause },
      );
    }
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new SyntaxError(`Cannot read ${text}: it is not JSON`, { cause });
  }
  const { kind, [angle]: measured } = (json ?? {}) as Record<string, unknown>;
  if (kind !== "poses") return histogramSchedule(json, text);
  return histogramSchedule(
    (measured as Record<string, unknown> | null | undefined)?.["histogram"],
    `${angle} of ${text}`,
  );
}

function readAngle(args: TaskArguments, angle: PoseAngle): AngleSchedule | undefined {
  const given = [angle, `${angle}-schedule`, ...(angle === "yaw" ? ["pose"] : [])].filter((flag) => args.given(flag));
  if (given.length > 1) {
    throw new UsageError(`Cannot start: --${given[0]} and --${given[1]} exclude each other, both say the ${angle}`);
  }
  const pose = angle === "yaw" ? args.optionalNumber("pose", { min: 0, max: 90 }) : undefined;
  const degrees = pose ?? args.optionalNumber(angle, { min: -180, max: 180 });
  if (degrees !== undefined) return { kind: "constant", angle: degrees };
  const text = args.optionalText(`${angle}-schedule`);
  return text === undefined ? undefined : readSchedule(text, angle);
}

function readTargets(args: TaskArguments, model: GeneratorModel): AttributeSettings {
  const read = ANGLES.map((angle) => [angle, readAngle(args, angle)] as const);
  const angles = Object.fromEntries(read.filter(([, schedule]) => schedule !== undefined));
  if (Object.keys(angles).length === 0) {
    throw new UsageError(
      "Cannot start: no angle is asked for; give --yaw, --pitch, --roll, --pose, or a schedule of one",
    );
  }
  const { pose } = ATTRIBUTE_PRESETS[readPreset(args, model)], own = readOnnx(args, "pose");
  if (own !== undefined) {
    const there = anglesOf(parsePoseOutput(own.output!));
    const missing = ANGLES.find((angle) => angle in angles && !there.includes(angle));
    if (missing !== undefined) {
      throw new UsageError(
        `Cannot start: a ${missing} is asked for, and --pose-onnx-output ${own.output} says that the model gives none`,
      );
    }
  }
  return {
    firstLabel: args.integer("start-class-id", { min: 0, max: 0x7fffffff }),
    targets: {
      ...readAttributes(args, model, readOnnx(args, "quality"), true),
      rejected: args.choice("rejected", ["skip", "keep"]),
      pose: {
        weight: pose.weight,
        threshold: readAboveZero(args, "pose-threshold", 180) ?? pose.threshold,
        unsigned: args.given("pose"),
        model: own ?? { name: estimatorsFor(model).pose, weights: args.optionalText("pose-weights") },
      },
      angles,
    },
  };
}

const TARGETS: AttributeUse = {
  flags: FLAGS,
  fromOptions: readTargets,
  fromRecipe: (args, path, { targets, identities }) => {
    if (targets === undefined) {
      throw new UsageError(`Cannot follow ${path}: it asks for no pose; use deno task generate`);
    }
    const model = onnxOfRecipe(args, "pose", targets.pose.model) ??
      { name: targets.pose.model.name, weights: args.optionalText("pose-weights") };
    return {
      firstLabel: identities.firstLabel,
      targets: { ...withFiles(args, targets), pose: { ...targets.pose, model } },
    };
  },
};

/**
 * Checks everything that can be checked before the networks are loaded, and makes the plan.
 *
 * @param args Options of the call.
 * @param signal Stops the reading of large files.
 * @returns The job; close with `using`.
 */
export async function preparePoseJob(args: TaskArguments, signal: AbortSignal): Promise<DatasetJob> {
  return await prepareWith(args, TARGETS, signal);
}
