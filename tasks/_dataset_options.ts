/**
 * Options that the tasks on data sets share: which data set, which part of it, and files written beside it.
 */
import { normalize } from "node:path";
import {
  type ChooseOptions,
  datasetForm,
  type DatasetReader,
  openDataset,
  readMask,
  selectItems,
} from "@/datasets/mod.ts";
import { note, type TaskArguments, type TaskOption, UsageError } from "./_cli.ts";

/** Which items are used. */
export const SOURCE_OPTIONS: readonly TaskOption[] = [
  { flag: "mask", value: "FILE.npy", help: "use these items only: indices, or one boolean an item" },
  { flag: "root", value: "DIR", help: "for a .txt list: folder that relative paths are below (default the list's)" },
];

/** Which part of them. */
export const CHOICE_OPTIONS: readonly TaskOption[] = [
  { flag: "limit", value: "N", help: "at most that many images, the first ones" },
  { flag: "classes", value: "N or A:B", help: "that many classes, or classes A to B - 1, counted as they appear" },
  { flag: "per-class", value: "N", help: "at most that many images of each class" },
  { flag: "random", help: "draw the classes of --classes N at random by --seed instead of taking the first" },
];

/** Reads the part options; undefined when none is given. */
export function readChoice(args: TaskArguments, seed: bigint): ChooseOptions | undefined {
  const flags = ["limit", "classes", "per-class"].filter((flag) => args.given(flag));
  const random = args.flag("random");
  const range = /^\d+:\d+$/.test(args.optionalText("classes") ?? "");
  if (random && (range || !args.given("classes"))) {
    throw new UsageError("Cannot use --random: it goes with --classes N");
  }
  if (flags.length === 0) return undefined;
  const classes = range ? args.optionalPair("classes") : args.optionalInteger("classes", { min: 1 });
  const limit = args.optionalInteger("limit", { min: 1 });
  const perClass = args.optionalInteger("per-class", { min: 1 });
  return {
    ...(classes === undefined ? {} : { classes }),
    ...(limit === undefined ? {} : { limit }),
    ...(perClass === undefined ? {} : { perClass }),
    ...(random ? { random: seed } : {}),
  };
}

/** Opens the data set that the arguments name, without its mask. */
export async function openSource(
  path: string,
  args: TaskArguments,
  lists: { labels?: string | undefined; features?: string | undefined } = {},
): Promise<DatasetReader> {
  const given = { root: args.optionalText("root"), ...lists };
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const dataset = await openDataset(path, options);
  if (datasetForm(path) === "list") {
    const seen = new Set<string>();
    for (let index = 0; index < dataset.length; index++) seen.add(normalize(dataset.itemName(index)));
    noteRepeats(path, dataset.length, seen.size);
  }
  return dataset;
}

/** Reads a mask over so many items, and says when it chooses one of them more than once. */
export function readNotedMask(path: string, length: number): Int32Array {
  const indices = readMask(path, length), seen = new Uint8Array(length);
  for (const index of indices) seen[index] = 1;
  noteRepeats(path, indices.length, seen.reduce((sum, one) => sum + one, 0));
  return indices;
}

function noteRepeats(path: string, items: number, different: number): void {
  if (items > different) {
    note(`${path}: ${items - different} of ${items} items repeat earlier ones; they are used again`);
  }
}

/** A data set through the mask that the arguments name; the same one when they name none. */
export function throughMask(dataset: DatasetReader, args: TaskArguments): DatasetReader {
  const mask = args.optionalText("mask");
  return mask === undefined ? dataset : selectItems(dataset, readNotedMask(mask, dataset.length));
}

/** Whether something of that name is there. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Removes a file or folder, if it is there. */
export async function removeAll(path: string): Promise<void> {
  if (await isThere(path)) await Deno.remove(path, { recursive: true });
}

/** Writes a text file whole or not at all. */
export async function writeText(path: string, text: string): Promise<void> {
  const draft = `${path}.${Deno.pid}.tmp`;
  await Deno.writeTextFile(draft, text);
  await Deno.rename(draft, path);
}
