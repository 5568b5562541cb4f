/** The reference's gen_image on tiny networks (tests/fixtures/attributes/make_reference.py). */

import {
  estimatorInput,
  type FaceDecoder,
  faceDecoder,
  type FeatureNetwork,
  featureNetwork,
  type PoseNetwork,
} from "@/attributes/mod.ts";
import { type Parameters, storedParameters, type TokenMask, vec2faceConfig } from "@/networks/mod.ts";
import * as op from "@/onnx/mod.ts";
import { openWeights } from "@/weights/mod.ts";
import { fileURLToPath } from "node:url";

/** What one run of gen_image gave: a row an iteration, a number a sample. */
export interface ReferenceRun {
  readonly losses: readonly number[];
  readonly cosines: readonly (readonly number[])[];
  readonly norms: readonly (readonly number[])[];
  readonly yaws?: readonly (readonly number[])[];
  readonly quality: number;
  readonly yaw: number;
  readonly final: { readonly image: readonly number[][]; readonly vectors: readonly number[][] };
}

/** reference.json. */
export interface ReferenceFixture {
  readonly start: readonly number[][];
  readonly classes: readonly number[][];
  readonly keep: readonly number[][];
  readonly masked: readonly number[][];
  /** 20 iterations of a run that would not end. */
  readonly endless: ReferenceRun;
  /** A run that ends after three counted iterations. */
  readonly ending: ReferenceRun;
  readonly resize: {
    readonly image: readonly number[];
    readonly results: readonly { readonly size: readonly [number, number]; readonly values: readonly number[] }[];
  };
}

function path(name: string): string {
  return fileURLToPath(new URL(`../fixtures/attributes/${name}`, import.meta.url));
}

function parameters(name: string): Parameters {
  return storedParameters(openWeights(path(name)));
}

/** Reads reference.json. */
export function referenceFixture(): ReferenceFixture {
  return JSON.parse(Deno.readTextFileSync(path("reference.json")));
}

/** The fixture's masks. */
export function referenceMasks({ keep, masked }: ReferenceFixture): TokenMask[] {
  return keep.map((row, i) => ({ keep: Uint8Array.from(row), masked: Uint8Array.from(masked[i]!) }));
}

/** The fixture's networks. */
export function referenceNetworks(): {
  decoder: FaceDecoder;
  recognise: FeatureNetwork;
  quality: FeatureNetwork;
  pose: PoseNetwork;
} {
  const image = { inputs: 8, channels: 4, multipliers: [1, 1, 1, 1, 2], resBlocks: 1, groups: 2 };
  const shape = { vectorSize: 24, width: 16, encoderBlocks: 1, encoderHeads: 2, decoderBlocks: 1, decoderHeads: 2 };
  const decoder = faceDecoder({ ...vec2faceConfig("mini"), ...shape, image }, parameters("generator.npz"));
  const network = { layers: [1, 1, 1, 1], widths: [1, 2, 4, 8], stem: 4, squeezeExcitation: 0, inputSize: 112 };
  const recognise = featureNetwork({ ...network, features: 24 }, parameters("recogniser.npz"));
  const quality = featureNetwork({ ...network, features: 8 }, parameters("quality.npz"));
  const linear = openWeights(path("pose.npz"));
  const weight = op.constant(linear.readFloat32("linear.weight"), [3, 147]);
  const bias = op.constant(linear.readFloat32("linear.bias"), [3]);
  const pose: PoseNetwork = (faces) => {
    const bgr = estimatorInput(faces, { channels: "bgr", range: [0, 1] });
    const grid = op.flatten(op.averagePool(bgr, { kernel: [16, 16] })); // N,147
    const angles = op.mul(op.tanh(op.linear(grid, weight, bias)), 60); // N,3 degrees
    const [pitch, yaw, roll] = op.split(angles, [1, 1, 1], 1).map((angle) => op.squeeze(angle, [1]));
    return { yaw: yaw!, pitch: pitch!, roll: roll! };
  };
  return { decoder, recognise, quality, pose };
}
