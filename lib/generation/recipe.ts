/**
 * The recipe of a data set: everything its images are a function of, as JSON.
 *
 * With the recipe, the vectors (or the Gaussian they are drawn from) and the weights, any image can be made again
 * alone. Files are named by base name and SHA-256, so a recipe says nothing about the machine it was made on.
 */

import type { RecipeAchieved } from "./achieved.ts";
import { REFINEMENT_FIELDS, TARGET_FIELDS } from "./_attribute_fields.ts";
import type { RecipeModel, RecipeRefinement, RecipeTargets } from "./attribute_recipe.ts";
import {
  aboveZero,
  between,
  type Fields,
  finite,
  hash,
  lookUp,
  numbers,
  oneOf,
  optional,
  text,
  whole,
} from "./_recipe_checks.ts";

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
    /** Label of row 0; 0 when left out. */
    readonly firstLabel?: number;
  };
  /** Images for each identity K. */
  readonly images: number;
  /** Seed of every random stream, 0..2^64-1, in decimal. */
  readonly seed: string;
  /** How images of one identity differ. */
  readonly variation: RecipeVariation;
  /** How identities are refined before they are varied, if they are. */
  readonly refinement?: RecipeRefinement;
  /** What is asked of each image, if anything is. */
  readonly targets?: RecipeTargets;
  /** How many tokens of the network are masked. */
  readonly mask: RecipeMask;
  /** The generator. */
  readonly model: RecipeModel;
  /** How images are stored. */
  readonly output: {
    readonly format: "folder" | "lmdb";
    /** JPEG quality, 1..100. */
    readonly quality: number;
  };
  /** What refinement and targets came to, so far; told beside what was asked, and part of no comparison. */
  readonly achieved?: RecipeAchieved;
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

const MAX_ROW = 0xffffffff; // identity and image are 32-bit words of the random counter

const FIELDS: Fields = [
  ["schema", oneOf(RECIPE_SCHEMA)],
  ["identities.source", oneOf("gaussian", "vectors")],
  ["identities.file", text],
  ["identities.sha256", hash],
  ["identities.count", whole(1, MAX_ROW)],
  ["identities.firstLabel", optional(whole(0, MAX_ROW))],
  ["images", whole(1, MAX_ROW)],
  [
    "seed",
    (v) =>
      typeof v === "string" && /^\d+$/.test(v) && BigInt(v) < 1n << 64n
        ? undefined
        : "a whole number from 0 to 2^64 - 1 in quotes",
  ],
  ["variation.kind", oneOf("sigma", "cosine")],
  ["mask.min", between(0, 1)],
  ["mask.max", between(0, 1)],
  ["mask.mean", finite],
  ["mask.sd", aboveZero],
  ["model.name", text],
  ["model.file", text],
  ["model.sha256", hash],
  ["output.format", oneOf("folder", "lmdb")],
  ["output.quality", whole(1, 100)],
];

const VARIATION_FIELDS: Record<RecipeVariation["kind"], Fields> = {
  sigma: [
    ["variation.sigmas", numbers],
    ["variation.mix", numbers],
  ],
  cosine: [
    ["variation.cosine", between(-1, 1)],
  ],
};

/** Parts that a recipe need not have. */
const PARTS = { refinement: REFINEMENT_FIELDS, targets: TARGET_FIELDS } as const;

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
  const check = (fields: Fields) => {
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
  const recipe = value as Recipe, { variation } = recipe;
  check(VARIATION_FIELDS[variation.kind]);
  if (recipe.refinement !== undefined) check(PARTS.refinement);
  if (recipe.targets !== undefined) check(PARTS.targets);
  if (
    variation.kind === "sigma" &&
    variation.sigmas.length !== variation.mix.length
  ) {
    throw new SyntaxError(
      `Cannot read recipe ${source}: variation.mix has ${variation.mix.length} shares, expected one for each of the ${variation.sigmas.length} sigmas`,
    );
  }
  return recipe;
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
    refinement,
    targets,
    mask,
    model,
    output,
    achieved,
    versions,
  } = recipe;
  return JSON.stringify(
    {
      schema,
      identities,
      images,
      seed,
      variation,
      refinement,
      targets,
      mask,
      model,
      output,
      achieved,
      versions,
    },
    null,
    2,
  ) + "\n";
}

/**
 * Lists where two recipes give different images. File names are left out (their hashes count), versions, and what was achieved.
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
  const parts = Object.keys(PARTS) as (keyof typeof PARTS)[];
  const inBoth = parts.filter((part) => a[part] !== undefined && b[part] !== undefined);
  const paths = [
    ...FIELDS,
    ...VARIATION_FIELDS.sigma,
    ...VARIATION_FIELDS.cosine,
    ...inBoth.flatMap((part) => PARTS[part]),
  ]
    .map(([path]) => path)
    .filter((path) => !path.endsWith(".file") && path !== "targets.angles");
  // A part that only one of them has is one difference, not twenty.
  const compared = [...paths, ...parts.filter((part) => !inBoth.includes(part)).map((part) => `${part}.preset`)];
  return compared.flatMap((field) => {
    const [found, wanted] = [a, b].map((recipe) => JSON.stringify(lookUp(recipe, field)) ?? "nothing");
    return found === wanted ? [] : [{ field, found: found!, wanted: wanted! }];
  });
}
