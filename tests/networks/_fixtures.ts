/** Fixtures of this folder's tests: tiny networks of the reference and what they compute (tests/oracle/networks_fixtures.py). */

import { fail, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { IResNetConfig, Vec2FaceConfig } from "@/networks/mod.ts";
import { openWeights, type WeightFile } from "@/weights/mod.ts";

/** The generator in generator.pth. */
export const TINY_GENERATOR: Vec2FaceConfig = {
  vectorSize: 64,
  grid: 7,
  width: 32,
  encoderBlocks: 1,
  encoderHeads: 4,
  decoderBlocks: 1,
  decoderHeads: 2,
  mlpRatio: 4,
  image: {
    inputs: 24,
    channels: 4,
    multipliers: [1, 2, 4],
    resBlocks: 2,
    groups: 2,
  },
};

/** The network in iresnet.pth; iresnet_se.pth has squeezeExcitation 2. */
export const TINY_IRESNET: IResNetConfig = {
  layers: [2, 1, 1, 1],
  widths: [4, 8, 16, 32],
  stem: 64,
  squeezeExcitation: 0,
  features: 24,
  inputSize: 32,
};

/** Path of a fixture. */
export function fixture(name: string): string {
  return fileURLToPath(
    new URL(`../fixtures/networks/${name}`, import.meta.url),
  );
}

/** Arrays of a .npz fixture as the feeds and results of a session. */
export function arrays(name: string): (key: string) => {
  data: Float32Array<ArrayBuffer>;
  shape: readonly number[];
} {
  const file: WeightFile = openWeights(fixture(name));
  return (key) => ({
    data: file.readFloat32(key) as Float32Array<ArrayBuffer>,
    shape: file.tensors.get(key)!.shape,
  });
}

/** Fails unless every value lies within `tolerance` times the largest expected magnitude (at least 1). */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  ok(
    actual.length === expected.length,
    `found ${actual.length} values, expected ${expected.length}`,
  );
  let scale = 1;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  for (let i = 0; i < expected.length; i++) {
    // Written so that NaN fails.
    if (!(Math.abs(actual[i]! - expected[i]!) <= tolerance * scale)) {
      fail(
        `value ${i} is ${actual[i]}, expected ${expected[i]} within ${tolerance * scale}`,
      );
    }
  }
}
