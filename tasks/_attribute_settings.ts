/**
 * From the options of attribute operation to the settings that a recipe records.
 */
import { ATTRIBUTE_PRESETS, type AttributePresetName } from "@/attributes/mod.ts";
import { estimatorsFor, type ModelChoice, type RecipeAttributes } from "@/generation/mod.ts";
import type { GeneratorModel } from "@/networks/mod.ts";
import { type TaskArguments, UsageError } from "./_cli.ts";

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

/** Reads what both uses have in common. */
export function readAttributes(args: TaskArguments, model: GeneratorModel): RecipeAttributes<ModelChoice> {
  const preset = readPreset(args, model), { identity, quality, learningRate, cap } = ATTRIBUTE_PRESETS[preset];
  const threshold = readAboveZero(args, "id-threshold", 2) ?? identity.threshold;
  const names = estimatorsFor(model);
  return {
    preset,
    iterations: args.optionalInteger("iterations", { min: 1, max: 1_000_000 }) ?? cap,
    learningRate: readAboveZero(args, "lr") ?? learningRate,
    identity: {
      ...identity,
      threshold,
      hinge: Math.min(identity.hinge, threshold),
      model: { name: names.identity, weights: args.optionalText("fr-weights") },
    },
    quality: {
      ...quality,
      target: args.optionalNumber("image-quality", { min: 0 }) ?? quality.target,
      model: { name: names.quality, weights: args.optionalText("quality-weights") },
    },
  };
}

/** The same settings, with the files of this call in the place of those that a recipe was made with. */
export function withFiles<Part extends RecipeAttributes<ModelChoice>>(args: TaskArguments, part: Part): Part {
  const chosen = (name: string, flag: string): ModelChoice => ({ name, weights: args.optionalText(flag) });
  return {
    ...part,
    identity: { ...part.identity, model: chosen(part.identity.model.name, "fr-weights") },
    quality: { ...part.quality, model: chosen(part.quality.model.name, "quality-weights") },
  };
}
