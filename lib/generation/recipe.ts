/**
 * The recipe of a data set: everything its images are a function of, as JSON.
 *
 * With the recipe, the vectors (or the Gaussian they are drawn from) and the weights, any image can be made again
 * alone. Files are named by base name and SHA-256, so a recipe says nothing about the machine it was made on.
 */

/** Version of the recipe's layout. */
export const RECIPE_SCHEMA = "vec2face-recipe/1";

/** A file an image depends on. */
export interface RecipeFile {
  /** Base name, for people. */
  readonly file: string;
  /** SHA-256 of its bytes, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** How the images of one identity differ: noise of several sigmas in shares, or a rotation to one cosine. */
export type RecipeVariation =
  | {
    /** Normal noise, then the identity's norm again. */
    readonly kind: "sigma";
    /** Standard deviations of the noise. */
    readonly sigmas: readonly number[];
    /** Share of the images for each. */
    readonly mix: readonly number[];
  }
  | {
    /** Random rotation at the identity's norm. */
    readonly kind: "cosine";
    /** Cosine between identity and image vectors, -1..1. */
    readonly cosine: number;
  };

/** Distribution of the share of tokens that are masked in an image: normal, cut to min..max. */
export interface RecipeMask {
  /** Least share, 0..1; also the share that skips the encoder. */
  readonly min: number;
  /** Greatest share, 0..1. */
  readonly max: number;
  /** Mean before it is cut. */
  readonly mean: number;
  /** Standard deviation before it is cut. */
  readonly sd: number;
}

/** Everything the images of a data set are a function of. */
export interface Recipe {
  /** Layout version. */
  readonly schema: typeof RECIPE_SCHEMA;
  /** Where row i comes from: drawn from a Gaussian by (seed, "identity", i), or row i of a file of vectors. */
  readonly identities: RecipeFile & {
    readonly source: "gaussian" | "vectors";
    /** Number of identities N. */
    readonly count: number;
  };
  /** Images for each identity K. */
  readonly images: number;
  /** Seed of every random stream, 0..2^64-1, in decimal. */
  readonly seed: string;
  /** How images of one identity differ. */
  readonly variation: RecipeVariation;
  /** How many tokens of the network are masked. */
  readonly mask: RecipeMask;
  /** The generator. */
  readonly model: RecipeFile & { readonly name: string };
  /** How images are stored. */
  readonly output: {
    readonly format: "folder" | "lmdb";
    /** JPEG quality, 1..100. */
    readonly quality: number;
  };
  /** Versions of what made it; other versions may differ in the last bit, so a difference is told but not refused. */
  readonly versions: Readonly<Record<string, string>>;
}

/** One difference between two recipes. */
export interface RecipeDifference {
  /** Path of the field: `variation.cosine`. */
  readonly field: string;
  /** Value in the first recipe, as JSON, or "nothing". */
  readonly found: string;
  /** Value in the second recipe, as JSON, or "nothing". */
  readonly wanted: string;
}

type Check = (value: unknown) => string | undefined;

const text: Check = (v) => typeof v === "string" && v !== "" ? undefined : "a text";
const oneOf = (...choices: string[]): Check => (v) =>
  choices.includes(v as string) ? undefined : `one of ${choices.join(", ")}`;
const whole = (min: number, max: number): Check => (v) =>
  Number.isSafeInteger(v) && (v as number) >= min && (v as number) <= max
    ? undefined
    : `a whole number from ${min} to ${max}`;
const numbers: Check = (v) =>
  Array.isArray(v) && v.length > 0 &&
    v.every((x) => typeof x === "number" && x >= 0)
    ? undefined
    : "a list of numbers of at least 0";
const hash: Check = (v) => typeof v === "string" && /^[0-9a-f]{64}$/.test(v) ? undefined : "64 hexadecimal digits";
const share: Check = (v) => typeof v === "number" && v >= 0 && v <= 1 ? undefined : "a number from 0 to 1";
const MAX_ROW = 0xffffffff; // identity and image are 32-bit words of the random counter

const FIELDS: readonly (readonly [string, Check])[] = [
  ["schema", oneOf(RECIPE_SCHEMA)],
  ["identities.source", oneOf("gaussian", "vectors")],
  ["identities.file", text],
  ["identities.sha256", hash],
  ["identities.count", whole(1, MAX_ROW)],
  ["images", whole(1, MAX_ROW)],
  [
    "seed",
    (v) =>
      typeof v === "string" && /^\d+$/.test(v) && BigInt(v) < 1n << 64n
        ? undefined
        : "a whole number from 0 to 2^64 - 1 in quotes",
  ],
  ["variation.kind", oneOf("sigma", "cosine")],
  ["mask.min", share],
  ["mask.max", share],
  ["mask.mean", (v) => Number.isFinite(v) ? undefined : "a number"],
  [
    "mask.sd",
    (v) => Number.isFinite(v) && (v as number) > 0 ? undefined : "a number above 0",
  ],
  ["model.name", text],
  ["model.file", text],
  ["model.sha256", hash],
  ["output.format", oneOf("folder", "lmdb")],
  ["output.quality", whole(1, 100)],
];

const VARIATION_FIELDS: Record<RecipeVariation["kind"], typeof FIELDS> = {
  sigma: [
    ["variation.sigmas", numbers],
    ["variation.mix", numbers],
  ],
  cosine: [
    [
      "variation.cosine",
      (v) => typeof v === "number" && Math.abs(v) <= 1 ? undefined : "a number from -1 to 1",
    ],
  ],
};

function lookUp(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (at, key) => typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined,
    value,
  );
}

/**
 * Checks a recipe read from JSON.
 *
 * @param value What `JSON.parse` gave.
 * @param source Where it came from, for messages.
 * @returns The same value, known to be a recipe.
 * @throws {SyntaxError} When a field is missing or has another form.
 *
 * @example Not a recipe
 * ```ts
 * import { checkRecipe } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.throws(() => checkRecipe({}, "x.json"), /x.json: schema is undefined/);
 * ```
 */
export function checkRecipe(value: unknown, source: string): Recipe {
  const check = (fields: typeof FIELDS) => {
    for (const [path, test] of fields) {
      const expected = test(lookUp(value, path));
      if (expected !== undefined) {
        throw new SyntaxError(
          `Cannot read recipe ${source}: ${path} is ${JSON.stringify(lookUp(value, path))}, expected ${expected}`,
        );
      }
    }
  };
  check(FIELDS);
  const { variation } = value as Recipe;
  check(VARIATION_FIELDS[variation.kind]);
  if (
    variation.kind === "sigma" &&
    variation.sigmas.length !== variation.mix.length
  ) {
    throw new SyntaxError(
      `Cannot read recipe ${source}: variation.mix has ${variation.mix.length} shares, expected one for each of the ${variation.sigmas.length} sigmas`,
    );
  }
  return value as Recipe;
}

/**
 * Writes a recipe as JSON with a fixed order of fields.
 *
 * @param recipe The recipe.
 * @returns Several lines ending in a line break.
 *
 * @example There and back
 * ```ts
 * import { checkRecipe, recipeText } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const sha256 = "0".repeat(64);
 * const recipe = checkRecipe({
 *   schema: "vec2face-recipe/1",
 *   identities: { source: "gaussian", file: "id_moments.safetensors", sha256, count: 10 },
 *   images: 5,
 *   seed: "0",
 *   variation: { kind: "cosine", cosine: 0.75 },
 *   mask: { min: 0.1, max: 1, mean: 0.15, sd: 0.25 },
 *   model: { name: "mini", file: "generator.safetensors", sha256 },
 *   output: { format: "folder", quality: 95 },
 *   versions: {},
 * }, "here");
 * assert.deepEqual(checkRecipe(JSON.parse(recipeText(recipe)), "there"), recipe);
 * ```
 */
export function recipeText(recipe: Recipe): string {
  const {
    schema,
    identities,
    images,
    seed,
    variation,
    mask,
    model,
    output,
    versions,
  } = recipe;
  return JSON.stringify(
    {
      schema,
      identities,
      images,
      seed,
      variation,
      mask,
      model,
      output,
      versions,
    },
    null,
    2,
  ) + "\n";
}

/**
 * Lists where two recipes give different images. File names are left out (their hashes count), and versions.
 *
 * @param a First recipe.
 * @param b Second recipe.
 * @returns The differences, in the order of the fields; empty when both give the same images.
 *
 * @example Another seed
 * ```ts
 * import { type Recipe, recipeDifferences } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const a = { seed: "1", images: 5 } as Recipe;
 * assert.deepEqual(recipeDifferences(a, { ...a, seed: "2" }), [
 *   { field: "seed", found: '"1"', wanted: '"2"' },
 * ]);
 * ```
 */
export function recipeDifferences(a: Recipe, b: Recipe): RecipeDifference[] {
  const paths = [
    ...FIELDS,
    ...VARIATION_FIELDS.sigma,
    ...VARIATION_FIELDS.cosine,
  ]
    .map(([path]) => path)
    .filter((path) => !path.endsWith(".file"));
  return paths.flatMap((field) => {
    const [found, wanted] = [a, b].map((recipe) => JSON.stringify(lookUp(recipe, field)) ?? "nothing");
    return found === wanted ? [] : [{ field, found: found!, wanted: wanted! }];
  });
}
