/** Whether pictures that should be aligned faces are looked at, and by what. */
import { basename } from "node:path";
import { type RecipeFile, sha256File } from "@/generation/mod.ts";
import { faceInPlace, type LandmarkJudge, type Pixels } from "@/images/mod.ts";
import { loadLandmarkEstimator, type LoadLandmarkEstimatorOptions, weightsPath } from "@/networks/mod.ts";
import type { TaskArguments, TaskOption } from "./_cli.ts";

/** A landmark estimator that can be put away. */
export type LoadedJudge = LandmarkJudge & { release(): Promise<void> };

/** Loads the landmark estimator; replaced in tests. */
export type JudgeLoader = (options: LoadLandmarkEstimatorOptions) => Promise<LoadedJudge>;

/** Loads the bundled one. */
export const loadJudge: JudgeLoader = loadLandmarkEstimator;

/** The option. */
export const ALIGNMENT_OPTION: TaskOption = {
  flag: "alignment",
  value: "HOW",
  default: "check",
  help:
    "pictures that are no aligned faces by the bundled landmark estimator: check refuses them, trust takes all as they are",
};

/** Reads the option: the weights that decide, to be written beside vectors; undefined for trust, which `usual` can make the default. */
export async function readAlignment(
  args: TaskArguments,
  signal: AbortSignal,
  usual: "check" | "trust" = "check",
): Promise<RecipeFile | undefined> {
  const mode = args.given("alignment") ? args.choice("alignment", ["check", "trust"]) : usual;
  if (mode === "trust") return undefined;
  const weights = weightsPath("landmarkEstimators", "mini");
  return { file: basename(weights), sha256: await sha256File(weights, signal) };
}

/** Gives the face to embed; the reason against it as a SyntaxError. */
export function facePreparer(judge: LandmarkJudge): (image: Pixels) => Promise<Pixels> {
  return async (image) => {
    const { image: face, fault } = await faceInPlace(image, judge);
    if (fault !== undefined) throw new SyntaxError(fault);
    return face;
  };
}
