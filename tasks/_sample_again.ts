/**
 * From a recipe of `deno task sample` to settings.
 */
import { basename, dirname, join } from "node:path";
import { locateIdentities } from "@/generation/mod.ts";
import type { Norms } from "@/identity/mod.ts";
import { type TaskArguments, UsageError } from "./_cli.ts";
import { readSampleRecipe, type RecipeFile } from "./_sample_recipe.ts";
import { exists, type NearSettings, readOutside, type SampleSettings } from "./_sample_settings.ts";
import { BELONGS, BESIDE_RECIPE, SPEC } from "./_sample_spec.ts";

/**
 * Reads what a call with a recipe asks for: the file of the recipe again, or a longer one with --extend.
 *
 * @param args Options of the call.
 * @param path The recipe.
 * @returns The settings; the recipe's files are looked for where options say, beside the recipe, and among bundled ones.
 * @throws {UsageError} When a file is missing or an option says what the recipe says.
 * @throws {SyntaxError} When the recipe cannot be read.
 */
export function settingsFromRecipe(args: TaskArguments, path: string): SampleSettings {
  const grow = !args.given("recipe");
  const value = readSampleRecipe(path);
  if (value === undefined) {
    throw new UsageError(
      grow
        ? `Cannot start: there is no recipe ${path} to go on with; give KIND and its options`
        : `Cannot start: there is no recipe ${path}`,
    );
  }
  const allowed = [...BESIDE_RECIPE, ...(grow ? ["ids"] : [])];
  const said = SPEC.options.find(({ flag }) => !allowed.includes(flag) && args.given(flag));
  if (said !== undefined) {
    throw new UsageError(`Cannot start: --${said.flag} cannot be given with a recipe, which says it (${path})`);
  }
  const { sampler, rows, separation } = value;
  if (grow && !BELONGS.extend!.includes(sampler.kind)) {
    throw new UsageError(`Cannot start: a set of kind ${sampler.kind} cannot grow; make a new one`);
  }
  if (grow && rows.start > 0 && value.extends === undefined) {
    throw new UsageError(
      `Cannot start: ${path} is a shard that begins with row ${rows.start}; only a whole set can grow`,
    );
  }
  const { kind, seed, norms, source, near, ...rest } = sampler;
  const file = (flag: string, wanted: RecipeFile): string => {
    const given = args.given(flag) ? args.text(flag) : undefined;
    const found = given ?? findBeside(path, wanted) ?? findBundled(wanted);
    if (found === undefined) {
      throw new UsageError(`Cannot start: ${path} needs ${wanted.file}; give it by --${flag}`);
    }
    return found;
  };
  const settings = Object.fromEntries(Object.entries(rest).map(([key, field]) => [key, field ?? undefined]));
  const { against, maxCosine, maxAttempts } = separation ?? {};
  const place = grow
    ? {}
    : value.extends === undefined
    ? { startEnd: [rows.start, rows.end] as const }
    : { ids: rows.end, extend: file("extend", value.extends) };
  return {
    ...readOutside(args),
    ...place,
    sampler: {
      ...settings,
      kind,
      seed: BigInt(seed),
      norms: norms as Norms,
      near: readRecipeNear(near as (NearSettings & RecipeFile) | null | undefined, file),
    },
    origin: source && { kind: source.kind, path: file(source.kind === "vectors" ? "source" : "moments", source) },
    maxCosine,
    maxAttempts: args.optionalInteger("max-attempts", { min: 1 }) ?? maxAttempts ?? undefined,
    against: against ? file("against", against) : undefined,
    recipe: { path, value },
    again: !grow,
  };
}

function readRecipeNear(
  near: (NearSettings & RecipeFile) | null | undefined,
  file: (flag: string, wanted: RecipeFile) => string,
): NearSettings | undefined {
  if (!near) return undefined;
  const { kind, weight } = near;
  return kind === "gallery" ? { kind, weight, path: file("near", near) } : { kind, weight };
}

function findBeside(recipe: string, { file }: RecipeFile): string | undefined {
  const path = join(dirname(recipe), file);
  return exists(path) ? path : undefined;
}

function findBundled({ file }: RecipeFile): string | undefined {
  const { path } = locateIdentities({ model: "mini" });
  return basename(path) === file ? path : undefined;
}
