/**
 * From the options of attribute operation to the settings that a recipe records.
 */
import { ATTRIBUTE_PRESETS, type AttributePresetName } from "@/attributes/mod.ts";
import { estimatorsFor, type ModelChoice, type RecipeAttributes, type RecipeFile } from "@/generation/mod.ts";
import type { GeneratorModel } from "@/networks/mod.ts";
import { type TaskArguments, UsageError } from "./_cli.ts";
import { onnxOfRecipe } from "./_onnx_options.ts";

/** The preset that was asked for, or the one that suits the generator. */
export function readPreset(args: TaskArguments, model: GeneratorModel): AttributePresetName {
  if (!args.given("attrop-preset")) return model === "mini" ? "mini" : "vec2face";
  return args.choice("attrop-preset", Object.keys(ATTRIBUTE_PRESETS) as AttributePresetName[]);
}

/** A number above 0, or undefined when it is not given. */
export function readAboveZero(args: TaskArguments, flag: string, max = Infinity): number | undefined {
  const value = args.optionalNumber(flag, { min: 0, max });
  if (value === 0) throw new UsageError(`Cannot read --${flag}: expected a number above 0, got "${args.text(flag)}"`);
  return value;
}

type Quality = RecipeAttributes<ModelChoice>["quality"];

/** Quality as it is asked for: by the network of the catalogue, or by a model of one's own, of which no number is known. */
function readQuality(
  args: TaskArguments,
  { weight, ...usual }: Omit<Quality, "model">,
  name: string,
  own: ModelChoice | undefined,
): Quality {
  const target = args.optionalNumber("image-quality", { min: own === undefined ? 0 : -Infinity });
  const threshold = readAboveZero(args, "quality-threshold");
  if (own === undefined) {
    const model = { name, weights: args.optionalText("quality-weights") };
    return { weight, threshold: threshold ?? usual.threshold, target: target ?? usual.target, model };
  }
  if (target === undefined || threshold === undefined) {
    throw new UsageError(
      "Cannot start: --quality-onnx has a scale of its own; say what to reach by --image-quality and how far from it an " +
        "image may be by --quality-threshold",
    );
  }
  // One threshold short costs what it costs on the preset's own scale.
  return { weight: weight * usual.threshold / threshold, threshold, target, model: own };
}

/**
 * Reads what both uses have in common; `own` is a quality estimator in the place of the catalogue's, `turned` says that a pose is asked for.
 */
export function readAttributes(
  args: TaskArguments,
  model: GeneratorModel,
  own?: ModelChoice,
  turned = false,
): RecipeAttributes<ModelChoice> {
  const preset = readPreset(args, model), settings = ATTRIBUTE_PRESETS[preset];
  const { identity, quality, learningRate } = settings;
  const usual = (turned ? settings.turned : undefined) ?? { cap: settings.cap, ...identity };
  const threshold = readAboveZero(args, "id-threshold", 2) ?? usual.threshold;
  const names = estimatorsFor(model);
  return {
    preset,
    iterations: args.optionalInteger("iterations", { min: 1, max: 1_000_000 }) ?? usual.cap,
    learningRate: readAboveZero(args, "lr") ?? learningRate,
    identity: {
      ...identity,
      threshold,
      hinge: Math.min(usual.hinge, threshold),
      model: { name: names.identity, weights: args.optionalText("fr-weights") },
    },
    quality: readQuality(args, quality, names.quality, own),
  };
}

/** The same settings, with the files of this call in the place of those that a recipe was made with. */
export function withFiles<Part extends RecipeAttributes<ModelChoice & RecipeFile>>(
  args: TaskArguments,
  part: Part,
): Part {
  const chosen = (name: string, flag: string): ModelChoice => ({ name, weights: args.optionalText(flag) });
  return {
    ...part,
    identity: { ...part.identity, model: chosen(part.identity.model.name, "fr-weights") },
    quality: {
      ...part.quality,
      model: onnxOfRecipe(args, "quality", part.quality.model) ?? chosen(part.quality.model.name, "quality-weights"),
    },
  };
}
