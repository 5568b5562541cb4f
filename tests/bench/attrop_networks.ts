/** The networks that `deno task bench:attrop` times: their shapes, and files of random weights. */
import {
  type FaceDecoder,
  faceDecoder,
  type FeatureNetwork,
  featureNetwork,
  type PoseNetwork,
  poseNetwork,
} from "@/attributes/mod.ts";
import {
  initialise,
  type IResNetConfig,
  iresnetSpecs,
  type ParameterSpec,
  type PoseEstimatorConfig,
  poseEstimatorSpecs,
  recogniserConfig,
  repvggConfig,
  storedParameters,
  type Vec2FaceConfig,
  vec2faceConfig,
  vec2faceSpecs,
} from "@/networks/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import { openWeights, writeSafetensors } from "@/weights/mod.ts";
import { join } from "node:path";

/** Shapes of the four networks. */
export interface AttropConfigs {
  readonly generator: Vec2FaceConfig;
  readonly identity: IResNetConfig;
  readonly quality: IResNetConfig;
  readonly pose: PoseEstimatorConfig;
}

/** Files of their weights. */
export type AttropFiles = Readonly<Record<keyof AttropConfigs, string>>;

const tinyFeatures: IResNetConfig = {
  ...{ layers: [1, 1, 1, 1], widths: [16, 16, 16, 16], stem: 16, squeezeExcitation: 0 },
  ...{ features: 64, inputSize: 112 },
};
const bgr = { input: "bgr01", inputSize: 112 } as const;

/** By name: `tiny` to try the benchmark, this project's `mini`, and the published sizes. */
export const ATTROP_SIZES: Readonly<Record<string, AttropConfigs>> = {
  tiny: {
    generator: {
      ...vec2faceConfig("mini"),
      ...{ vectorSize: 64, width: 32, encoderBlocks: 1, decoderBlocks: 1 },
      image: { inputs: 16, channels: 16, multipliers: [1, 1, 1, 1, 2], resBlocks: 1, groups: 4 },
    },
    identity: tinyFeatures,
    quality: tinyFeatures,
    pose: {
      backbone: { blocks: [1, 1, 2, 1], widths: [16, 16, 16, 16, 32], groups: 2, squeezeExcitation: false },
      ...bgr,
    },
  },
  mini: {
    generator: vec2faceConfig("mini"),
    identity: recogniserConfig("mini"),
    quality: recogniserConfig("mini"),
    // Fed as 6DRepNet is, so that both sides of the benchmark do the same.
    pose: {
      backbone: { blocks: [1, 3, 3, 1], widths: [16, 32, 48, 96, 256], groups: 1, squeezeExcitation: false },
      ...bgr,
    },
  },
  published: {
    generator: vec2faceConfig("base"),
    identity: recogniserConfig("arcface-r100"),
    quality: recogniserConfig("magface-r100"),
    pose: { backbone: repvggConfig("B1g2"), ...bgr },
  },
};

/** Standard deviation of an IResNet's first kernels. */
const KERNEL_DEVIATION = 0.1;
/** Gain of what a residual block adds: without it, random blocks would double the numbers from block to block. */
const BLOCK_GAIN = 0.25;
/** Gain of the last layer of the pose estimator, so that random networks tell heads apart. */
const POSE_GAIN = 3;

/** Factor of the first values of a parameter. */
type Gain = (name: string, shape: readonly number[]) => number;

function write(path: string, specs: readonly ParameterSpec[], seed: number, gain: Gain): string {
  const values = initialise(specs, new RandomStream(seed, "bench weights"));
  writeSafetensors(
    path,
    specs.map(({ name, shape }) => {
      const factor = gain(name, shape), data = values.get(name)!;
      if (factor !== 1) data.forEach((x, i) => data[i] = x * factor);
      return { name, shape, dtype: "float32" as const, data };
    }),
  );
  return path;
}

/**
 * Writes random weights.
 *
 * @param folder Where to; at published size they take 1.4 GB.
 * @param configs Shapes.
 */
export function writeNetworks(folder: string, configs: AttropConfigs): AttropFiles {
  // An IResNet's kernels are first drawn with one deviation whatever they sum over; that only does with batch statistics.
  const blocks: Gain = (name, shape) => {
    if (shape.length === 4) return 1 / (KERNEL_DEVIATION * Math.sqrt(shape[1]! * shape[2]! * shape[3]!));
    return /\.bn3\.weight$/.test(name) ? BLOCK_GAIN : 1;
  };
  return {
    generator: write(join(folder, "generator.safetensors"), vec2faceSpecs(configs.generator), 1, () => 1),
    identity: write(join(folder, "identity.safetensors"), iresnetSpecs(configs.identity), 2, blocks),
    quality: write(join(folder, "quality.safetensors"), iresnetSpecs(configs.quality), 3, blocks),
    pose: write(join(folder, "pose.safetensors"), poseEstimatorSpecs(configs.pose), 4, (name) => {
      return name === "linear_reg.weight" ? POSE_GAIN : 1;
    }),
  };
}

/** Multiplies the quality network's features by a factor. */
export function scaleQuality(path: string, factor: number): void {
  const file = openWeights(path);
  const tensors = [...file.tensors.values()].map(({ name, shape }) => {
    const data = file.readFloat32(name).slice();
    if (/^features\.(weight|bias)$/.test(name)) data.forEach((x, i) => data[i] = x * factor);
    return { name, shape, dtype: "float32" as const, data };
  });
  writeSafetensors(path, tensors);
}

/** Opens the files; their weights are used where they lie, or recognisers work from factors of them. */
export function openNetworks(
  files: AttropFiles,
  configs: AttropConfigs,
  bulk = true,
): {
  readonly decoder: FaceDecoder;
  readonly networks: {
    readonly recognise: FeatureNetwork;
    readonly quality: FeatureNetwork;
    readonly pose: PoseNetwork;
  };
} {
  const params = (name: keyof AttropConfigs) => storedParameters(openWeights(files[name]));
  return {
    decoder: faceDecoder(configs.generator, params("generator")),
    networks: {
      recognise: featureNetwork(configs.identity, params("identity"), { bulk }),
      quality: featureNetwork(configs.quality, params("quality"), { bulk }),
      pose: poseNetwork(configs.pose, params("pose")),
    },
  };
}
