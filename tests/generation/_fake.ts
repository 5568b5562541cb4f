/** A tiny network, data set and recipe for the tests of lib/generation and tasks/generate.ts. */
import type { MaskedGenerator, Recipe } from "@/generation/mod.ts";
import { RECIPE_SCHEMA } from "@/generation/mod.ts";
import { arrayVectors, type VectorSource } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";

export const WIDTH = 16;
const PLANE = 112 * 112;

/** Calls the tests look at. */
export interface FakeGenerator extends MaskedGenerator<Uint8Array> {
  readonly batches: number[];
  released: number;
}

/** A network whose image is a pure function of vector and mask: soft stripes. */
export function fakeGenerator(
  options: { width?: number; broken?: number } = {},
): FakeGenerator {
  const { width = WIDTH, broken = -1 } = options;
  const batches: number[] = [];
  let made = 0;
  return {
    tokens: 49,
    vectorSize: width,
    batches,
    released: 0,
    drawMask(stream) {
      const kept = 1 + stream.integer(49);
      return Uint8Array.from(stream.permutation(49).subarray(0, kept));
    },
    decode(vectors, masks) {
      batches.push(masks.length);
      const out = new Float32Array(masks.length * 3 * PLANE);
      masks.forEach((mask, n) => {
        const sum = mask.reduce((a, b) => (a * 31 + b) % 997, mask.length);
        const broke = made++ === broken;
        for (let c = 0; c < 3; c++) {
          const level = vectors[n * width + c]!;
          const step = vectors[n * width + 3 + c]! / 50;
          for (let p = 0; p < PLANE; p++) {
            out[(n * 3 + c) * PLANE + p] = broke ? NaN : Math.sin(level + step * (p % 112) + sum / 997);
          }
        }
      });
      return Promise.resolve(out);
    },
    release() {
      this.released++;
      return Promise.resolve();
    },
  };
}

/** `count` normal vectors of width {@link WIDTH}. */
export function someVectors(count: number, seed = 11): VectorSource {
  const data = new RandomStream(seed, "identity").fillNormal(
    new Float32Array(count * WIDTH),
  );
  return arrayVectors(data, WIDTH, "some vectors");
}

/** A recipe of `count` x `images`. */
export function someRecipe(
  count: number,
  images: number,
  change: Partial<Recipe> = {},
): Recipe {
  const sha256 = "a".repeat(64);
  return {
    schema: RECIPE_SCHEMA,
    identities: { source: "vectors", file: "ids.npy", sha256, count },
    images,
    seed: "7",
    variation: { kind: "sigma", sigmas: [0.3, 0.5, 0.7], mix: [0.4, 0.4, 0.2] },
    mask: { min: 0.1, max: 1, mean: 0.15, sd: 0.25 },
    model: { name: "fake", file: "fake.safetensors", sha256 },
    output: { format: "folder", quality: 90 },
    versions: { test: "1" },
    ...change,
  };
}

/** A data set in memory. */
export class MemoryWriter {
  readonly images = new Map<string, Uint8Array>();
  writes = 0;

  write(
    { label, image, bytes }: {
      label: number;
      image: number;
      bytes: Uint8Array;
    },
  ): Promise<void> {
    this.writes++;
    this.images.set(`${label}:${image}`, bytes);
    return Promise.resolve();
  }

  has(label: number, image: number): Promise<boolean> {
    return Promise.resolve(this.images.has(`${label}:${image}`));
  }
}
