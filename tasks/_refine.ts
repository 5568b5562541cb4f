/**
 * Refinement of identities before they are varied, as `deno task generate --attrop` does it.
 */
import {
  type DatasetJob,
  openIdentityStore,
  readIdentityStore,
  recordAchieved,
  refinedPlan,
  refinePlan,
  type StoredIdentities,
  unrefinedRows,
} from "@/generation/mod.ts";
import { checkInputs, note, Progress, say, type TaskArguments } from "./_cli.ts";
import { type AttributeLoader, beginJob, isWhole, loadAttributes } from "./_dataset_run.ts";
import type { readDevice } from "./_options.ts";

/** Refines the rows of a job that are not refined yet; true when it began the data set for that. */
export async function refineJob(
  args: TaskArguments,
  job: DatasetJob,
  load: AttributeLoader,
  device: ReturnType<typeof readDevice>,
  signal: AbortSignal,
): Promise<boolean> {
  const { plan, paths, recipe, identities } = job, { width } = identities;
  const { iterations, identity, quality, rejected, attempts } = recipe.refinement!;
  const replace = args.flag("overwrite") && isWhole(args);
  const rows = await checkInputs(async () => {
    if (replace) return unrefinedRows(plan, { has: () => false });
    using stored = await readIdentityStore(paths, width);
    return unrefinedRows(plan, stored);
  });
  if (rows.length === 0) return false;
  note(
    `Refining ${rows.length} identities first: 1 - cosine at most ${identity.threshold}, quality at least ` +
      `${quality.target} - ${quality.threshold}, ${iterations} iterations each`,
  );
  const networks = await loadAttributes(args, load, job, device);
  const progress = new Progress({ total: rows.length, unit: "identities" });
  let [accepted, failed] = [0, 0];
  try {
    signal.throwIfAborted();
    await beginJob(args, job);
    using store = await checkInputs(() => openIdentityStore(paths, { count: recipe.identities.count, width }));
    await refinePlan({ recipe, vectors: identities }, rows, networks, store, {
      batchSize: device.batchSize,
      signal,
      onProgress: ({ done, ...counts }) => {
        [accepted, failed] = [counts.accepted, counts.rejected];
        progress.update(done, `${accepted} accepted, ${failed} rejected`);
      },
    });
    progress.stop();
    if (accepted < rows.length) {
      const fate = rejected === "keep"
        ? "their best vectors are kept"
        : rejected === "skip"
        ? "they have no images"
        : `none of ${attempts} vectors each would do, they have no images`;
      note(`${rows.length - accepted} identities were not accepted: ${fate}; ${paths.identityReport} says why`);
    }
  } catch (error) {
    progress.stop();
    if (signal.aborted) {
      note(`The identities refined so far are in ${paths.identities}; the same command goes on from there.`);
    }
    throw error;
  } finally {
    await networks.release();
  }
  return true;
}

/** The job with its refined identities in the place of those it has; close them with `using`. */
export async function refinedJob(
  job: DatasetJob,
): Promise<{ readonly plan: DatasetJob["plan"]; readonly stored: StoredIdentities }> {
  const stored = await checkInputs(() => readIdentityStore(job.paths, job.identities.width));
  return { plan: refinedPlan(job.plan, stored), stored };
}

/**
 * Sums the refinement up in the recipe, and says it.
 *
 * @returns Whether some identity has images.
 */
export async function sayRefined({ paths }: DatasetJob): Promise<boolean> {
  const found = (await recordAchieved(paths))?.identities;
  if (found === undefined) return true;
  const { settled, accepted, replaced, leftOut, cosine, quality } = found;
  say(
    `identities: ${paths.identityReport}: ${settled} refined, ${accepted} accepted, ${replaced} replaced, ` +
      `${leftOut} without images; mean cosine ${cosine?.toFixed(3) ?? "-"}, quality ${quality?.toFixed(1) ?? "-"}`,
  );
  return settled === 0 || leftOut < settled;
}
