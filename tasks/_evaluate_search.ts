/**
 * `deno task evaluate --gallery --probes`: at which place of a gallery its people are found.
 */
import { embedRows, openDataset } from "@/datasets/mod.ts";
import { identificationRanks, type RankRate, rankRates } from "@/evaluation/mod.ts";
import { checkInputs, Progress } from "./_cli.ts";
import type { EvaluateSettings } from "./_evaluate_settings.ts";
import type { Network, Unreadable } from "./_evaluate_sets.ts";

/** What a search comes to. */
export interface SearchResult {
  /** Images searched among. */
  readonly gallery: number;
  /** Images searched for. */
  readonly probes: number;
  /** Those whose person is not in the gallery. */
  readonly unmated: number;
  /** Shares found within 1 and 5 places. */
  readonly rates: readonly RankRate[];
  /** Images of both that could not be read. */
  readonly unreadable: readonly Unreadable[];
}

/** Embeds both data sets and ranks the probes. */
export async function searchPeople(
  { search, fusion }: EvaluateSettings,
  network: Network,
  signal: AbortSignal,
): Promise<SearchResult> {
  const people = new Map<string, number>(), unreadable: Unreadable[] = [];
  const embed = async (path: string) => {
    await using dataset = await checkInputs(() => openDataset(path));
    const progress = new Progress({ total: dataset.length, unit: `images of ${path}` });
    const width = network.recogniser.vectorSize, labels: number[] = [];
    const features = new Float32Array(dataset.length * width);
    const options = { flip: fusion !== "none", batchSize: network.batchSize, signal };
    try {
      for await (const { index, feature, fault } of embedRows(dataset, network.recogniser, options)) {
        if (feature === undefined) unreadable.push({ row: index, name: dataset.itemName(index), reason: fault! });
        else {
          const name = dataset.className(dataset.labels[index]!);
          if (!people.has(name)) people.set(name, people.size);
          features.set(feature, labels.length * width);
          labels.push(people.get(name)!);
        }
        progress.update(index + 1);
      }
    } finally {
      progress.stop();
    }
    return { labels, features: features.subarray(0, labels.length * width), width };
  };
  const gallery = await embed(search!.gallery), probes = await embed(search!.probes);
  const progress = new Progress({ total: probes.labels.length, unit: "probes ranked" });
  try {
    return await checkInputs(async () => {
      const ranks = await identificationRanks({
        gallery: gallery.features,
        galleryLabels: gallery.labels,
        probes: probes.features,
        probeLabels: probes.labels,
        width: gallery.width,
      }, { signal, onProgress: (done) => progress.update(done) });
      return {
        gallery: gallery.labels.length,
        probes: ranks.length,
        unmated: ranks.filter((rank) => rank === 0).length,
        rates: rankRates(ranks),
        unreadable,
      };
    });
  } finally {
    progress.stop();
  }
}
