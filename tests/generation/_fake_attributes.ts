/** "Networks" of attribute operation that need no weights, for the tests of lib/generation and of the tasks. */
import type { AttributeSample } from "@/attributes/mod.ts";
import type { AttributeNetworks, RecipeRefinement, RecipeTargets } from "@/generation/mod.ts";

const PLANE = 112 * 112;

/** Calls the tests look at. */
export interface FakeAttributes extends AttributeNetworks {
  /** Vectors of each evaluation. */
  readonly batches: number[];
  released: number;
}

/** What {@linkcode fakeAttributes} measures. */
export interface FakeAttributesOptions {
  /** Width of a vector. @default {16} */
  readonly width?: number;
  /** Angles that are asked for; none for refinement. @default {[]} */
  readonly angles?: readonly string[];
  /** Thresholds and targets. */
  readonly asked?: Pick<RecipeRefinement, "identity" | "quality"> & Partial<Pick<RecipeTargets, "pose">>;
}

/**
 * Measures numbers of the vector v and of the class vector t:
 * cosine is 0.9 where t[2] < 0.8, else 0.5 for ever; quality is 12 + 10 (v[0] - t[0]) + 3 |t[1]|, so it rises by 1 a step of
 * the usual learning rate; yaw, pitch and roll are 30 v[3], 30 v[4] and 30 v[5] degrees.
 * The image is stripes that depend on the vector and the mask.
 */
export function fakeAttributes(options: FakeAttributesOptions = {}): FakeAttributes {
  const { width = 16, angles = [] } = options;
  const { identity, quality, pose }: NonNullable<FakeAttributesOptions["asked"]> = options.asked ?? someAttributes();
  const batches: number[] = [];
  const names = ["identity", "quality", ...angles];
  const columns = { yaw: 3, pitch: 4, roll: 5 } as Record<string, number>;
  const evaluate = ({ vector, mask, targets }: AttributeSample) => {
    const wanted = targets["identity"] as Float32Array, gradient = new Float32Array(width);
    const measured = new Float32Array(names.length), miss = new Float32Array(names.length);
    measured[0] = wanted[2]! < 0.8 ? 0.9 : 0.5;
    miss[0] = 1 - measured[0];
    measured[1] = 12 + 10 * (vector[0]! - wanted[0]!) + 3 * Math.abs(wanted[1]!);
    miss[1] = Math.max(0, (targets["quality"] as number ?? quality.target) - measured[1]);
    if (miss[1] > 0) gradient[0] = -1;
    angles.forEach((angle, a) => {
      const column = columns[angle]!, value = 30 * vector[column]!, target = targets[angle] as number;
      const compared = pose?.unsigned && angle === "yaw" ? Math.abs(value) : value;
      measured[2 + a] = value;
      miss[2 + a] = Math.abs(compared - target);
      gradient[column] = Math.sign(compared - target) * (compared === value ? 1 : -1);
    });
    const image = new Float32Array(3 * PLANE), shift = mask.keep.reduce((a, b) => (a * 31 + b) % 997, 1) / 997;
    for (let c = 0; c < 3; c++) {
      const row = Float32Array.from({ length: 112 }, (_, x) => Math.sin(vector[c]! + vector[3 + c]! * x / 50 + shift));
      for (let y = 0; y < 112; y++) image.set(row, c * PLANE + y * 112);
    }
    return { loss: miss.reduce((a, b) => a + b, 0), gradient, image, measured, miss };
  };
  return {
    batches,
    released: 0,
    vectorSize: width,
    objectives: names.map((name) => ({
      name,
      unit: "",
      threshold: name === "identity" ? identity.threshold : name === "quality" ? quality.threshold : pose!.threshold,
    })),
    targets: [
      { name: "identity", kind: "vector" },
      { name: "quality", kind: "number", fallback: quality.target },
      ...angles.map((name) => ({ name, kind: "number" as const })),
    ],
    drawMask: (stream) => ({
      keep: Uint8Array.from(stream.permutation(49).subarray(0, 5)),
      masked: new Uint8Array(49),
    }),
    evaluate: (samples) => {
      batches.push(samples.length);
      return Promise.resolve(samples.map(evaluate));
    },
    release() {
      this.released++;
      return Promise.resolve();
    },
  };
}

const sha256 = "b".repeat(64);

/** What recipes say of both uses: quality 20, thresholds 0.3 and 1. */
export function someAttributes(): Omit<RecipeRefinement, "rejected" | "attempts"> {
  const model = { name: "mini", file: "fake.safetensors", sha256 };
  return {
    preset: "mini",
    iterations: 12,
    learningRate: 0.1,
    identity: { weight: 100, threshold: 0.3, hinge: 0, model },
    quality: { weight: 1, threshold: 1, target: 20, model },
  };
}

/** A refinement. */
export function someRefinement(change: Partial<RecipeRefinement> = {}): RecipeRefinement {
  return { ...someAttributes(), rejected: "skip", attempts: 1, ...change };
}

/** Targets: yaw anywhere within 40 degrees. */
export function someTargets(change: Partial<RecipeTargets> = {}): RecipeTargets {
  const attributes = someAttributes(), { model } = attributes.identity;
  return {
    ...attributes,
    iterations: 30,
    quality: { ...attributes.quality, target: 14 },
    rejected: "skip",
    pose: { weight: 1, threshold: 5, unsigned: false, model },
    angles: { yaw: { kind: "uniform", from: -40, to: 40 } },
    ...change,
  };
}
