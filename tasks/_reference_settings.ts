/**
 * What `deno task generate:reference` takes: the options of `deno task generate`, but for those that say where identities
 * come from, and those that say which reference images they are taken of.
 */
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import {
  datasetPaths,
  estimatorsFor,
  type LandmarkTable,
  listReferences,
  readLandmarks,
  type ReferenceList,
  type ReferencePaths,
  referencePaths,
  type ReferenceRecipe,
  sha256File,
} from "@/generation/mod.ts";
import { catalogueEntry, type LoadRecogniserOptions, type RecogniserModel, weightsPath } from "@/networks/mod.ts";
import { writeNpy } from "@/weights/mod.ts";
import { ALIGNMENT_OPTION, readAlignment } from "./_alignment_options.ts";
import { readArguments } from "./_arguments.ts";
import type { TaskArguments, TaskOption, TaskSpec } from "./_cli.ts";
import { UsageError } from "./_cli.ts";
import { prepareJob, SPEC as GENERATE } from "./_generate_settings.ts";
import { modelWeights } from "./_hub.ts";
import { readDevice, readModel } from "./_options.ts";

/** Options of `generate` that make no sense here, or that this task has itself. */
const NOT_TAKEN = ["center-feature", "moments", "ids", "start-end", "only", "recipe", "grow", "attempts", "fr-weights"];

/** Options of `generate` that have another default or meaning here. */
const CHANGED: Readonly<Record<string, Partial<TaskOption>>> = {
  images: { help: "images of each reference image", default: 50 },
  name: { help: "name of the data set (default SOURCE-reference)" },
  sigma: { default: "0.2" },
  attrop: { help: "first refine each vector until its face has the identity and a good quality" },
  rejected: { help: "vectors that do not get there: keep (the best so far) or skip (no images) (default keep)" },
  overwrite: { help: "remove the data set that is there, and take the vectors again" },
  "dry-run": { help: "look at every reference image and say what would be made, write nothing" },
};

const SIGMA = "0.2";
const FR_WEIGHTS = "fr-weights";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "generate:reference",
  summary: "Generates faces of the people in reference images: a class for each image, from its recogniser's vector.",
  usage: "deno task generate:reference --image-file FOLDER|LIST.txt|IMAGE [options]",
  options: [
    {
      flag: "image-file",
      value: "PATH",
      help:
        "reference images, JPEG, PNG or WebP: a folder with any folders in it, a .txt with a path a line, or one image; " +
        "without landmarks they must be aligned faces, 112x112 or squares of 56 to 256 pixels",
    },
    { flag: "root", value: "DIR", help: "for a .txt list: folder that relative paths are below (default the list's)" },
    {
      flag: "landmarks",
      value: "FILE",
      help: "aligns photographs: five points of each face, eyes, nose, corners of the mouth; " +
        "a table PATH,x1,y1,...,x5,y5 or JSON {PATH: [[x, y], ...]}",
    },
    {
      flag: "accept-any-size",
      help: "take images of any size and shape without landmarks by squeezing them to 112x112, as the reference does",
    },
    {
      ...ALIGNMENT_OPTION,
      help: `images without landmarks that are ${ALIGNMENT_OPTION.help.slice("pictures that are ".length)}; ` +
        "with --accept-any-size the default is trust",
    },
    { flag: "allow-failures", help: "end with exit code 0 although reference images could not be used" },
    {
      flag: "fr-model",
      value: "NAME",
      help: "recogniser that takes the vectors (default the one that the generator was trained with)",
    },
    { flag: FR_WEIGHTS, value: "FILE", help: "its weights, .pth or .safetensors; the model's own when left out" },
    { flag: "feat-batch-size", value: "N", default: 32, help: "reference images embedded together" },
    ...GENERATE.options.filter(({ flag }) => !NOT_TAKEN.includes(flag))
      .map((option) => ({ ...option, ...CHANGED[option.flag] })),
  ],
  examples: [
    "deno task generate:reference --image-file photos --example 10 --name friends",
    "deno task generate:reference --image-file photos --landmarks points.csv --allow-failures",
    "deno task generate:reference --image-file list.txt --model base --batch-size 64 --cosine 0.9 --format lmdb",
  ],
};

/** What a call comes to before images are opened. */
export interface ReferenceSettings {
  readonly source: string;
  readonly name: string;
  readonly list: ReferenceList;
  readonly landmarks: LandmarkTable | undefined;
  readonly recogniser: LoadRecogniserOptions;
  readonly recipe: ReferenceRecipe;
  readonly batchSize: number;
  readonly paths: ReferencePaths;
  /** The folder or file that will hold the images, and the recipe beside it. */
  readonly dataset: { readonly data: string; readonly recipe: string };
}

/**
 * The call of `deno task generate` that makes the images.
 *
 * @param args Options of this call.
 * @param name Name of the data set.
 * @param vectors File of ID vectors.
 * @param extra Further options.
 * @returns Its options.
 */
export function generateArguments(
  args: TaskArguments,
  name: string,
  vectors: string,
  extra: readonly string[] = [],
): TaskArguments {
  const passed = GENERATE.options.filter(({ flag }) =>
    !NOT_TAKEN.includes(flag) && flag !== "name" && args.given(flag)
  );
  const words = passed.flatMap(({ flag, value }) =>
    value === undefined ? [`--${flag}`] : args.texts(flag).map((text) => `--${flag}=${text}`)
  );
  if (!args.given("sigma") && !args.given("cosine")) words.push(`--sigma=${SIGMA}`);
  // Attribute operation asks the recogniser that the generator was trained with.
  const sameNetwork = recogniserName(args) === estimatorsFor(readModel(args)).identity;
  if (args.flag("attrop") && args.given(FR_WEIGHTS) && sameNetwork) {
    words.push(`--${FR_WEIGHTS}=${args.text(FR_WEIGHTS)}`);
  }
  const missing = extra.filter((word) => !words.includes(word));
  return readArguments(GENERATE, [`--center-feature=${vectors}`, `--name=${name}`, ...words, ...missing])!;
}

/** Refuses now what `generate` would refuse after the vectors are taken: it prepares a data set of one made-up vector. */
async function checkGenerate(args: TaskArguments, name: string, signal: AbortSignal): Promise<void> {
  const width = catalogueEntry("generators", readModel(args)).config.vectorSize;
  const probe = await Deno.makeTempFile({ suffix: ".npy" });
  try {
    writeNpy(probe, { dtype: "float32", shape: [1, width], data: new Float32Array(width).fill(1) });
    using _job = await prepareJob(generateArguments(args, name, probe, ["--overwrite"]), signal);
  } finally {
    await Deno.remove(probe);
  }
}

/** Where a path leads, through links, as far as it is there. */
function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    const parent = dirname(resolve(path));
    return parent === resolve(path) ? parent : join(realPath(parent), basename(path));
  }
}

/** Whether a path is a folder or lies in it. */
function lies(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function recogniserName(args: TaskArguments): RecogniserModel {
  const name = args.optionalText("fr-model") ?? estimatorsFor(readModel(args)).identity;
  catalogueEntry("recognisers", name);
  return name as RecogniserModel;
}

/**
 * Checks everything that can be checked before an image is opened.
 *
 * @param args Options of the call.
 * @param signal Stops the reading of large files.
 * @returns The settings.
 */
export async function readReferenceSettings(args: TaskArguments, signal: AbortSignal): Promise<ReferenceSettings> {
  if (args.given("rejected")) args.choice("rejected", ["keep", "skip"]);
  const source = args.text("image-file"), directory = args.text("output");
  const stem = basename(resolve(source)),
    name = args.optionalText("name") ??
      `${basename(stem, extname(stem)).replace(/^\.+/, "")}-reference`;
  const format = args.choice("format", ["folder", "lmdb"]);
  const dataset = datasetPaths(directory, name, format);
  const model = recogniserName(args), { device, threads } = readDevice(args);
  const list = await listReferences(source, { root: args.optionalText("root") });
  refuseOverlap(source, list, dataset.data);
  const points = args.optionalText("landmarks");
  const landmarks = points === undefined ? undefined : await readLandmarks(points);
  await checkGenerate(args, name, signal);
  const given = args.optionalText(FR_WEIGHTS);
  const found = args.flag("dry-run") ? given : await modelWeights("recognisers", model, given, signal);
  const weights = weightsPath("recognisers", model, found),
    batchSize = args.integer("feat-batch-size", { min: 1, max: 4096 });
  const anySize = args.flag("accept-any-size");
  const alignment = await readAlignment(args, signal, anySize ? "trust" : "check");
  return {
    source,
    name,
    list,
    landmarks,
    recogniser: { model, weights, device, threads, batchSize },
    recipe: {
      recogniser: { name: model, file: basename(weights), sha256: await sha256File(weights, signal) },
      anySize,
      ...(alignment === undefined ? {} : { alignment }),
    },
    batchSize,
    paths: referencePaths(directory, name),
    dataset,
  };
}

/** The data set must not lie among the images that it is made from: they would be overwritten, or taken for references. */
function refuseOverlap(source: string, { files }: ReferenceList, data: string): void {
  const place = realPath(data), folder = Deno.statSync(source).isDirectory ? realPath(source) : undefined;
  const inside = files.find(({ path }) => lies(realPath(path), place));
  if (inside === undefined && (folder === undefined || !lies(place, folder))) return;
  const why = inside === undefined
    ? `it lies in the folder of reference images ${source}`
    : `the reference image ${inside.path} lies in it`;
  throw new UsageError(`Cannot write to ${data}: ${why}; choose another --output or --name`);
}
