/**
 * The files that belong to a generator: its weights, those of what measures its images, and where its identities come from.
 *
 * A notebook names a generator once and takes everything else from here, so that the name is all that stands between the
 * bundled networks and the published ones. What is published is looked for in the project's folder and in the Hub's cache,
 * where `deno task fetch` puts it, and fetched when it is in neither.
 */
import { fileURLToPath } from "node:url";
import { hubEntry, HubError, hubSettings, provideModelFile, type ProvideOptions } from "@/hub/mod.ts";
import {
  catalogueEntry,
  type GeneratorModel,
  type ModelCatalogue,
  type PoseModel,
  type RecogniserModel,
  weightsPath,
} from "@/networks/mod.ts";
import { estimatorsFor } from "./attribute_networks.ts";
import { type IdentityFile, locateIdentities } from "./identity_source.ts";

/** A network and its weights, as the loaders of lib/networks take them. */
export interface FamilyMember<Name extends string> {
  /** Name in the catalogue. */
  readonly model: Name;
  /** Path of the weights. */
  readonly weights: string;
}

/** What belongs to a generator. Each is found, or fetched, when it is asked for. */
export interface ModelFamily {
  /** The generator itself. */
  generator(): Promise<FamilyMember<GeneratorModel>>;
  /** The recogniser that it was trained with. */
  recogniser(): Promise<FamilyMember<RecogniserModel>>;
  /** The recogniser whose norms tell quality. */
  quality(): Promise<FamilyMember<RecogniserModel>>;
  /** The pose estimator. */
  poseEstimator(): Promise<FamilyMember<PoseModel>>;
  /** Identities: a Gaussian for `mini`, the published ID vectors of 10,000 people for the others. */
  identities(): Promise<IdentityFile>;
}

/** What {@link modelFamily} needs from outside. */
export interface ModelFamilyOptions extends Partial<Pick<ProvideOptions, "say" | "sleep" | "signal" | "folders">> {
  /** Value of an environment variable, of those that `hubSettings` reads. */
  readonly env: (name: string) => string | undefined;
  /** The network. */
  readonly fetch: typeof fetch;
}

/** Name of the published ID vectors in the Hub's catalogue. */
const CENTRES = "centers";
/** The project's folder, which may hold `weights/` as the reference's does. */
const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * The files that belong to a generator.
 *
 * Nothing is read or fetched before one of its functions is called. These require `--allow-read` permission; to fetch also
 * `--allow-net`, `--allow-write` and `--allow-sys=statfs`.
 *
 * @param model The generator.
 * @param outside Environment and network; folders to look into in place of the project's.
 * @returns What belongs to it. Its functions reject with a NotFound error that has the command when a file is not here in offline
 * mode, with a HubError when it cannot be fetched, and with a RangeError when no weights of the model are published.
 * @throws {RangeError} If there is no such generator.
 *
 * @example What is bundled needs no network
 * ```ts
 * import { modelFamily } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const family = modelFamily("mini", { env: () => undefined, fetch: () => Promise.reject(new Error("no network")) });
 * assert.equal((await family.recogniser()).model, "mini");
 * assert.equal((await family.identities()).source, "gaussian");
 * ```
 */
export function modelFamily(model: GeneratorModel, outside: ModelFamilyOptions): ModelFamily {
  catalogueEntry("generators", model);
  const names = estimatorsFor(model);
  const member = async <Name extends string>(kind: keyof ModelCatalogue, name: Name): Promise<FamilyMember<Name>> => {
    const { weights } = catalogueEntry(kind, name);
    const published = weights !== undefined && hubEntry(weights) !== undefined;
    return { model: name, weights: published ? await provide(weights, outside) : weightsPath(kind, name) };
  };
  return {
    generator: () => member("generators", model),
    recogniser: () => member("recognisers", names.identity),
    quality: () => member("recognisers", names.quality),
    poseEstimator: () => member("poseEstimators", names.pose),
    identities: async () =>
      model === "mini" ? locateIdentities({ model }) : { source: "vectors", path: await provide(CENTRES, outside) },
  };
}

async function provide(name: string, outside: ModelFamilyOptions): Promise<string> {
  const { env, fetch, say, signal, folders = [PROJECT], sleep = pause } = outside;
  try {
    return await provideModelFile(name, {
      ...{ settings: hubSettings(env), fetch, now: Date.now, sleep, signal, folders, say },
      onRetry: ({ error, seconds }) => say?.(`${error.message.split(";")[0]}; trying again in ${Math.ceil(seconds)} s`),
    });
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const { problem, message } = error;
    throw new HubError(problem, `${message}; the command that fetches it is: deno task fetch ${hubEntry(name)!.name}`, {
      cause: error,
    });
  }
}

/** Waits; only for a network that failed, so it need not end at once when the work is stopped. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
