/**
 * The recogniser that turns images into features, and what its features are made of.
 */
import { basename } from "node:path";
import type { ImageEmbedder } from "@/datasets/mod.ts";
import { sha256File } from "@/generation/mod.ts";
import {
  catalogueEntry,
  type LoadRecogniserOptions,
  modelCatalogue,
  type RecogniserModel,
  weightsPath,
} from "@/networks/mod.ts";
import type { TaskArguments, TaskOption } from "./_cli.ts";
import { modelWeights } from "./_hub.ts";
import { DEVICE_OPTIONS, readDevice } from "./_options.ts";

/** Which recogniser, and where it runs. */
export const RECOGNISER_OPTIONS: readonly TaskOption[] = [
  {
    flag: "model",
    value: "NAME",
    default: "mini",
    help: `recogniser: ${Object.keys(modelCatalogue.recognisers).join(", ")}`,
  },
  {
    flag: "weights",
    value: "FILE",
    help: "its weights, .pth or .safetensors; the model's own when left out",
    alias: ["model-weights"],
  },
  {
    flag: "less-memory",
    help:
      "do not make wide recognisers ready for many images: opens at once, half the memory, two thirds of the speed on a processor",
  },
  { flag: "flip", help: "add the feature of the mirrored image, as verification does" },
  ...DEVICE_OPTIONS,
];

/** A recogniser that can be put away. */
export type LoadedRecogniser = ImageEmbedder & { release(): Promise<void> };

/** Loads the network; replaced in tests. */
export type RecogniserLoader = (options: LoadRecogniserOptions) => Promise<LoadedRecogniser>;

/** What features are made of: written beside them, and compared when a run goes on. */
export interface FeatureRecipe {
  readonly model: string;
  readonly weights: string;
  readonly sha256: string;
  readonly flip: boolean;
}

/** Reads the options, fetches published weights that are not here, checks the weights and hashes them; tasks without --flip pass it. */
export async function readRecogniser(
  args: TaskArguments,
  signal: AbortSignal,
  flip: boolean = args.flag("flip"),
): Promise<{ options: LoadRecogniserOptions; recipe: FeatureRecipe; batchSize: number; width: number }> {
  const name = args.text("model");
  const { config } = catalogueEntry("recognisers", name);
  const model = name as RecogniserModel;
  const given = await modelWeights("recognisers", model, args.optionalText("weights"), signal);
  const weights = weightsPath("recognisers", model, given);
  const device = readDevice(args);
  return {
    options: { ...device, model, weights, bulk: !args.flag("less-memory") },
    recipe: { model, weights: basename(weights), sha256: await sha256File(weights, signal), flip },
    batchSize: device.batchSize,
    width: (config as { features: number }).features,
  };
}
