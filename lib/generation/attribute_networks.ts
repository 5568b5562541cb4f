/**
 * The networks of attribute operation as a recipe names them: generator, recogniser, quality and pose estimator in one
 * session.
 */
import {
  type AttributeEvaluator,
  type AttributePreset,
  createAttributeSession,
  type FeatureNetwork,
  loadFaceDecoder,
  loadFeatureNetwork,
  loadPoseNetwork,
  onnxEstimator,
  onnxPoseNetwork,
  parseEstimatorInput,
  parsePoseOutput,
  parseScoreOutput,
  type PoseAngle,
  type PoseNetwork,
  type PresetNetworks,
  presetObjectives,
} from "@/attributes/mod.ts";
import type {
  GeneratorModel,
  IResNetConfig,
  PoseEstimatorConfig,
  PoseModel,
  RecogniserModel,
  Vec2FaceConfig,
} from "@/networks/mod.ts";
import type { Device } from "@/onnx/mod.ts";
import { type EstimatorFiles, ONNX_MODEL, type RecipeAttributes, type RecipeTargets } from "./attribute_recipe.ts";
import type { RecipeMask } from "./recipe.ts";

/** Networks that evaluate vectors, until they are released. */
export interface AttributeNetworks extends AttributeEvaluator {
  /** Gives the networks' memory back. */
  release(): Promise<void>;
}

/** Names in the catalogue of what measures the images of a generator. */
export interface EstimatorNames {
  /** The recogniser that the generator was trained with. */
  readonly identity: RecogniserModel;
  /** Quality, by the norm of its features. */
  readonly quality: RecogniserModel;
  /** Head pose. */
  readonly pose: PoseModel;
}

/**
 * Names what measures the images of a generator.
 *
 * @param model The generator.
 * @returns Names in the catalogue.
 *
 * @example The published ones
 * ```ts
 * import { estimatorsFor } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(estimatorsFor("base"), { identity: "arcface-r100", quality: "magface-r100", pose: "6drepnet" });
 * ```
 */
export function estimatorsFor(model: GeneratorModel): EstimatorNames {
  return model === "mini"
    ? { identity: "mini", quality: "mini-magface", pose: "mini" }
    : { identity: "arcface-r100", quality: "magface-r100", pose: "6drepnet" };
}

/** What {@link loadAttributeNetworks} loads. */
export interface AttributeNetworksOptions {
  /** The generator. */
  readonly model: GeneratorModel;
  /** Its weights. */
  readonly weights: string;
  /** Distribution of the masks. */
  readonly mask: RecipeMask;
  /** What is asked, and what measures it: the part of a recipe. */
  readonly attributes: RecipeAttributes | RecipeTargets;
  /** Paths of the weights of what measures. */
  readonly files: EstimatorFiles;
  /** Device to run on. @default {"cpu"} */
  readonly device?: Device | "auto";
  /** Threads inside one operation; 0 lets the runtime choose. @default {0} */
  readonly threads?: number;
  /**
   * Make wide recognisers ready for many iterations: with the published models an iteration takes 4/5 of the time for 2 GB more memory
   * ({@linkcode FeatureNetworkOptions}); on a processor only.
   *
   * @default {false}
   */
  readonly bulk?: boolean;
  /** Other shapes than the catalogue's, for weights of your own. */
  readonly configs?: {
    readonly generator?: Vec2FaceConfig;
    readonly identity?: IResNetConfig;
    readonly quality?: IResNetConfig;
    readonly pose?: PoseEstimatorConfig;
  };
}

/**
 * Loads generator and estimators with the gradient between them; their weights are used where they lie.
 *
 * Requires `--allow-read` and `--allow-ffi` permissions.
 *
 * @param options What to load, and where to run it.
 * @returns The networks; release them.
 * @throws {RangeError} When a weight or a threshold cannot work, or there is no such model.
 * @throws {TypeError} When a file belongs to another network.
 * @throws {Deno.errors.NotFound} When a file is not there.
 *
 * @example A missing file is named
 * ```ts
 * import { type AttributeNetworksOptions, loadAttributeNetworks } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const options = { model: "mini", weights: "absent.safetensors", mask: { min: 0.1 } } as AttributeNetworksOptions;
 * await assert.rejects(loadAttributeNetworks(options), /absent\.safetensors/);
 * ```
 */
export async function loadAttributeNetworks(options: AttributeNetworksOptions): Promise<AttributeNetworks> {
  const { model, weights, mask, attributes, device = "cpu", threads = 0, configs = {} } = options;
  const decoder = loadFaceDecoder(model, { weights, mask: { ...mask, tokens: 49 }, config: configs.generator });
  const { identity, quality } = attributes;
  const targets = "angles" in attributes ? attributes : undefined;
  const preset: AttributePreset = {
    learningRate: attributes.learningRate,
    cap: attributes.iterations,
    identity,
    quality,
    pose: targets?.pose ?? { weight: 1, threshold: Infinity },
  };
  const networks = {
    recognise: features(options, "identity"),
    ...qualityMeasure(options),
    pose: targets && poseMeasure(targets, options),
  };
  const angles = targets === undefined ? [] : (Object.keys(targets.angles) as PoseAngle[]);
  const objectives = presetObjectives(preset, networks, { angles, unsigned: targets?.pose.unsigned });
  return await createAttributeSession(decoder, objectives, { device, threads });
}

function features(
  { attributes, files, configs, device = "cpu", bulk = false }: AttributeNetworksOptions,
  objective: "identity" | "quality",
): FeatureNetwork {
  return loadFeatureNetwork(attributes[objective].model.name as RecogniserModel, {
    weights: files[objective],
    config: configs?.[objective],
    bulk: bulk && device === "cpu",
  });
}

/** Quality by the norm of a network of the catalogue, or by a file of one's own. */
function qualityMeasure(options: AttributeNetworksOptions): Pick<PresetNetworks, "quality" | "score"> {
  const { name, input, output = "number" } = options.attributes.quality.model;
  if (name !== ONNX_MODEL) return { quality: features(options, "quality") };
  const fed = input === undefined ? {} : parseEstimatorInput(input);
  return { score: onnxEstimator(options.files.quality!, { ...fed, ...parseScoreOutput(output) }) };
}

function poseMeasure({ pose }: RecipeTargets, { files, configs }: AttributeNetworksOptions): PoseNetwork {
  const { name, input, output } = pose.model;
  if (name !== ONNX_MODEL) {
    return loadPoseNetwork(name as PoseModel, { weights: files.pose, config: configs?.pose });
  }
  return onnxPoseNetwork(files.pose!, {
    ...(input === undefined ? {} : parseEstimatorInput(input)),
    ...(output === undefined ? {} : { angles: parsePoseOutput(output) }),
  });
}
