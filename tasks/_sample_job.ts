/**
 * From the settings of `deno task sample` to rows: opens the files, makes the sampler, and says what the recipe will be.
 */
import type { GroupedSampler, IdentitySampler } from "@/identity/mod.ts";
import { separatedRows, SeparationError } from "@/separation/mod.ts";
import { openRows, type RowSource, unitRows } from "@/similarity/mod.ts";
import { openNpy } from "@/weights/mod.ts";
import { UsageError } from "./_cli.ts";
import { hashedFile, openAgainst, originOf } from "./_sample_files.ts";
import { packingParts } from "./_sample_packing.ts";
import { groupsPath, recipePath, SAMPLE_SCHEMA, type SampleRecipe } from "./_sample_recipe.ts";
import { makeSampler } from "./_sample_sampler.ts";
import { exists, type SampleSettings } from "./_sample_settings.ts";
import { explained, type NumberedRow, type RowsOptions, type SampleJob, type SampleParts } from "./_sample_work.ts";
import { softwareVersions } from "./_versions.ts";

/** Rows drawn between two looks at the signal. */
const BREATH = 64;

/**
 * Opens and checks everything a call names.
 *
 * @param settings What it asks for.
 * @param signal Stops the reading of large files.
 * @returns The job; close with `using`.
 * @throws {UsageError} When rows, files and output do not fit together.
 */
export async function prepareJob(settings: SampleSettings, signal: AbortSignal): Promise<SampleJob> {
  using stack = new DisposableStack();
  const parts = settings.sampler.kind === "packing"
    ? await packingParts(settings, stack, signal)
    : await samplerParts(settings, stack, signal);
  const { start, end } = parts;
  const output = settings.output ?? defaultOutput(settings, start, end);
  const paths = [output, recipePath(output), groupsPath(output)];
  const there = paths.find(exists);
  if (there !== undefined && !settings.overwrite && output !== settings.extend) {
    throw new UsageError(`Cannot write ${output}: ${there} is there already; give another --output, or --overwrite`);
  }
  const kept = stack.move();
  return {
    ...parts,
    rows: (options) => explained(parts.rows(options)),
    output,
    expected: settings.again ? settings.recipe!.value.result.sha256 : undefined,
    [Symbol.dispose]: () => kept.dispose(),
  };
}

async function samplerParts(
  settings: SampleSettings,
  stack: DisposableStack,
  signal: AbortSignal,
): Promise<SampleParts> {
  const origin = await originOf(settings, signal);
  const sampler = makeSampler(settings, origin, stack);
  const { maxCosine } = settings;
  const earlier = settings.extend === undefined ? undefined : openEarlier(settings.extend, sampler.width, stack);
  const extended = earlier === undefined ? undefined : {
    ...await hashedFile(
      settings.extend!,
      settings.again ? settings.recipe?.value.extends : undefined,
      settings,
      signal,
    ),
    rows: earlier.count,
  };
  const against = await openAgainst(settings, sampler.width, stack, signal);
  const [start, end] = rangeOf(settings, sampler, earlier?.count ?? 0);
  const keepWhatFits = sampler.redraws === false && settings.ids === undefined && settings.startEnd === undefined;
  let refused = 0, reached = end;
  return {
    name: sampler.name,
    warning: sampler.warning,
    width: sampler.width,
    start,
    end,
    earlier,
    group: "group" in sampler ? (row) => (sampler as GroupedSampler).group(row) : undefined,
    rows: async function* ({ signal, onProgress }) {
      if (maxCosine === undefined) {
        yield* plainRows(sampler, start, end, { signal, onProgress });
        return;
      }
      let done = 0;
      const rows = separatedRows(sampler, {
        count: end,
        maxCosine,
        signal,
        against: against && unitRows(against.rows),
        start: earlier === undefined ? undefined : unitRows(earlier),
        ...(settings.maxAttempts === undefined ? {} : { maxAttempts: settings.maxAttempts }),
        threads: settings.threads,
        onProgress: (now) => {
          refused = now.redraws;
          onProgress(done, `${refused} refused`);
        },
      });
      try {
        for await (const { row, vector } of rows) {
          yield { row, vector };
          done++;
        }
      } catch (error) {
        if (!(keepWhatFits && error instanceof SeparationError && error.reason === "exhausted")) throw error;
        reached = start + done;
      }
    },
    recipe: () => ({
      schema: SAMPLE_SCHEMA,
      sampler: sampler.recipe as SampleRecipe["sampler"],
      rows: { start, end: reached },
      ...(maxCosine === undefined
        ? {}
        : { separation: { maxCosine, maxAttempts: settings.maxAttempts ?? null, against: against?.file ?? null } }),
      ...(extended === undefined ? {} : { extends: extended }),
      result: maxCosine === undefined ? {} : { refused },
      versions: softwareVersions(),
    }),
  };
}

async function* plainRows(
  sampler: IdentitySampler,
  start: number,
  end: number,
  { signal, onProgress }: RowsOptions,
): AsyncGenerator<NumberedRow> {
  for (let row = start; row < end; row++) {
    if (row % BREATH === 0) await new Promise((resolve) => setTimeout(resolve)); // lets signals in
    signal.throwIfAborted();
    yield { row, vector: sampler.draw(row) };
    onProgress(row + 1 - start, "");
  }
}

/** Opens the rows that come first; they are copied bit by bit, so they must be float32. */
function openEarlier(path: string, width: number, stack: DisposableStack): RowSource {
  const { dtype } = stack.use(openNpy(path));
  const earlier = stack.use(openRows(path));
  if (dtype !== "float32") {
    throw new UsageError(`Cannot extend ${path}: its numbers are ${dtype}, expected float32, as this task writes them`);
  }
  if (earlier.width !== width) {
    throw new UsageError(`Cannot extend ${path}: its rows have width ${earlier.width}, the new ones ${width}`);
  }
  return earlier;
}

function rangeOf(settings: SampleSettings, sampler: IdentitySampler, earlier: number): [number, number] {
  const { startEnd, ids, extend } = settings;
  const [start, end] = startEnd ?? [earlier, ids ?? sampler.count];
  if (end === Infinity) throw new UsageError(`Cannot start: --ids is needed, how many rows of ${sampler.name}`);
  if (end > sampler.count) {
    throw new UsageError(`Cannot take rows up to ${end - 1} of ${sampler.name}: it has ${sampler.count}`);
  }
  if (start >= end) {
    throw new UsageError(
      `Cannot extend ${extend} to ${end} rows: it has ${earlier}; give --ids the number of all rows together`,
    );
  }
  return [start, end];
}

function defaultOutput({ sampler, extend }: SampleSettings, start: number, end: number): string {
  return `output/${sampler.kind}-${start === 0 || extend !== undefined ? "" : `${start}-`}${end}.npy`;
}
