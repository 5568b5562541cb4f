/**
 * Options that several tasks share: the generator, where it runs, and the identities it decodes.
 */
import { type IdentityFile, locateIdentities } from "@/generation/mod.ts";
import { catalogueEntry, GENERATION_MASK, type GeneratorModel, modelCatalogue } from "@/networks/mod.ts";
import { type Device, parseDevice } from "@/onnx/mod.ts";
import type { TaskArguments, TaskOption } from "./_cli.ts";

/** The generator and its vectors. */
export const GENERATOR_OPTIONS: readonly TaskOption[] = [
  {
    flag: "model",
    value: "NAME",
    default: "mini",
    help: `generator: ${Object.keys(modelCatalogue.generators).join(", ")}`,
  },
  {
    flag: "weights",
    value: "FILE",
    help: "its weights, .pth or .safetensors; the model's own when left out",
    alias: ["model-weights"],
  },
  {
    flag: "center-feature",
    value: "FILE.npy",
    help: "ID vectors [N, 512], one row an identity, taken as they are",
  },
  {
    flag: "moments",
    value: "FILE.safetensors",
    help: "Gaussian to draw identities from; the model's own when left out",
  },
];

/** Where the generator runs. */
export const DEVICE_OPTIONS: readonly TaskOption[] = [
  {
    flag: "device",
    value: "NAME",
    default: "cpu",
    help: "where to run: cpu, cuda, webgpu, coreml, dml, or auto",
  },
  {
    flag: "threads",
    value: "N",
    default: 0,
    help: "threads inside one operation; 0 lets the runtime choose",
  },
  {
    flag: "batch-size",
    value: "N",
    default: 8,
    help: "images decoded together; changes speed, never images",
  },
];

/** How many tokens of the network are masked; names as in the reference. */
export const MASK_OPTIONS: readonly TaskOption[] = [
  {
    flag: "mask-ratio-min",
    value: "X",
    default: GENERATION_MASK.min,
    help: "least share of masked tokens",
    unit: "0..1",
  },
  {
    flag: "mask-ratio-max",
    value: "X",
    default: GENERATION_MASK.max,
    help: "greatest share",
    unit: "0..1",
  },
  {
    flag: "mask-ratio-mu",
    value: "X",
    default: GENERATION_MASK.mean,
    help: "mean before it is cut to least..greatest",
  },
  {
    flag: "mask-ratio-std",
    value: "X",
    default: GENERATION_MASK.sd,
    help: "standard deviation before it is cut",
  },
];

/** Reads the device options. */
export function readDevice(
  args: TaskArguments,
): { device: Device | "auto"; threads: number; batchSize: number } {
  return {
    device: parseDevice(args.text("device")),
    threads: args.integer("threads", { min: 0, max: 1024 }),
    batchSize: args.integer("batch-size", { min: 1, max: 4096 }),
  };
}

/** Reads the model's name. */
export function readModel(args: TaskArguments): GeneratorModel {
  const model = args.text("model");
  catalogueEntry("generators", model);
  return model as GeneratorModel;
}

/** Reads where identities come from. */
export function readIdentities(
  args: TaskArguments,
  model: string,
): IdentityFile {
  return locateIdentities({
    model,
    vectors: args.optionalText("center-feature"),
    moments: args.optionalText("moments"),
  });
}

/** Reads the masks' distribution. */
export function readMask(
  args: TaskArguments,
): { min: number; max: number; mean: number; sd: number } {
  return {
    min: args.number("mask-ratio-min", { min: 0, max: 1 }),
    max: args.number("mask-ratio-max", { min: 0, max: 1 }),
    mean: args.number("mask-ratio-mu"),
    sd: args.number("mask-ratio-std"),
  };
}
