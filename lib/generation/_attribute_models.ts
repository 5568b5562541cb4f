/** The networks that measure attributes: where their files lie, and their hashes for the recipe. */
import { basename } from "node:path";
import { weightsPath } from "@/networks/mod.ts";
import type { EstimatorFiles, ModelChoice, RecipeRefinement, RecipeTargets } from "./attribute_recipe.ts";
import { sha256File } from "./file_hash.ts";

/** The parts of settings that name networks. */
interface Choices {
  readonly refinement?: RecipeRefinement<ModelChoice> | undefined;
  readonly targets?: RecipeTargets<ModelChoice> | undefined;
}

const KINDS = { identity: "recognisers", quality: "recognisers", pose: "poseEstimators" } as const;
const PARTS = ["refinement", "targets"] as const;

type Objective = keyof typeof KINDS;

/** The networks that a part names, by what they measure. */
function choicesOf(part: Choices[typeof PARTS[number]]): [Objective, ModelChoice][] {
  const named = (part ?? {}) as Partial<Record<Objective, { readonly model: ModelChoice }>>;
  return (Object.keys(KINDS) as Objective[]).flatMap((objective) => {
    const model = named[objective]?.model;
    return model === undefined ? [] : [[objective, model]];
  });
}

/** Finds the files; throws for one that is not there, before anything long is begun. */
export function locateModels(settings: Choices): EstimatorFiles {
  const found: Partial<Record<Objective, string>> = {};
  for (const part of PARTS) {
    for (const [objective, { name, weights }] of choicesOf(settings[part])) {
      found[objective] = weightsPath(KINDS[objective], name, weights);
    }
  }
  return found;
}

/** The parts as a recipe has them: names and hashes of files in the place of paths. */
export async function identifyModels(
  settings: Choices,
  files: EstimatorFiles,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  const hashes = new Map<string, string>();
  const parts: Record<string, unknown> = {};
  for (const part of PARTS) {
    if (settings[part] === undefined) continue;
    const identified: Record<string, unknown> = { ...settings[part] };
    for (const [objective, { name }] of choicesOf(settings[part])) {
      const path = files[objective]!;
      if (!hashes.has(path)) hashes.set(path, await sha256File(path, signal));
      const model = { name, file: basename(path), sha256: hashes.get(path) };
      identified[objective] = { ...settings[part]![objective as "identity"], model };
    }
    parts[part] = identified;
  }
  return parts;
}
