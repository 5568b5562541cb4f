/**
 * The sets of `deno task evaluate`: their images, their features, and what these come to.
 */
import { basename, join, resolve } from "node:path";
import {
  keepViews,
  type NamedImages,
  openVerificationSet,
  readSameFlags,
  readViews,
  type VerificationSet,
} from "@/datasets/mod.ts";
import {
  combineViews,
  type IjbReport,
  readIjbFaces,
  readIjbLandmarks,
  readIjbPairs,
  reportIjb,
  reportVerification,
  type VerificationReport,
} from "@/evaluation/mod.ts";
import { sha256File } from "@/generation/mod.ts";
import { alignFace, decodeImage, type Point } from "@/images/mod.ts";
import { readNpyFloat32 } from "@/weights/mod.ts";
import { checkInputs, note, Progress } from "./_cli.ts";
import type { EvaluateSettings, SetPlan } from "./_evaluate_settings.ts";
import type { FeatureRecipe, LoadedRecogniser } from "./_recogniser_options.ts";

/** An image that could not be read. */
export interface Unreadable {
  readonly row: number;
  readonly name: string;
  readonly reason: string;
}

/** A recogniser, and what it is made of. */
export interface Network {
  readonly recogniser: LoadedRecogniser;
  readonly recipe: Omit<FeatureRecipe, "flip">;
  readonly batchSize: number;
}

/** A measured set. */
export type SetResult =
  | {
    readonly name: string;
    readonly kind: "pairs";
    readonly report: VerificationReport;
    unreadable: readonly Unreadable[];
  }
  | { readonly name: string; readonly kind: "ijb"; readonly report: IjbReport; unreadable: readonly Unreadable[] };

/** Measures features that are there already. */
export async function measureGiven(settings: EvaluateSettings, signal: AbortSignal): Promise<SetResult> {
  const { given, sets: [set] } = settings;
  const { plain, mirrored, same } = given!;
  const { features, width, flags } = await checkInputs(() => {
    const { shape, data } = readNpyFloat32(plain, { shape: [null, null] });
    const other = mirrored === undefined || settings.fusion === "none"
      ? undefined
      : readNpyFloat32(mirrored, { shape: [...shape] }).data;
    const flags = same === undefined ? undefined : readSameFlags(same);
    if (flags !== undefined && shape[0] !== 2 * flags.length) {
      throw new RangeError(
        `Cannot evaluate "${plain}": it has ${
          shape[0]
        } features, "${same}" has ${flags.length} answers; expected two ` +
          "features an answer, rows 2p and 2p + 1 for pair p",
      );
    }
    return { features: { plain: data, mirrored: other }, width: shape[1]!, flags };
  });
  if (set !== undefined) return await measureIjb(set, settings, features, width, [], signal);
  const name = basename(plain).replace(/\.npy$/i, "");
  return await measurePairs(name, settings, features, width, flags!, [], signal);
}

/** Embeds and measures a set. */
export async function measureSet(
  set: SetPlan,
  settings: EvaluateSettings,
  network: Network,
  signal: AbortSignal,
): Promise<SetResult> {
  await using resources = new AsyncDisposableStack();
  const folder = settings.keep ?? await Deno.makeTempDir();
  if (settings.keep === undefined) resources.defer(() => Deno.remove(folder, { recursive: true }));
  else await Deno.mkdir(folder, { recursive: true });
  const { model, sha256 } = network.recipe;
  const path = join(folder, `${set.name}-${model}-${sha256.slice(0, 8)}.npy`); // many recognisers in one folder
  const { images, source, pairs } = await checkInputs(() => openImages(set));
  if (pairs !== undefined) resources.use(pairs);
  const width = network.recogniser.vectorSize, mirror = settings.fusion !== "none";
  const progress = new Progress({ total: images.length, unit: `images of ${set.name}` });
  let unreadable: readonly Unreadable[];
  try {
    unreadable = await keepViews(path, images, network.recogniser, {
      recipe: { ...network.recipe, set: await sha256File(source, signal) },
      mirror,
      batchSize: network.batchSize,
      signal,
      onProgress: (done) => progress.update(done),
    });
  } catch (error) {
    if (signal.aborted && settings.keep !== undefined) note(`\nThe same command goes on from ${path}.part`);
    throw error;
  } finally {
    progress.stop();
  }
  const kept = readViews(path, width, { add: mirror && pairs === undefined });
  const views = mirror ? kept : { plain: kept.plain, mirrored: undefined }; // the file may have more
  return pairs === undefined
    ? await measureIjb(set, settings, views, width, unreadable, signal)
    : await measurePairs(set.name, settings, views, width, pairs.same, unreadable, signal);
}

/** Images of a set, the file that tells it apart, and its pairs where it has them. */
async function openImages(
  { kind, path, lists }: SetPlan,
): Promise<{ images: NamedImages; source: string; pairs?: VerificationSet }> {
  if (kind === "pairs") {
    const pairs = await openVerificationSet(path);
    const images = {
      length: 2 * pairs.length,
      image: (i: number) => pairs.image(i),
      itemName: (i: number) => `image ${i % 2} of pair ${i >> 1}`,
    };
    const folder = (await Deno.stat(path)).isDirectory;
    return { images, source: folder ? join(path, `${basename(resolve(path))}.npy`) : path, pairs };
  }
  const source = join(path, "meta", `${lists}_name_5pts_score.txt`);
  const { names, points } = await readIjbLandmarks(source);
  const images = {
    length: names.length,
    itemName: (i: number) => names[i]!,
    image: async (i: number) => {
      const file = join(path, "loose_crop", names[i]!);
      const photograph = await decodeImage(await Deno.readFile(file), { name: `"${file}"` });
      const landmarks = Array.from(
        { length: 5 },
        (_, k): Point => [points[10 * i + 2 * k]!, points[10 * i + 2 * k + 1]!],
      );
      return alignFace(photograph, landmarks);
    },
  };
  return { images, source };
}

interface Views {
  readonly plain: Float32Array;
  readonly mirrored: Float32Array | undefined;
}

/** Options of the bootstrap with a display, and how to end it. */
function draws({ replicates, confidence, seed }: EvaluateSettings, name: string, signal: AbortSignal) {
  if (replicates === 0) return { bootstrap: undefined, stop: () => {} };
  const progress = new Progress({ total: replicates, unit: `draws of people in ${name}` });
  const onProgress = (done: number) => progress.update(done);
  return { bootstrap: { replicates, confidence, seed, signal, onProgress }, stop: () => progress.stop() };
}

async function measurePairs(
  name: string,
  settings: EvaluateSettings,
  { plain, mirrored }: Views,
  width: number,
  same: Uint8Array,
  unreadable: readonly Unreadable[],
  signal: AbortSignal,
): Promise<SetResult> {
  const { fusion, folds, metric } = settings, { bootstrap, stop } = draws(settings, name, signal);
  try {
    const report = await checkInputs(() => {
      const features = combineViews(plain, mirrored, width, fusion);
      return reportVerification(features, width, same, { folds, metric, confidence: settings.confidence, bootstrap });
    });
    return { name, kind: "pairs", report, unreadable };
  } finally {
    stop();
  }
}

async function measureIjb(
  { name, path, lists }: SetPlan,
  settings: EvaluateSettings,
  { plain, mirrored }: Views,
  width: number,
  unreadable: readonly Unreadable[],
  signal: AbortSignal,
): Promise<SetResult> {
  const file = (end: string) => join(path, "meta", `${lists}_${end}.txt`);
  const { faces, pairs, scores } = await checkInputs(async () => ({
    faces: await readIjbFaces(file("face_tid_mid")),
    pairs: await readIjbPairs(file("template_pair_label")),
    scores: settings.detectorScores ? (await readIjbLandmarks(file("name_5pts_score"))).scores : undefined,
  }));
  // In float32, as the published arrays are.
  if (mirrored !== undefined) { for (let i = 0; i < plain.length; i++) plain[i]! += mirrored[i]!; }
  const { bootstrap, stop } = draws(settings, name, signal);
  try {
    const input = { features: plain, width, ...faces, scores, keepNorm: settings.keepNorm };
    const { confidence } = settings;
    const report = await checkInputs(() => reportIjb(input, pairs, { confidence, bootstrap }));
    return { name, kind: "ijb", report, unreadable };
  } finally {
    stop();
  }
}
