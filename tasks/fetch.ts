/**
 * `deno task fetch`: published weights and data sets from the Hugging Face Hub.
 *
 * The counterpart of https://github.com/HaiyuWu/Vec2Face/blob/main/download_vec2face_weights.py and of the README's
 * calls of `hf_hub_download`, whose cache and folders it shares.
 */
import {
  externalCatalogue,
  type FetchedFile,
  type FetchPlan,
  findCached,
  findModelFile,
  formatBytes,
  hubCatalogue,
  type HubEntry,
  hubEntry,
  HubError,
  hubGroups,
  planFetch,
  runFetch,
  selectHubEntries,
} from "@/hub/mod.ts";
import { checkInputs, note, runTask, say, type TaskMain, type TaskSpec } from "./_cli.ts";
import { hubOptions, type HubOutside, PROJECT } from "./_hub_options.ts";
import { TransferDisplay } from "./_transfer.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "fetch",
  summary: "Fetches published weights and data sets; continues what was cut off, and checks every file's hash.",
  usage: "deno task fetch NAME... [options]",
  positionals: {
    value: "NAME",
    help: "what to fetch: names as --list shows them, or paths in the repository; none shows the list",
  },
  options: [
    { flag: "list", help: "show every file: size, licence, what it is for, whether it is here; asks no network" },
    {
      flag: "local-dir",
      value: "FOLDER",
      help:
        "put files there under their paths in the repository, as hf_hub_download(local_dir=...); the shared cache " +
        "when left out",
    },
    { flag: "cache-dir", value: "FOLDER", help: "cache to use instead of HF_HUB_CACHE or HF_HOME/hub" },
    { flag: "revision", value: "NAME", default: "main", help: "branch, tag or commit of the repository" },
    { flag: "jobs", value: "N", default: 4, help: "files at once", unit: "1..32" },
    { flag: "verify", help: "read and hash files that are here already; damaged ones are fetched anew" },
    { flag: "dry-run", help: "ask the Hub and say what would be fetched" },
  ],
  examples: [
    "deno task fetch generator",
    "deno task fetch all-weights centers",
    "deno task fetch hsface10k --local-dir .",
    "HF_ENDPOINT=https://hf-mirror.com deno task fetch generator",
  ],
};

/** The catalogue as a table: one line a file. */
export function listCatalogue(cacheDir: string, folders: readonly string[]): string {
  const rows = hubCatalogue.map((entry) => {
    const found = findModelFile(entry.name, { settings: { cacheDir }, folders });
    return [
      ...[entry.name, `~${formatBytes(entry.bytes)}`, entry.licence.split(":")[0]!],
      ...[found === undefined ? "-" : found.where, entry.purpose],
    ];
  });
  const outside = externalCatalogue.map((
    { name, licence, purpose },
  ) => [name, "?", licence, "-", `${purpose} (elsewhere)`]);
  const table = [["name", "size", "licence", "here", "what for"], ...rows, ...outside];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...table.map((row) => row[i]!.length)));
  const lines = table.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ").trimEnd());
  const groups = hubGroups.map(({ name, members, purpose }) => {
    const bytes = members.reduce((sum, member) => sum + hubEntry(member)!.bytes, 0);
    return `  ${name}: ${purpose} (~${formatBytes(bytes)}): ${members.join(" ")}`;
  });
  return [...lines, "", "Several at once:", ...groups, "", `cache: ${cacheDir}`].join("\n");
}

function sayExternal(names: readonly string[]): void {
  for (const { name, purpose, licence, links, advice } of selectHubEntries(names).external) {
    say(`${name}: ${purpose} (${licence}). It is not on the Hub:`);
    for (const { host, url, remark } of links) say(`  ${host}: ${url}${remark === undefined ? "" : ` (${remark})`}`);
    for (const line of advice) say(`  ${line}`);
  }
}

function notePlan({ files, localDir }: FetchPlan, from: string, cacheDir: string): void {
  const coming = files.filter(({ toStore }) => toStore > 0);
  const [receive, all] = [
    coming.reduce((sum, file) => sum + file.toReceive, 0),
    coming.reduce((sum, file) => sum + file.bytes, 0),
  ];
  if (coming.length === 0) return;
  const rest = receive < all ? ` (${formatBytes(all - receive)} of ${formatBytes(all)} are here already)` : "";
  note(
    `Fetching ${formatBytes(receive)} in ${coming.length} ${
      coming.length === 1 ? "file" : "files"
    } from ${from} into ` +
      `${localDir ?? cacheDir}${rest}`,
  );
}

/** Licences that ask for more than to be named. */
function noteLicences(files: readonly HubEntry[]): void {
  for (const { path, licence } of files) {
    if (licence !== "MIT") note(`${path}: ${licence}`);
  }
}

/** Without the network, says at least what of it is here; whether that is the newest is not known then. */
function noteCached(files: readonly HubEntry[], cacheDir: string, error: unknown): void {
  if (!(error instanceof HubError) || !error.transient) return;
  for (const file of files) {
    const found = findCached(cacheDir, file);
    if (found !== undefined) note(`${file.path} is here as of an earlier fetch: ${found.path}`);
  }
}

function describe({ name, path, bytes, state }: FetchedFile, verified: boolean): string {
  const how = {
    here: verified ? "here, hash right" : "was here",
    fetched: "hash right",
    repaired: "was damaged, fetched anew",
  };
  return `${name}: ${path} (${formatBytes(bytes)}, ${how[state]})`;
}

/**
 * Makes the body of the task.
 *
 * @param outside Replacements for environment and network, for tests.
 * @returns The body.
 */
export function fetchMain(outside: HubOutside = {}): TaskMain {
  return async (args, signal) => {
    const display = new TransferDisplay();
    const { hub, files, localDir, revision, jobs } = await checkInputs(() => {
      const { settings, ...rest } = hubOptions(outside, signal, display);
      return {
        hub: { settings: { ...settings, cacheDir: args.optionalText("cache-dir") ?? settings.cacheDir }, ...rest },
        files: selectHubEntries(args.positionals).files,
        localDir: args.optionalText("local-dir"),
        revision: args.text("revision"),
        jobs: args.integer("jobs", { min: 1, max: 32 }),
      };
    });
    const { cacheDir, endpoint } = hub.settings;
    if (args.flag("list") || args.positionals.length === 0) {
      const folders = [...(localDir === undefined ? [] : [localDir]), ...(outside.folders ?? [PROJECT])];
      say(listCatalogue(cacheDir, folders));
      return;
    }
    sayExternal(args.positionals);
    if (files.length === 0) return;
    try {
      const plan = await checkInputs(() => planFetch(files, { ...hub, revision, localDir }));
      if (args.flag("dry-run")) {
        for (const { name, path, bytes, toReceive } of plan.files) {
          say(
            `${name}: ${formatBytes(bytes)}, ${
              toReceive === 0 ? "here" : `${formatBytes(toReceive)} to fetch`
            }: ${path}`,
          );
        }
        return;
      }
      noteLicences(files);
      notePlan(plan, endpoint, cacheDir);
      const verify = args.flag("verify");
      const fetched = await runFetch(plan, {
        ...hub,
        jobs,
        verify,
        onProgress: (progress) => display.update(progress),
      });
      display.clear();
      for (const file of fetched) say(describe(file, verify));
    } catch (error) {
      display.clear();
      noteCached(files, cacheDir, error);
      if (signal.aborted) note("What has come is kept; the same command fetches the rest.");
      throw error;
    }
  };
}

if (import.meta.main) await runTask(SPEC, fetchMain());
