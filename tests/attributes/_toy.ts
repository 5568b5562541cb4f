/** Small networks for these tests: an untrained generator of 14x14 pixels, linear estimators, and "networks" without a graph. */

import {
  type AttributeEvaluator,
  type AttributeJob,
  createAttributeSession,
  type FaceDecoder,
  faceDecoder,
  type FeatureNetwork,
  identityObjective,
  type Objective,
  type PoseNetwork,
  poseObjective,
  qualityObjective,
} from "@/attributes/mod.ts";
import { arrayParameters, initialise, vec2faceConfig, vec2faceSpecs } from "@/networks/mod.ts";
import * as op from "@/onnx/mod.ts";
import { RandomStream } from "@/random/mod.ts";

/** Width of the toy's identity vectors. */
export const WIDTH = 16;
/** Pixels along a side of its images. */
export const SIDE = 14;

/** An untrained generator: one block each, 14x14 pixels. */
export function toyDecoder(): FaceDecoder {
  const image = { inputs: 8, channels: 4, multipliers: [1, 2], resBlocks: 1, groups: 2 };
  const shape = { vectorSize: WIDTH, width: 16, encoderBlocks: 1, encoderHeads: 4, decoderBlocks: 1, decoderHeads: 4 };
  const config = { ...vec2faceConfig("mini"), ...shape, image };
  const values = initialise(vec2faceSpecs(config), new RandomStream(1, "toy"));
  return faceDecoder(config, arrayParameters(values));
}

/** Random numbers [count] of a standard deviation, the same for the same seed. */
export function noise(seed: number, count: number, sd = 1): Float32Array<ArrayBuffer> {
  const out = new Float32Array(count), stream = new RandomStream(seed, "noise");
  for (let i = 0; i < count; i++) out[i] = sd * stream.normal();
  return out;
}

/** A linear map of all pixels, plus a constant, so that no feature vector is short. */
export function toyFeatures(seed: number, width = WIDTH): FeatureNetwork {
  const pixels = 3 * SIDE * SIDE;
  const weight = op.constant(noise(seed, width * pixels, 2 / Math.sqrt(pixels)), [width, pixels]);
  const bias = op.constant(noise(seed + 1, width, 0.3), [width]);
  return (image) => op.linear(op.flatten(image), weight, bias);
}

/** Angles within +-60 degrees, from three linear maps. */
export function toyPose(seed: number): PoseNetwork {
  const network = toyFeatures(seed, 3);
  return (image) => {
    const [yaw, pitch, roll] = op.split(op.mul(op.tanh(network(image)), 60), [1, 1, 1], 1);
    return { yaw: op.squeeze(yaw!, [1]), pitch: op.squeeze(pitch!, [1]), roll: op.squeeze(roll!, [1]) };
  };
}

/** Identity, quality and yaw; thresholds that random networks can reach. */
export function toyObjectives(): Objective[] {
  return [
    identityObjective(toyFeatures(2), { threshold: 0.95 }),
    qualityObjective(toyFeatures(4), { target: 2, threshold: 0.2 }),
    poseObjective("yaw", toyPose(6), { target: 20, threshold: 5 }),
  ];
}

/** A session of the toy networks. */
export async function toySession(objectives: readonly Objective[] = toyObjectives()) {
  return await createAttributeSession(toyDecoder(), objectives, { threads: 1 });
}

/** Jobs with random vectors; row i has its own vector, class vector, mask and yaw. */
export function toyJobs(evaluator: AttributeEvaluator, count: number): AttributeJob<number>[] {
  return Array.from({ length: count }, (_, row) => ({
    tag: row,
    vector: noise(100 + row, WIDTH, 2),
    mask: evaluator.drawMask(new RandomStream(1, "mask", row)),
    targets: { identity: noise(200 + row, WIDTH), yaw: 8 * (row % 5) - 16 },
  }));
}

/** A mask of no tokens. */
export const NO_MASK = { keep: new Uint8Array(), masked: new Uint8Array() };

/** A "network" whose image is its vector: each number should be near 0, at most `threshold` away. */
export function slope(
  threshold = 0.05,
): AttributeEvaluator & { readonly batches: number[][]; spoil: (x: number) => boolean } {
  const batches: number[][] = [];
  const evaluator = {
    batches,
    spoil: (_: number) => false,
    vectorSize: 1,
    objectives: [{ name: "height", unit: "", threshold }],
    targets: [],
    drawMask: () => NO_MASK,
    evaluate: (samples: Parameters<AttributeEvaluator["evaluate"]>[0]) => {
      batches.push(samples.map(({ vector }) => vector[0]!));
      return Promise.resolve(samples.map(({ vector }) => {
        const x = evaluator.spoil(vector[0]!) ? NaN : vector[0]!, miss = Float32Array.of(Math.abs(x));
        const gradient = Float32Array.of(Math.sign(x));
        return { loss: miss[0]!, gradient, image: Float32Array.of(x), measured: Float32Array.of(x), miss };
      }));
    },
  };
  return evaluator;
}

/** Jobs of {@linkcode slope} that start at given heights. */
export function heights(...values: number[]): AttributeJob<number>[] {
  return values.map((x) => ({ tag: x, vector: Float32Array.of(x), mask: NO_MASK, targets: {} }));
}
