/**
 * Packed rows: all made together, by descent from rows of the fitted Gaussian.
 */
import { gaussianSampler, NATURAL_NORMS, openVectors, packVectors, sampledVectors } from "@/identity/mod.ts";
import { UsageError } from "./_cli.ts";
import { hashedFile, originOf, readMoments, resolveNorms } from "./_sample_files.ts";
import { type RecipeFile, SAMPLE_SCHEMA, type SampleRecipe } from "./_sample_recipe.ts";
import type { SampleSettings } from "./_sample_settings.ts";
import type { SampleParts } from "./_sample_work.ts";
import { softwareVersions } from "./_versions.ts";

/**
 * Prepares the packing of rows.
 *
 * @param settings What a call asks for.
 * @param stack Closes the files.
 * @param signal Stops the reading of large files.
 * @returns The rows, which are packed when the first is asked for.
 */
export async function packingParts(
  settings: SampleSettings,
  stack: DisposableStack,
  signal: AbortSignal,
): Promise<SampleParts> {
  const { kind: _kind, seed, norms, near, target, ...rest } = settings.sampler;
  const origin = await originOf(settings, signal);
  const moments = readMoments(settings);
  const count = settings.ids ?? settings.startEnd?.[1];
  if (count === undefined) throw new UsageError("Cannot start: --ids is needed, how many rows to pack");
  const gallery = near?.path === undefined ? undefined : stack.use(openVectors(near.path));
  const wanted = settings.recipe?.value.sampler.near as RecipeFile | undefined;
  const file = near?.path === undefined ? {} : await hashedFile(near.path, wanted, settings, signal);
  const weight = near?.weight === undefined ? {} : { weight: near.weight };
  const options = {
    start: sampledVectors(gaussianSampler(moments, { seed }), count),
    seed,
    norms: resolveNorms(norms) ?? NATURAL_NORMS,
    ...Object.fromEntries(
      (["iterations", "rate", "sharpness", "neighbours", "refreshEvery", "blockRows"] as const)
        .flatMap((key) => rest[key] === undefined ? [] : [[key, rest[key]]]),
    ),
    ...(target === undefined ? {} : { target }),
    ...(near === undefined ? {} : {
      near: gallery === undefined
        ? { kind: "gaussian" as const, moments, ...weight }
        : { kind: "gallery" as const, vectors: gallery, ...weight },
    }),
  };
  let recipe: Readonly<Record<string, unknown>> = {}, figures: Record<string, unknown> = {};
  return {
    name: "the fitted Gaussian, packed",
    width: moments.width,
    start: 0,
    end: count,
    rows: async function* ({ signal, onProgress }) {
      const packed = await packVectors({
        ...options,
        threads: settings.threads,
        signal,
        onProgress: ({ iteration, iterations, largest }) =>
          onProgress(
            Math.floor(iteration / iterations * count),
            `step ${iteration} of ${iterations}, largest cosine ${largest.toFixed(4)}`,
          ),
      });
      if (target !== undefined && packed.largest.after > target) {
        throw new Error(
          `Cannot pack ${count} rows at cosine ${target} or less: after ${packed.iterations} steps the largest is ` +
            `${
              packed.largest.after.toFixed(4)
            }; give more --steps, a smaller --near-weight, fewer --ids, or a larger --max-cosine`,
        );
      }
      const { near: pull } = packed.recipe as { near: object | null };
      recipe = { ...packed.recipe, near: pull && { ...pull, ...file }, source: origin };
      figures = { iterations: packed.iterations, largest: packed.largest, distance: packed.distance ?? null };
      const { vectors, width } = packed;
      for (let row = 0; row < count; row++) yield { row, vector: vectors.subarray(row * width, (row + 1) * width) };
    },
    recipe: () => ({
      schema: SAMPLE_SCHEMA,
      sampler: recipe as SampleRecipe["sampler"],
      rows: { start: 0, end: count },
      result: figures,
      versions: softwareVersions(),
    }),
  };
}
