/**
 * `deno task sample`: ID vectors of made-up people, as a .npy file with its recipe beside it.
 *
 * The reference has only snippets for this (https://github.com/HaiyuWu/Vec2Face/issues/10,
 * https://github.com/HaiyuWu/Vec2Face/issues/11).
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { NpyWriter } from "@/weights/mod.ts";
import { checkInputs, note, Progress, runTask, say, type TaskMain } from "./_cli.ts";
import { prepareJob } from "./_sample_job.ts";
import { readSettings } from "./_sample_options.ts";
import { groupsPath, readSampleRecipe, recipePath, sameRows, type SampleRecipe } from "./_sample_recipe.ts";
import { SPEC } from "./_sample_spec.ts";
import type { SampleJob } from "./_sample_work.ts";

export { SPEC };

/** Rows of the earlier file that are copied at once. */
const COPY_ROWS = 256;

/** Removes a file that may not be there. */
function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Recipe beside the file that was extended, when it has one that can be read. */
function earlierRecipe(path: string): SampleRecipe | undefined {
  try {
    return readSampleRecipe(recipePath(path));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A set that grew by its own recipe is the set that would have been made at once, so its recipe says that. */
function joined(recipe: SampleRecipe, extended: string | undefined, earlierHash: string): SampleRecipe {
  const before = extended === undefined ? undefined : earlierRecipe(extended);
  const { extends: first, ...rest } = recipe;
  if (
    before === undefined || first === undefined || !sameRows(before, recipe) || before.extends !== undefined ||
    before.rows.start !== 0 || before.rows.end !== first.rows || before.result.sha256 !== earlierHash
  ) return recipe;
  const refused = Number(before.result.refused ?? 0) + Number(recipe.result.refused ?? 0);
  return {
    ...rest,
    rows: { start: 0, end: recipe.rows.end },
    result: { ...recipe.result, ...(recipe.separation === undefined ? {} : { refused }) },
  };
}

/** Where the task writes, replaced in tests. */
export interface SampleNews {
  /** Takes a line of results. */
  readonly say: (line: string) => void;
  /** Takes a line about the work. */
  readonly note: (line: string) => void;
  /** Takes pieces of the progress display; stderr when left out. */
  readonly progress?: (text: string) => void;
}

/** Makes all rows and gives the files their names at the end. */
async function carryOut(
  job: SampleJob,
  extended: string | undefined,
  { say, progress: draw }: SampleNews,
  signal: AbortSignal,
): Promise<void> {
  const { output, width, start, end, earlier, group } = job;
  await Deno.mkdir(dirname(output), { recursive: true });
  using writer = new NpyWriter(output, { rowShape: [width] });
  using groups = group === undefined ? undefined : new NpyWriter(groupsPath(output), { dtype: "int64", rowShape: [] });
  const progress = new Progress({ total: end - start, unit: "rows", ...(draw && { write: draw }) });
  const hash = createHash("sha256"), draft = `${recipePath(output)}.${Deno.pid}.tmp`;
  const write = (rows: Float32Array) => {
    writer.write(rows);
    hash.update(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
  };
  try {
    for (let row = 0; earlier !== undefined && row < earlier.count; row += COPY_ROWS) {
      signal.throwIfAborted();
      write(earlier.rows!(row, Math.min(row + COPY_ROWS, earlier.count)));
    }
    const earlierHash = hash.copy().digest("hex");
    for await (const { row, vector } of job.rows({ signal, onProgress: (done, news) => progress.update(done, news) })) {
      write(vector);
      groups?.write(BigInt64Array.of(BigInt(group!(row))));
    }
    progress.stop();
    const sha256 = hash.digest("hex");
    if (job.expected !== undefined && job.expected !== sha256) {
      throw new Error(
        `Cannot make ${output} again: its rows have the SHA-256 ${sha256}, the recipe says ${job.expected}; ` +
          "it was made with other versions or on another kind of machine, or was changed",
      );
    }
    const made = job.recipe();
    const recipe = joined({ ...made, result: { ...made.result, sha256 } }, extended, earlierHash);
    await Deno.writeTextFile(draft, JSON.stringify(recipe, null, 2) + "\n");
    job[Symbol.dispose](); // the earlier file may be the one that is replaced
    writer.close();
    groups?.close();
    await Deno.rename(draft, recipePath(output));
    if (groups === undefined) removeIfThere(groupsPath(output));
  } finally {
    progress.stop();
    removeIfThere(draft);
  }
  say(`${output}: ${writer.length} rows of ${width}`);
  if (groups !== undefined) say(`groups: ${groupsPath(output)}`);
  say(`recipe: ${recipePath(output)}`);
}

/**
 * Makes the body of the task.
 *
 * @param news Where it writes.
 * @returns The body.
 */
export function sampleMain(news: SampleNews): TaskMain {
  return async (args, signal) => {
    const settings = await checkInputs(() => readSettings(args));
    using job = await checkInputs(() => prepareJob(settings, signal));
    const { name, start, end, output, warning } = job;
    if (warning !== undefined) news.note(`Warning: ${warning}`);
    news.note(`Making rows ${start} to ${end - 1} of ${name} into ${output}`);
    await carryOut(job, settings.extend, news, signal);
  };
}

if (import.meta.main) await runTask(SPEC, sampleMain({ say, note }));
