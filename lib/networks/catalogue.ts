/**
 * The models this project knows: their shapes, and where their weights lie by default.
 *
 * Published weights are those of https://huggingface.co/BooBooWu/Vec2Face (MIT); "mini" is trained by this project and shipped.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { type IResNetConfig, iresnetConfig } from "./iresnet.ts";
import { type LandmarkEstimatorConfig, landmarkEstimatorConfig, type LandmarkModel } from "./landmark_estimator.ts";
import { type PoseEstimatorConfig, poseEstimatorConfig, type PoseModel } from "./pose_estimator.ts";
import { type GeneratorModel, type Vec2FaceConfig, vec2faceConfig } from "./vec2face_config.ts";

/** Names of recognition models. */
export type RecogniserModel =
  | "mini"
  | "mini-magface"
  | "arcface-r100"
  | "magface-r100"
  | "hsface10k"
  | "hsface20k"
  | "hsface100k"
  | "hsface200k"
  | "hsface300k";

/** One model of the catalogue. */
export interface CatalogueEntry<Config> {
  /** What it is, for listings. */
  readonly summary: string;
  /** Shape of the network. */
  readonly config: Config;
  /** Default path of its weights below the project's folder; absent where none are published. */
  readonly weights?: string;
  /** Keys that lead to its state dict in the checkpoint; absent where the file is the state dict. */
  readonly root?: string;
}

/** All models by kind and name. */
export interface ModelCatalogue {
  /** Identity vector to image. */
  readonly generators: Readonly<
    Record<GeneratorModel, CatalogueEntry<Vec2FaceConfig>>
  >;
  /** Image to identity vector. */
  readonly recognisers: Readonly<
    Record<RecogniserModel, CatalogueEntry<IResNetConfig>>
  >;
  /** Image to head pose. */
  readonly poseEstimators: Readonly<
    Record<PoseModel, CatalogueEntry<PoseEstimatorConfig>>
  >;
  /** Image to five points of a face. */
  readonly landmarkEstimators: Readonly<
    Record<LandmarkModel, CatalogueEntry<LandmarkEstimatorConfig>>
  >;
}

/** How messages call the kinds. */
const KIND_NAMES = {
  generators: "generators",
  recognisers: "recognisers",
  poseEstimators: "pose estimators",
  landmarkEstimators: "landmark estimators",
};

const ROOT = "model_vec2face";
const SE_50 = iresnetConfig(50, { squeezeExcitation: true });
const R100 = iresnetConfig(100);

function hsface(size: string): CatalogueEntry<IResNetConfig> {
  return {
    summary: `SE-IResNet-50 trained on HSFace${size}`,
    config: SE_50,
    weights: `fr_weights/hsface${size}.pth`,
  };
}

/** All models by kind and name. */
export const modelCatalogue: ModelCatalogue = {
  generators: {
    mini: {
      summary: "small generator of this project, for rendered heads",
      config: vec2faceConfig("mini"),
      weights: "data/mini/generator.safetensors",
    },
    base: {
      summary: "the published Vec2Face generator",
      config: vec2faceConfig("base"),
      weights: "weights/vec2face_generator.pth",
      root: ROOT,
    },
    large: {
      summary: "Vec2Face, large",
      config: vec2faceConfig("large"),
      root: ROOT,
    },
    huge: {
      summary: "Vec2Face, huge",
      config: vec2faceConfig("huge"),
      root: ROOT,
    },
  },
  recognisers: {
    mini: {
      summary: "small IResNet-18 of this project, for rendered heads",
      config: iresnetConfig(18, { quarter: true }),
      weights: "data/mini/recogniser.safetensors",
    },
    "mini-magface": {
      summary: "small IResNet-18 of this project, for rendered heads; the norm of its vectors tells quality",
      config: iresnetConfig(18, { quarter: true }),
      weights: "data/mini/magface.safetensors",
    },
    "arcface-r100": {
      summary: "ArcFace, IResNet-100, Glint360K",
      config: R100,
      weights: "weights/arcface-r100-glint360k.pth",
    },
    "magface-r100": {
      summary: "MagFace, IResNet-100, Glint360K; the norm of its vectors tells quality",
      config: R100,
      weights: "weights/magface-r100-glint360k.pth",
    },
    hsface10k: hsface("10k"),
    hsface20k: hsface("20k"),
    hsface100k: hsface("100k"),
    hsface200k: hsface("200k"),
    hsface300k: hsface("300k"),
  },
  poseEstimators: {
    mini: {
      summary: "small RepVGG of this project, for rendered heads",
      config: poseEstimatorConfig("mini"),
      weights: "data/mini/pose.safetensors",
    },
    "6drepnet": {
      summary: "6DRepNet, RepVGG-B1g2, trained on 300W-LP",
      config: poseEstimatorConfig("6drepnet"),
      weights: "weights/6DRepNet_300W_LP_AFLW2000.pth",
    },
  },
  landmarkEstimators: {
    mini: {
      summary: "small RepVGG of this project, for rendered heads; tells aligned faces from others",
      config: landmarkEstimatorConfig("mini"),
      weights: "data/mini/landmarks.safetensors",
    },
  },
};

/**
 * The shape of a recognition model.
 *
 * @param model Its name.
 * @returns The configuration; spread it to change a field.
 * @throws {RangeError} If there is no such model.
 *
 * @example The shipped model has a quarter of the usual widths
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import { recogniserConfig } from "@/networks/mod.ts";
 *
 * deepStrictEqual(recogniserConfig("mini").widths, [16, 32, 64, 128]);
 * ```
 */
export function recogniserConfig(model: RecogniserModel): IResNetConfig {
  return catalogueEntry("recognisers", model).config;
}

/**
 * Looks a model up.
 *
 * @param kind Kind of model.
 * @param model Its name, as it came from the user.
 * @returns Its entry.
 * @throws {RangeError} If there is no such model; the message lists those there are.
 *
 * @example Where the published generator is looked for
 * ```ts
 * import { strictEqual } from "node:assert/strict";
 * import { catalogueEntry } from "@/networks/mod.ts";
 *
 * strictEqual(catalogueEntry("generators", "base").root, "model_vec2face");
 * ```
 */
export function catalogueEntry<Kind extends keyof ModelCatalogue>(
  kind: Kind,
  model: string,
): ModelCatalogue[Kind][keyof ModelCatalogue[Kind]] {
  const models = modelCatalogue[kind];
  if (!Object.hasOwn(models, model)) {
    throw new RangeError(
      `Cannot find model "${model}": known ${KIND_NAMES[kind]} are ${Object.keys(models).join(", ")}`,
    );
  }
  return models[model as keyof typeof models];
}

/**
 * The file of a model's weights.
 *
 * Requires `--allow-read` permission.
 *
 * @param kind Kind of model.
 * @param model Its name.
 * @param weights Path given by the user; relative ones are relative to the working directory.
 * @returns An existing file: the given one, or the catalogue's below the project's folder.
 * @throws {RangeError} If there is no such model, or no weights of it are published and none were given.
 * @throws {Deno.errors.NotFound} If the file is not there; the message says how to get it.
 *
 * @example A missing file is named
 * ```ts
 * import { throws } from "node:assert/strict";
 * import { weightsPath } from "@/networks/mod.ts";
 *
 * throws(() => weightsPath("generators", "base", "absent.pth"), /absent\.pth/);
 * ```
 */
export function weightsPath(
  kind: keyof ModelCatalogue,
  model: string,
  weights?: string,
): string {
  const entry: CatalogueEntry<unknown> = catalogueEntry(kind, model);
  const path = weights ?? defaultPath(entry);
  if (path === undefined) {
    throw new RangeError(
      `Cannot load ${model}: no weights of it are published; give the path of your own checkpoint`,
    );
  }
  try {
    if (Deno.statSync(path).isFile) return path;
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    const remedy = weights !== undefined
      ? "check the path"
      : model.startsWith("mini")
      ? "it ships with the project: restore the file, or train it anew"
      : `fetch it with: deno task fetch ${entry.weights} --local-dir . (in the project's folder), or give the path of your copy`;
    throw new Deno.errors.NotFound(
      `Cannot load ${model}: weight file ${path} is not there; ${remedy}`,
      { cause },
    );
  }
  throw new TypeError(
    `Cannot load ${model}: ${path} is not a file; give the weight file itself`,
  );
}

function defaultPath({ weights }: CatalogueEntry<unknown>): string | undefined {
  if (weights === undefined) return undefined;
  return fileURLToPath(new URL(`../../${weights}`, import.meta.url));
}
