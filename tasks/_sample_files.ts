/**
 * The files that sampled rows come from: what is read from them, and how a recipe names them.
 */
import { basename } from "node:path";
import { sha256File } from "@/generation/mod.ts";
import {
  checkVectors,
  fitMoments,
  fitNorms,
  gatherVectors,
  type GaussianMoments,
  loadMoments,
  type Norms,
  openVectors,
  type SamplerOrigin,
} from "@/identity/mod.ts";
import { openRows, type RowSource } from "@/similarity/mod.ts";
import { UsageError } from "./_cli.ts";
import type { RecipeFile } from "./_sample_recipe.ts";
import type { SampleSettings } from "./_sample_settings.ts";

/** The Gaussian of a file: fitted before, or fitted now to its rows. */
export function readMoments({ origin }: SampleSettings): GaussianMoments {
  if (origin!.kind === "moments") return loadMoments(origin!.path);
  using source = openVectors(origin!.path);
  checkVectors(source);
  return fitMoments(gatherVectors(source), source.width);
}

/** The distribution of norms that was asked for, if one was. */
export function resolveNorms(norms: SampleSettings["sampler"]["norms"]): Norms | undefined {
  if (norms === undefined || !("file" in norms)) return norms;
  using source = openVectors(norms.file);
  return fitNorms(source);
}

/** The recipe's name of the file that a sampler is made from; a sphere's has none, as its norms are in the recipe. */
export async function originOf(settings: SampleSettings, signal: AbortSignal): Promise<SamplerOrigin | undefined> {
  const { sampler, origin, recipe } = settings;
  if (origin === undefined || sampler.kind === "sphere") return undefined;
  return { kind: origin.kind, ...await hashedFile(origin.path, recipe?.value.sampler.source, settings, signal) };
}

/** Base name and hash of a file; refuses it when a recipe says another hash. */
export async function hashedFile(
  path: string,
  wanted: RecipeFile | undefined,
  { recipe }: SampleSettings,
  signal: AbortSignal,
): Promise<RecipeFile> {
  const sha256 = await sha256File(path, signal);
  if (wanted !== undefined && wanted.sha256 !== sha256) {
    throw new UsageError(
      `Cannot use ${path}: its SHA-256 is ${sha256}, ${recipe?.path} was made with ${wanted.file} of ${wanted.sha256}`,
    );
  }
  return { file: basename(path), sha256 };
}

/** Enrolled rows, and how a recipe names their file. */
export interface EnrolledRows {
  readonly rows: RowSource;
  readonly file: RecipeFile;
}

/** Opens the rows to keep away from, if a call names any; refuses another width than the new rows'. */
export async function openAgainst(
  settings: SampleSettings,
  width: number,
  stack: DisposableStack,
  signal: AbortSignal,
): Promise<EnrolledRows | undefined> {
  const { against: path, recipe } = settings;
  if (path === undefined) return undefined;
  const rows = stack.use(openRows(path));
  if (rows.width !== width) {
    throw new UsageError(`Cannot start: ${path} has width ${rows.width}, the rows have ${width}`);
  }
  return { rows, file: await hashedFile(path, recipe?.value.separation?.against ?? undefined, settings, signal) };
}
