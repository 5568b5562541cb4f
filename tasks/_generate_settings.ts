/**
 * What `deno task generate` takes, and how it becomes settings of a data set.
 */
import type { DatasetJob, IdentityFile } from "@/generation/mod.ts";
import type { GeneratorModel } from "@/networks/mod.ts";
import { readAttributes, withFiles } from "./_attribute_settings.ts";
import { type TaskArguments, type TaskSpec, UsageError } from "./_cli.ts";
import {
  ATTRIBUTE_OPTIONS,
  ESTIMATOR_OPTIONS,
  MEMORY_OPTION,
  OUTPUT_OPTIONS,
  PART_OPTIONS,
} from "./_generation_options.ts";
import { type AttributeSettings, type AttributeUse, prepareWith } from "./_generation_settings.ts";
import { ONNX_READING_FLAGS, QUALITY_ONNX_OPTIONS, readOnnx } from "./_onnx_options.ts";
import { DEVICE_OPTIONS, GENERATOR_OPTIONS, MASK_OPTIONS } from "./_options.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "generate",
  summary:
    "Generates faces from ID vectors: a training set of any size that can be stopped and continued at any moment.",
  usage: "deno task generate [options]",
  options: [
    ...GENERATOR_OPTIONS,
    ...OUTPUT_OPTIONS,
    {
      flag: "attrop",
      help: "first refine each ID vector until its face has the identity and a good quality; see NAME.identities.jsonl",
    },
    {
      flag: "rejected",
      value: "WHAT",
      help: "identities that do not get there: replace (draw others), keep (the best so far), or skip (no images) " +
        "(default replace, or keep with --center-feature)",
    },
    {
      flag: "attempts",
      value: "N",
      help: "most vectors tried for an identity with --rejected replace (default 8)",
    },
    ...ATTRIBUTE_OPTIONS,
    ...ESTIMATOR_OPTIONS,
    ...QUALITY_ONNX_OPTIONS,
    ...MASK_OPTIONS,
    ...DEVICE_OPTIONS,
    MEMORY_OPTION,
    ...PART_OPTIONS,
  ],
  examples: [
    "deno task generate --ids 100 --images 20 --cosine 0.75 --name faces",
    "deno task generate --ids 100 --images 20 --attrop --name refined",
    "deno task generate --model base --center-feature center_feature_examples.npy --start-end 0:1000 --name HSFace",
  ],
};

const ATTEMPTS = 8;

/** Options that say how identities are refined. */
const REFINE_FLAGS = [
  ...["rejected", "attempts"],
  ...ATTRIBUTE_OPTIONS.map(({ flag }) => flag),
  ...ONNX_READING_FLAGS.quality,
];
const FILE_FLAGS = [...ESTIMATOR_OPTIONS.map(({ flag }) => flag), "quality-onnx", MEMORY_OPTION.flag];

function refuseWithout(args: TaskArguments, flags: readonly string[], what: string): void {
  const said = flags.find((flag) => args.given(flag));
  if (said !== undefined) throw new UsageError(`Cannot start: --${said} says how identities are refined; ${what}`);
}

function readRefinement(args: TaskArguments, model: GeneratorModel, { source }: IdentityFile): AttributeSettings {
  if (!args.flag("attrop")) {
    refuseWithout(args, [...REFINE_FLAGS, ...FILE_FLAGS], "give --attrop too");
    return {};
  }
  const usual = source === "gaussian" ? "replace" : "keep";
  const rejected = args.given("rejected") ? args.choice("rejected", ["replace", "keep", "skip"]) : usual;
  if (rejected === "replace" && source === "vectors") {
    throw new UsageError("Cannot replace identities: rows of --center-feature have no others; --rejected keep or skip");
  }
  if (rejected !== "replace" && args.given("attempts")) {
    throw new UsageError(`Cannot start: --attempts is for --rejected replace, and this call has ${rejected}`);
  }
  const attempts = rejected === "replace"
    ? args.optionalInteger("attempts", { min: 1, max: 1_000_000 }) ?? ATTEMPTS
    : 1;
  return { refinement: { ...readAttributes(args, model, readOnnx(args, "quality")), rejected, attempts } };
}

const REFINEMENT: AttributeUse = {
  flags: ["attrop", ...REFINE_FLAGS],
  fromOptions: readRefinement,
  fromRecipe: (args, path, { refinement, targets }) => {
    if (targets !== undefined) {
      throw new UsageError(`Cannot follow ${path}: its images are made to targets; use deno task generate:pose`);
    }
    if (refinement === undefined) refuseWithout(args, FILE_FLAGS, `${path} has none that are`);
    return refinement === undefined ? {} : { refinement: withFiles(args, refinement) };
  },
};

/**
 * Checks everything that can be checked before the network is loaded, and makes the plan.
 *
 * @param args Options of the call.
 * @param signal Stops the reading of large files.
 * @returns The job; close with `using`.
 */
export async function prepareJob(args: TaskArguments, signal: AbortSignal): Promise<DatasetJob> {
  return await prepareWith(args, REFINEMENT, signal);
}
