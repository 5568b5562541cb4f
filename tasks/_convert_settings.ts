/**
 * What `deno task convert:dataset` takes, and what it is asked to make.
 */
import { basename, dirname, extname, resolve } from "node:path";
import { type ImageCheck, isVerificationSet } from "@/datasets/mod.ts";
import { type TaskArguments, type TaskSpec, UsageError } from "./_cli.ts";
import { CHOICE_OPTIONS, isThere, SOURCE_OPTIONS } from "./_dataset_options.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "convert:dataset",
  summary:
    "Converts a data set: image folder, LMDB, lists, masks, verification pairs. Images are copied byte by byte, " +
    "labels become 0, 1, ... by first appearance, and images that cannot be read are left out and listed.",
  usage: "deno task convert:dataset FROM TO [options]",
  positionals: {
    value: "FROM TO",
    help:
      "FROM: folder of class folders, .lmdb, .txt list, or a verification set (.bin, .xz, folder with issame.txt). " +
      "TO: NAME.lmdb, NAME.npy (a mask over FROM), NAME.txt (list and NAME_labels.txt), NAME.bin (pairs), or a folder " +
      "(NAME/ whatever its ending)",
    min: 2,
    max: 2,
  },
  options: [
    ...SOURCE_OPTIONS,
    { flag: "labels", value: "FILE", help: "for a .txt list: labels, one a line, of the sorted list" },
    {
      flag: "features",
      value: "FILE",
      help: "features to put into the LMDB file or to find hard pairs by: .npy [N, D] made from FROM, or for a " +
        ".txt list the list of .npy files",
    },
    { flag: "no-features", help: "leave the features of FROM out" },
    ...CHOICE_OPTIONS,
    { flag: "seed", value: "N", default: 0, help: "seed of --random and of the pairs", unit: "0..2^64-1" },
    {
      flag: "check",
      value: "HOW",
      default: "full",
      help: "how images are checked: full decodes each, quick looks at beginning and end, none at emptiness only",
    },
    { flag: "strict", help: "fail, and write nothing, when anything would be left out" },
    { flag: "subdir", help: "LMDB as a folder with data.mdb, as python-lmdb's subdir=True" },
    {
      flag: "pairs",
      value: "P",
      help:
        "verification pairs, half of one person and half of two, of an odd number one more of one person; makes a folder TO of <set>.npy and issame.txt " +
        "(default for .bin: 6000)",
    },
    {
      flag: "hard",
      value: "N",
      help: "keep the hardest of N times as many pairs, by the features of --features or of FROM",
    },
    { flag: "size", value: "N", default: 112, help: "height and width of images in <set>.npy", unit: "pixels" },
    { flag: "overwrite", help: "replace TO" },
    { flag: "dry-run", help: "only say what would be made" },
  ],
  examples: [
    "deno task convert:dataset output/mini-10x5 faces.lmdb",
    "deno task convert:dataset hsface10k.lmdb hsface10k",
    "deno task convert:dataset HSFace300K.lmdb hsface100k.lmdb --mask hsface100k_mask.npy",
    "deno task convert:dataset images training.lmdb --features features.npy",
    "deno task convert:dataset WebFace4M.lmdb 50000_ids.npy --classes 50000 --random",
    "deno task convert:dataset faces.lmdb verification.bin --pairs 6000",
    "deno task convert:dataset lfw.xz lfw.bin",
  ],
};

/** What is made: a training set in some form, a mask, lists, or verification pairs. */
export type Target = "folder" | "lmdb" | "mask" | "list" | "bin" | "pixels";

/** What a call asks for. */
export interface ConvertSettings {
  readonly from: string;
  readonly to: string;
  readonly target: Target;
  /** FROM is a verification set already. */
  readonly fromPairs: boolean;
  readonly check: ImageCheck;
  readonly seed: bigint;
}

/** Reads where from, where to and what. */
export async function readConvertSettings(args: TaskArguments): Promise<ConvertSettings> {
  const [from, given] = args.positionals as [string, string];
  const isFolder = /[^/]\/+$/.test(given), to = isFolder ? given.replace(/\/+$/, "") : given;
  const fromPairs = isVerificationSet(from);
  const ending = isFolder ? undefined : /\.(lmdb|npy|txt|bin)$/i.exec(to)?.[1]?.toLowerCase();
  const target: Target = ending === "lmdb"
    ? "lmdb"
    : ending === "npy"
    ? "mask"
    : ending === "txt"
    ? "list"
    : ending === "bin"
    ? "bin"
    : fromPairs || args.given("pairs")
    ? "pixels"
    : "folder";
  const pairs = target === "bin" || target === "pixels";
  const other = extname(basename(to));
  if (ending === undefined && !isFolder && /^\.[a-z]\w{0,11}$/i.test(other)) {
    throw new UsageError(
      `Cannot write ${to}: ${other} is no form that is written, expected .lmdb, .npy, .txt, .bin or a folder; ` +
        `for a folder of that name write ${to}/`,
    );
  }
  if (fromPairs && !pairs) {
    throw new UsageError(`Cannot make ${to} of ${from}: a verification set has no classes; give a .bin or a folder`);
  }
  const fitting: [string, boolean, string][] = [
    ["pairs", pairs && !fromPairs, "verification pairs from a data set"],
    ["hard", pairs && !fromPairs, "verification pairs from a data set"],
    ["subdir", target === "lmdb", "an .lmdb"],
    ["size", target === "pixels", "a folder of pairs"],
    ["features", target === "lmdb" || (pairs && args.given("hard")), "an .lmdb, or --hard"],
    ["mask", !fromPairs, "a data set"],
    ["classes", !fromPairs, "a data set"],
    ["limit", !fromPairs, "a data set"],
    ["per-class", !fromPairs, "a data set"],
  ];
  for (const [flag, fits, what] of fitting) {
    if (args.given(flag) && !fits) throw new UsageError(`Cannot use --${flag} here: it goes with ${what}`);
  }
  if (args.flag("no-features") && args.given("features")) {
    throw new UsageError("Cannot use --no-features and --features together");
  }
  const inside = `${resolve(to)}/`.startsWith(`${resolve(from)}/`) || `${resolve(from)}/`.startsWith(`${resolve(to)}/`);
  if (inside) throw new UsageError(`Cannot convert ${from} to ${to}: one lies in the other`);
  if (!await isThere(dirname(resolve(to)))) {
    throw new UsageError(`Cannot write ${to}: there is no folder ${dirname(resolve(to))}`);
  }
  if (await isThere(to) && !args.flag("dry-run")) {
    if (!args.flag("overwrite")) {
      throw new UsageError(`Cannot write ${to}: it is there already; give --overwrite to replace it`);
    }
    if (!await isReplaceable(to)) {
      throw new UsageError(`Cannot replace ${to}: it is a folder that this task did not make; remove it yourself`);
    }
  }
  return {
    from,
    to,
    target,
    fromPairs,
    check: args.choice("check", ["full", "quick", "none"] as const),
    seed: args.seed(),
  };
}

/** Whether something may be removed: a file, an empty folder, or a folder that a run of this task has left. */
async function isReplaceable(path: string): Promise<boolean> {
  if (!(await Deno.stat(path)).isDirectory) return true;
  const signs = [`${path.replace(/\/+$/, "")}.classes.json`, `${path}/data.mdb`, `${path}/issame.txt`];
  for (const sign of signs) if (await isThere(sign)) return true;
  return (await Array.fromAsync(Deno.readDir(path))).length === 0;
}
