/**
 * Packed rows: all made together, by descent from rows of the fitted Gaussian.
 */
import {
  gaussianSampler,
  NATURAL_NORMS,
  openVectors,
  type PackingProgress,
  packVectors,
  sampledVectors,
} from "@/identity/mod.ts";
import { packedRows } from "@/separation/mod.ts";
import { UsageError } from "./_cli.ts";
import { hashedFile, openAgainst, originOf, readMoments, resolveNorms } from "./_sample_files.ts";
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
  const against = await openAgainst(settings, moments.width, stack, signal);
  const weight = near?.weight === undefined ? {} : { weight: near.weight };
  const options = {
    start: sampledVectors(gaussianSampler(moments, { seed }), count),
    seed,
    norms: resolveNorms(norms) ?? NATURAL_NORMS,
    ...Object.fromEntries(
      (["iterations", "rate", "sharpness", "neighbours", "refreshEvery", "blockRows"] as const)
        .flatMap((key) => rest[key] === undefined ? [] : [[key, rest[key]]]),
    ),
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
      const work = {
        ...options,
        threads: settings.threads,
        signal,
        onProgress: ({ iteration, iterations, largest, largestAgainst }: PackingProgress) => {
          const enrolled = largestAgainst === undefined ? "" : `, to an enrolled row ${largestAgainst.toFixed(4)}`;
          onProgress(
            Math.floor(iteration / iterations * count),
            `step ${iteration} of ${iterations}, largest cosine ${largest.toFixed(4)}${enrolled}`,
          );
        },
      };
      const packed = target === undefined
        ? await packVectors(work)
        : await packedRows({ ...work, maxCosine: target, against: against?.rows });
      const { near: pull } = packed.recipe as { near: object | null };
      recipe = { ...packed.recipe, near: pull && { ...pull, ...file }, source: origin };
      figures = {
        ...{ iterations: packed.iterations, largest: packed.largest, distance: packed.distance ?? null },
        ...(packed.largestAgainst === undefined ? {} : { largestAgainst: packed.largestAgainst }),
      };
      const { vectors, width } = packed;
      for (let row = 0; row < count; row++) yield { row, vector: vectors.subarray(row * width, (row + 1) * width) };
    },
    recipe: () => ({
      schema: SAMPLE_SCHEMA,
      sampler: recipe as SampleRecipe["sampler"],
      rows: { start: 0, end: count },
      ...(against === undefined
        ? {}
        : { separation: { maxCosine: target!, maxAttempts: null, against: against.file } }),
      result: figures,
      versions: softwareVersions(),
    }),
  };
}
