/**
 * `deno task evaluate --gallery --probes`: at which place of a gallery its people are found.
 *
 * An image that is in both would find itself and say nothing of the recogniser: rows of equal bytes are not compared.
 */
import { createHash } from "node:crypto";
import { type DatasetReader, embedRows, openDataset } from "@/datasets/mod.ts";
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
  /** Probes that are in the gallery themselves, byte by byte; they were not compared with that image. */
  readonly equal: number;
  /** Those of them that are there under another name. */
  readonly misnamed: number;
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
  const people = new Map<string, number>(), files = new Map<string, number>(), unreadable: Unreadable[] = [];
  const embed = async (path: string) => {
    await using dataset = await checkInputs(() => openDataset(path));
    const progress = new Progress({ total: dataset.length, unit: `images of ${path}` });
    const width = network.recogniser.vectorSize, labels: number[] = [], images: number[] = [];
    const hashes = new Map<number, string>();
    const features = new Float32Array(dataset.length * width);
    const options = { flip: fusion !== "none", batchSize: network.batchSize, signal };
    try {
      const watched = whileReading(dataset, (index, bytes) => void hashes.set(index, hashOf(bytes)));
      for await (const { index, feature, fault } of embedRows(watched, network.recogniser, options)) {
        const hash = hashes.get(index)!;
        hashes.delete(index);
        if (feature === undefined) unreadable.push({ row: index, name: dataset.itemName(index), reason: fault! });
        else {
          const name = dataset.className(dataset.labels[index]!);
          if (!people.has(name)) people.set(name, people.size);
          features.set(feature, labels.length * width);
          labels.push(people.get(name)!);
          if (!files.has(hash)) files.set(hash, files.size);
          images.push(files.get(hash)!);
        }
        progress.update(index + 1);
      }
    } finally {
      progress.stop();
    }
    return { labels, images, features: features.subarray(0, labels.length * width), width };
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
        galleryImages: gallery.images,
        probeImages: probes.images,
        width: gallery.width,
      }, { signal, onProgress: (done) => progress.update(done) });
      const names = new Map<number, Set<number>>();
      gallery.images.forEach((image, g) => names.set(image, (names.get(image) ?? new Set()).add(gallery.labels[g]!)));
      const inGallery = probes.images.map((image) => names.get(image));
      const equal = inGallery.filter((labels) => labels !== undefined).length;
      if (equal > 0 && ranks.every((rank) => rank === 0)) {
        throw new RangeError(
          `Cannot look for people: ${equal} of ${ranks.length} probes are images of the gallery themselves, and no ` +
            "probe has another image of its person there; give other images of these people",
        );
      }
      return {
        ...{ equal, misnamed: inGallery.filter((labels, p) => labels?.has(probes.labels[p]!) === false).length },
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

/** The same data set, telling the bytes of each item that is read. */
function whileReading(dataset: DatasetReader, tell: (index: number, bytes: Uint8Array) => void): DatasetReader {
  const get = async (index: number) => {
    const item = await dataset.get(index);
    tell(index, item.bytes);
    return item;
  };
  return {
    ...{ length: dataset.length, labels: dataset.labels, classes: dataset.classes, get },
    className: (label) => dataset.className(label),
    itemName: (index) => dataset.itemName(index),
    async *[Symbol.asyncIterator]() {
      for (let index = 0; index < dataset.length; index++) yield await get(index);
    },
    close: () => dataset.close(),
    [Symbol.asyncDispose]: () => dataset.close(),
  };
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}
