/**
 * Recognition networks as graph functions: images to features.
 *
 * @module
 */
import {
  catalogueEntry,
  iresnet,
  type IResNetConfig,
  type Parameters,
  type RecogniserModel,
  storedParameters,
  weightsPath,
} from "@/networks/mod.ts";
import type { Value } from "@/onnx/mod.ts";
import { openWeights } from "@/weights/mod.ts";

/** Images [N,3,H,W], RGB in -1..1, to features [N,D] of natural norm. */
export type FeatureNetwork = (image: Value) => Value;

/** Options of {@linkcode loadFeatureNetwork}. */
export interface FeatureNetworkOptions {
  /** Weight file (.pth, .safetensors); the catalogue's by default. */
  readonly weights?: string | undefined;
  /** Another shape than the catalogue's. */
  readonly config?: IResNetConfig | undefined;
  /**
   * Compute wide convolutions from factors of their weights, made when the session is: on a processor an IResNet-100 and its gradient take
   * two thirds of the time for 1.5 GB of memory. Losses are the same up to rounding; the gradient differs by about 1 %, because rounding
   * decides on which side of its kink a PReLU is. Of no use on other devices, and of no effect on narrow networks such as `mini`.
   *
   * @default {false}
   */
  readonly bulk?: boolean | undefined;
}

/**
 * Makes a function of an IResNet, for the recogniser and for quality.
 *
 * @param config Shape of the network.
 * @param params Its parameters: stored or arrays; they are constants of the graph, no gradient of them is computed.
 * @param options `bulk` as in {@linkcode FeatureNetworkOptions}.
 * @returns Images to features.
 *
 * @example Features of 112x112 pixels
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 * import { inputParameters, iresnetConfig } from "@/networks/mod.ts";
 * import { featureNetwork } from "@/attributes/mod.ts";
 *
 * const network = featureNetwork(iresnetConfig(18, { quarter: true }), inputParameters());
 * deepStrictEqual(network(op.input("image", "float32", ["N", 3, 112, 112])).shape, ["N", 512]);
 * ```
 */
export function featureNetwork(
  config: IResNetConfig,
  params: Parameters,
  { bulk = false }: Pick<FeatureNetworkOptions, "bulk"> = {},
): FeatureNetwork {
  return (image) => iresnet(config, params, image, { bulk }).features;
}

/**
 * Opens a recognition model of the catalogue as a function; its weights are used where they lie.
 *
 * Requires `--allow-read` permission.
 *
 * @param model Its name.
 * @param options Weight file and shape of your own.
 * @returns Images to features.
 * @throws {RangeError} If there is no such model.
 * @throws {Deno.errors.NotFound} If the weight file is not there.
 *
 * @example A missing file is named
 * ```ts
 * import { throws } from "node:assert/strict";
 * import { loadFeatureNetwork } from "@/attributes/mod.ts";
 *
 * throws(() => loadFeatureNetwork("magface-r100", { weights: "absent.pth" }), /absent\.pth/);
 * ```
 */
export function loadFeatureNetwork(model: RecogniserModel, options: FeatureNetworkOptions = {}): FeatureNetwork {
  const { config } = catalogueEntry("recognisers", model);
  const file = openWeights(weightsPath("recognisers", model, options.weights));
  return featureNetwork(options.config ?? config as IResNetConfig, storedParameters(file), options);
}
