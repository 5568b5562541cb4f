/** The networks that measure attributes: where their files lie, and their hashes for the recipe. */
import { basename } from "node:path";
import { onnxFiles } from "@/attributes/mod.ts";
import { weightsPath } from "@/networks/mod.ts";
import {
  type EstimatorFiles,
  type ModelChoice,
  ONNX_MODEL,
  type RecipeRefinement,
  type RecipeTargets,
} from "./attribute_recipe.ts";
import { sha256Files } from "./file_hash.ts";

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

/** The path of an ONNX file that is there. */
function onnxPath(path: string | undefined): string {
  if (path === undefined) throw new TypeError("Cannot load an ONNX model: its file is not given");
  try {
    Deno.statSync(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Deno.errors.NotFound(`Cannot load an ONNX model: ${path} is not there`, { cause });
  }
  return path;
}

/** Finds the files; throws for one that is not there, before anything long is begun. */
export function locateModels(settings: Choices): EstimatorFiles {
  const found: Partial<Record<Objective, string>> = {};
  for (const part of PARTS) {
    for (const [objective, { name, weights }] of choicesOf(settings[part])) {
      found[objective] = name === ONNX_MODEL ? onnxPath(weights) : weightsPath(KINDS[objective], name, weights);
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
    for (const [objective, { name, input, output }] of choicesOf(settings[part])) {
      const path = files[objective]!, own = name === ONNX_MODEL;
      if (!hashes.has(path)) hashes.set(path, await sha256Files(own ? onnxFiles(path) : [path], signal));
      const model = { name, file: basename(path), sha256: hashes.get(path), ...(own ? { input, output } : {}) };
      identified[objective] = { ...settings[part]![objective as "identity"], model };
    }
    parts[part] = identified;
  }
  return parts;
}
