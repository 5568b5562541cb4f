/**
 * Files of the Hugging Face Hub: which there are, where they lie on this machine, and how they get there.
 *
 * Downloads go on where they were cut off, are checked against the Hub's own hashes, and land in the cache that
 * Python's `huggingface_hub` uses, so that a file fetched by either is found by the other. Nothing here reads the
 * environment, the clock or the network by itself: they come in as {@link HubOptions}.
 *
 * @module
 */

export {
  externalCatalogue,
  type ExternalEntry,
  hubCatalogue,
  type HubEntry,
  hubEntry,
  type HubGroup,
  hubGroups,
  selectHubEntries,
} from "./catalogue.ts";
export { type CachedFile, findCached, repoFolder } from "./cache.ts";
export { describeFiles } from "./describe_files.ts";
export { type FetchedFile, fetchFiles, type FetchOptions, runFetch } from "./fetch_files.ts";
export { formatBytes } from "./format_bytes.ts";
export { HubError, type HubErrorOptions, type HubProblem } from "./hub_error.ts";
export type { HubOptions, HubRetry } from "./hub_options.ts";
export { findModelFile, type LocatedFile, locateModelFile, type LocateOptions } from "./locate.ts";
export { type FetchPlan, planFetch, type PlannedFile, type PlanOptions } from "./plan_fetch.ts";
export { provideModelFile, type ProvideOptions } from "./provide_file.ts";
export type { HubArrival, HubPhase, HubProgress } from "./progress.ts";
export {
  checkRepoPath,
  type ContentHash,
  type HubFile,
  type HubRepo,
  type RemoteFile,
  sameFile,
} from "./remote_file.ts";
export { type HubSettings, hubSettings } from "./settings.ts";
