/**
 * The part of `deno task convert:dataset` that makes verification pairs.
 */
import { resolve } from "node:path";
import {
  type DatasetReader,
  hardestPairs,
  type ItemPairs,
  type PairSource,
  writeVerificationBin,
  writeVerificationPixels,
} from "@/datasets/mod.ts";
import { samplePairs } from "@/evaluation/mod.ts";
import { note, Progress, say, type TaskArguments } from "./_cli.ts";
import type { ConvertSettings } from "./_convert_settings.ts";
import { removeAll, writeText } from "./_dataset_options.ts";

/** Pairs of a .bin without --pairs: as many as LFW has. */
const USUAL_PAIRS = 6000;

/** Draws pairs as asked for. */
export async function drawPairs(args: TaskArguments, seed: bigint, dataset: DatasetReader): Promise<ItemPairs> {
  const wanted = args.optionalInteger("pairs", { min: 2, max: 10_000_000 }) ?? USUAL_PAIRS;
  const factor = args.optionalInteger("hard", { min: 2, max: 10_000 });
  const asked = { genuine: Math.ceil(wanted / 2), impostor: Math.floor(wanted / 2) };
  let pairs: ItemPairs = samplePairs(dataset.labels, {
    genuine: asked.genuine * (factor ?? 1),
    impostor: asked.impostor * (factor ?? 1),
    seed,
  });
  const count = (kind: number) => Array.from(pairs.same).filter((flag) => flag === kind).length;
  const least = Math.min(count(0), count(1)), isEnough = count(1) >= asked.genuine && count(0) >= asked.impostor;
  const kept = isEnough ? asked : { genuine: least, impostor: least };
  if (least === 0) {
    throw new RangeError(
      `Cannot draw pairs: ${count(1)} pairs of one person and ${count(0)} of two are possible, expected some of both`,
    );
  }
  if (factor !== undefined) {
    const cache = new Map<number, Float32Array | undefined>();
    pairs = await hardestPairs(pairs, async (index) => {
      if (!cache.has(index)) {
        if (cache.size > 20_000) cache.clear();
        cache.set(index, (await dataset.get(index)).feature);
      }
      return cache.get(index);
    }, kept);
    if (pairs.first.length === 0) {
      throw new RangeError("Cannot find hard pairs: no image has a feature; give --features");
    }
  } else if (!isEnough) {
    pairs = samplePairs(dataset.labels, { ...kept, seed });
  }
  if (pairs.first.length < wanted) note(`There are ${pairs.first.length} balanced pairs, ${wanted} were asked for.`);
  return pairs;
}

/** Writes pairs as a .bin or a folder. */
export async function makePairs(
  args: TaskArguments,
  { to, target }: ConvertSettings,
  source: PairSource,
  signal: AbortSignal,
): Promise<void> {
  const progress = new Progress({ total: 2 * source.length, unit: "images" });
  const options = { signal, onProgress: (done: number) => progress.update(done) };
  try {
    if (target === "bin") await writeVerificationBin(to, source, options);
    else {
      if (args.flag("overwrite")) await removeAll(to);
      await writeVerificationPixels(to, source, { ...options, size: args.integer("size", { min: 1, max: 4096 }) });
    }
  } finally {
    progress.stop();
  }
  const same = source.same.reduce((sum, flag) => sum + flag, 0);
  say(`${to}: ${source.length} pairs, ${same} of one person, ${source.length - same} of two`);
}

/** Writes which items of FROM the pairs are, so that they can be made again; `indices` are those that were chosen. */
export async function describePairs(
  args: TaskArguments,
  { from, to, seed }: ConvertSettings,
  pairs: ItemPairs,
  indices?: Int32Array,
): Promise<void> {
  const item = (index: number) => indices === undefined ? index : indices[index];
  const rows = Array.from(
    pairs.same,
    (same, p) => `    [${item(pairs.first[p]!)}, ${item(pairs.second[p]!)}, ${same}]`,
  );
  const hard = args.optionalInteger("hard") ?? null;
  const head = JSON.stringify({ source: resolve(from), seed: String(seed), hard }, null, 2);
  await writeText(`${to}.pairs.json`, `${head.slice(0, -2)},\n  "pairs": [\n${rows.join(",\n")}\n  ]\n}\n`);
}
