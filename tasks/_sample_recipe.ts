/**
 * The recipe beside a file of sampled ID vectors: everything its rows are a function of, as JSON.
 *
 * Files are named by base name and SHA-256, so a recipe says nothing about the machine it was made on.
 */
import { checkNorms } from "@/identity/mod.ts";

/** Version of the layout. */
export const SAMPLE_SCHEMA = "vec2face-sample/1";

/** Kinds of samplers, by the name the task takes. */
export const SAMPLE_KINDS = ["centers", "gaussian", "sphere", "packing", "rotate", "interpolate"] as const;

/** One of them. */
export type SampleKind = typeof SAMPLE_KINDS[number];

/** A file the rows depend on. */
export interface RecipeFile {
  /** Base name. */
  readonly file: string;
  /** SHA-256 of its bytes. */
  readonly sha256: string;
}

/** A recipe of sampled rows. */
export interface SampleRecipe {
  readonly schema: typeof SAMPLE_SCHEMA;
  /** Kind, seed, width, settings, norms, and the file it comes from: an `IdentitySampler`'s recipe. */
  readonly sampler: Readonly<Record<string, unknown>> & {
    readonly kind: SampleKind;
    readonly seed: string;
    readonly source?: RecipeFile & { readonly kind: "vectors" | "moments" };
  };
  /** Rows of the sampler that are in the file: start to end - 1, after those of `extends`. */
  readonly rows: { readonly start: number; readonly end: number };
  /** Which rows are refused. */
  readonly separation?: {
    readonly maxCosine: number;
    readonly maxAttempts: number | null;
    readonly against: RecipeFile | null;
  };
  /** The file whose rows come first, unchanged. */
  readonly extends?: RecipeFile & { readonly rows: number };
  /** What came out: SHA-256 of all rows' float32 bytes, how many rows were refused, and figures of the kind. */
  readonly result: { readonly sha256: string } & Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, string>>;
}

type Check = (value: unknown) => string | undefined;

const whole = (min: number): Check => (v) =>
  Number.isSafeInteger(v) && (v as number) >= min ? undefined : `a whole number of at least ${min}`;
const optional = (check: Check): Check => (v) => v === null || v === undefined ? undefined : check(v);
const cosine: Check = (v) => typeof v === "number" && v >= -1 && v <= 1 ? undefined : "a number from -1 to 1";
const number: Check = (v) => Number.isFinite(v) ? undefined : "a number";
const truth: Check = (v) => typeof v === "boolean" ? undefined : "true or false";
const text: Check = (v) => typeof v === "string" && v !== "" ? undefined : "a text";
const hash: Check = (v) => typeof v === "string" && /^[0-9a-f]{64}$/.test(v) ? undefined : "64 hexadecimal digits";
const pairs: Check = (v) =>
  Array.isArray(v) && v.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isSafeInteger))
    ? undefined
    : "a list of pairs of whole numbers";
const near: Check = (v) => {
  const { kind, weight, file, sha256 } = v as Record<string, unknown>;
  if (!Number.isFinite(weight) || (kind !== "gaussian" && kind !== "gallery")) {
    return "a kind, gaussian or gallery, and a weight";
  }
  return kind === "gallery" ? text(file) ?? hash(sha256) : undefined;
};
const oneOf = (...choices: string[]): Check => (v) =>
  choices.includes(v as string) ? undefined : `one of ${choices.join(", ")}`;
const seed: Check = (v) =>
  typeof v === "string" && /^\d{1,20}$/.test(v) && BigInt(v) < 1n << 64n
    ? undefined
    : "a whole number from 0 to 2^64 - 1 in quotes";

type Fields = Readonly<Record<string, Check>>;

const COMMON: Fields = {
  "schema": oneOf(SAMPLE_SCHEMA),
  "sampler.kind": oneOf(...SAMPLE_KINDS),
  "sampler.seed": seed,
  "sampler.width": whole(1),
  "rows.start": whole(0),
  "rows.end": whole(1),
  "result.sha256": hash,
};

const SOURCE: Fields = {
  "sampler.source.kind": oneOf("vectors", "moments"),
  "sampler.source.file": text,
  "sampler.source.sha256": hash,
};

const SETTINGS: Readonly<Record<SampleKind, Fields>> = {
  centers: { ...SOURCE, "sampler.shuffle": truth },
  gaussian: { ...SOURCE, "sampler.components": optional(whole(1)) },
  sphere: {},
  packing: {
    ...SOURCE,
    "sampler.iterations": whole(1),
    "sampler.rate": number,
    "sampler.sharpness": number,
    "sampler.neighbours": whole(1),
    "sampler.refreshEvery": whole(1),
    "sampler.blockRows": whole(1),
    "sampler.target": optional(cosine),
    "sampler.near": optional(near),
  },
  rotate: {
    ...SOURCE,
    "sampler.cosine": cosine,
    "sampler.perParent": whole(1),
    "sampler.keepParents": truth,
  },
  interpolate: { ...SOURCE, "sampler.steps": whole(1), "sampler.pairs": optional(pairs), "sampler.ends": truth },
};

const SEPARATION: Fields = { "separation.maxCosine": cosine, "separation.maxAttempts": optional(whole(1)) };
const AGAINST: Fields = { "separation.against.file": text, "separation.against.sha256": hash };
const EXTENDS: Fields = { "extends.file": text, "extends.sha256": hash, "extends.rows": whole(1) };

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
 */
export function checkSampleRecipe(value: unknown, source: string): SampleRecipe {
  const check = (fields: Fields) => {
    for (const [path, test] of Object.entries(fields)) {
      const found = lookUp(value, path), expected = test(found);
      if (expected !== undefined) {
        throw new SyntaxError(
          `Cannot read recipe ${source}: ${path} is ${JSON.stringify(found)}, expected ${expected}`,
        );
      }
    }
  };
  check(COMMON);
  const recipe = value as SampleRecipe;
  check(SETTINGS[recipe.sampler.kind]);
  if (recipe.separation !== undefined) check(SEPARATION);
  if ((recipe.separation?.against ?? null) !== null) check(AGAINST);
  if (recipe.extends !== undefined) check(EXTENDS);
  if (recipe.rows.start >= recipe.rows.end) {
    throw new SyntaxError(
      `Cannot read recipe ${source}: rows end at ${recipe.rows.end} and start at ${recipe.rows.start}`,
    );
  }
  try {
    checkNorms(recipe.sampler.norms);
  } catch (error) {
    throw new SyntaxError(`Cannot read recipe ${source}: sampler.norms: ${(error as Error).message}`, { cause: error });
  }
  return recipe;
}

/** Path of the recipe beside a file of vectors. */
export function recipePath(output: string): string {
  return output.replace(/\.npy$/i, "") + ".recipe.json";
}

/** Path of the group labels beside a file of vectors. */
export function groupsPath(output: string): string {
  return output.replace(/\.npy$/i, "") + ".groups.npy";
}

/**
 * Reads a recipe.
 *
 * @param path The file.
 * @returns The recipe, or undefined when there is no such file.
 * @throws {SyntaxError} When it is no recipe.
 */
export function readSampleRecipe(path: string): SampleRecipe | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot read recipe ${path}: it is not JSON`, { cause: error });
  }
  return checkSampleRecipe(value, path);
}

/** Tells whether two recipes make the same row for the same row number: all but range, result, versions and patience. */
export function sameRows(a: SampleRecipe, b: SampleRecipe): boolean {
  const key = ({ sampler, separation }: SampleRecipe) => {
    const { source, ...settings } = sampler;
    return JSON.stringify([settings, source?.sha256, separation?.maxCosine, separation?.against?.sha256]);
  };
  return key(a) === key(b);
}
