/**
 * `deno task separability:mini`: the paper's central figure, identity separability, for the mini family.
 *
 * The paper counts centres of generated images (https://arxiv.org/abs/2409.02979); here the vectors that go in and the rendered
 * heads that `mini` was trained on stand beside them, so that it can be seen what generation loses.
 */
import { join } from "node:path";
import { locateIdentities, type MaskedGenerator, sha256File } from "@/generation/mod.ts";
import { loadHeads } from "@/heads/mod.ts";
import { gaussianVectors, loadMoments } from "@/identity/mod.ts";
import { loadGenerator, type LoadGeneratorOptions, loadRecogniser, weightsPath } from "@/networks/mod.ts";
import type { LoadRecogniserOptions } from "@/networks/mod.ts";
import type { ImageEmbedder } from "@/datasets/mod.ts";
import { figureHtml, figurePng, figureSvg, type FigureWidth, separabilityFigure } from "@/plots/mod.ts";
import { measureSeparability, type SeparabilityReport, separabilityReport } from "@/separability/mod.ts";
import { openRows, unitRows } from "@/similarity/mod.ts";
import { PackedImages } from "@/training/mod.ts";
import {
  checkInputs,
  note,
  runTask,
  say,
  type TaskArguments,
  type TaskMain,
  type TaskSpec,
  UsageError,
} from "./_cli.ts";
import {
  type HeadsFrom,
  type SetOptions,
  writeGeneratedCentres,
  writeInputVectors,
  writeRenderedCentres,
} from "./_mini_separability_sets.ts";
import { DEVICE_OPTIONS, readDevice } from "./_options.ts";
import { separabilityTable } from "./_separability_table.ts";
import { writeWhole } from "./_write_whole.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "separability:mini",
  summary: `Draws the paper's figure for mini: how many of the first n identities are well separated, counted for

  input vectors      drawn from the Gaussian
  generated images   centres of the images that these vectors decode to, as the paper counts them
  rendered heads     centres of renders of people that were in no training, with --heads or --rendered

A set that is in DIR already, made from the same files and numbers, is not made again.`,
  usage: "deno task separability:mini [options]",
  options: [
    { flag: "ids", value: "N", default: 1000, help: "identities of each set", unit: "2..1000000" },
    { flag: "images", value: "K", default: 4, help: "images of each identity; their mean feature is its centre" },
    { flag: "seed", value: "S", default: 0, help: "seed of vectors, noise, masks and renders", unit: "0..2^64-1" },
    { flag: "heads", value: "DIR", help: "head model: packed, or ICT-FaceKit's folder FaceXModel" },
    { flag: "first-head", value: "I", default: 100_000, help: "number of the first rendered identity" },
    { flag: "rendered", value: "DIR", help: "in place of --heads: packed renders, as deno task render writes them" },
    { flag: "generator", value: "FILE", help: "weights of the generator; the shipped ones when left out" },
    { flag: "recogniser", value: "FILE", help: "weights of the recogniser; the shipped ones when left out" },
    { flag: "moments", value: "FILE", help: "Gaussian of identities; the shipped one when left out" },
    { flag: "thresholds", value: "T,T", default: "0.4", help: "cosines t, up to eight", unit: "-1..1" },
    { flag: "prefix-step", value: "N", help: "count after every N identities (default a hundredth of them)" },
    { flag: "no-reference", help: "leave out the published values, read off the paper's figure" },
    { flag: "width", value: "NAME", default: "column", help: "column (3.5 inches) or page (7.2 inches)" },
    {
      flag: "output",
      value: "DIR",
      default: "output/separability-mini",
      help: "folder for vectors, counts and figure",
    },
    { flag: "overwrite", help: "make sets again that are there" },
    { flag: "workers", value: "N", default: 1, help: "threads that render; 0 renders in the main thread" },
    ...DEVICE_OPTIONS,
  ],
  examples: [
    "deno task separability:mini --heads ../ICT-FaceKit/FaceXModel",
    "deno task separability:mini --ids 200 --rendered work/held --thresholds 0.3,0.4 --output work/figure",
  ],
};

/** Networks of the task; replaced in tests. */
export interface MiniNetworks<Mask> {
  /** Loads the generator. */
  readonly generator: (options: LoadGeneratorOptions) => Promise<MaskedGenerator<Mask>>;
  /** Loads the recogniser. */
  readonly recogniser: (options: LoadRecogniserOptions) => Promise<ImageEmbedder & AsyncDisposable>;
}

/** One set of the figure. */
interface FigureSet {
  /** Name of its files. */
  readonly file: string;
  /** Name in the figure. */
  readonly label: string;
  /** What it is a function of. */
  readonly madeOf: Readonly<Record<string, unknown>>;
  /** Writes its vectors. */
  readonly write: (path: string) => Promise<void> | void;
}

/** Makes the vectors of a set unless they are there, made of the same. */
async function provide({ file, label, madeOf, write }: FigureSet, folder: string, again: boolean): Promise<string> {
  const path = join(folder, `${file}.npy`), beside = join(folder, `${file}.made.json`);
  const text = `${JSON.stringify(madeOf, null, 2)}\n`;
  const there = async (name: string) => await Deno.readTextFile(name).catch(() => undefined);
  if (!again && await there(beside) === text) {
    note(`${label}: ${path} is there already`);
    return path;
  }
  await Deno.remove(beside).catch(() => {}); // until the vectors are whole
  await write(path);
  await writeWhole(beside, text);
  return path;
}

/** How sets are counted and drawn. */
interface CountSettings {
  readonly thresholds: readonly number[];
  readonly prefixStep: number;
  readonly width: FigureWidth;
  readonly reference: boolean;
}

function readCount(args: TaskArguments, identities: number): CountSettings {
  return {
    thresholds: args.optionalNumbers("thresholds", { min: -1, max: 1 })!,
    prefixStep: args.optionalInteger("prefix-step", { min: 1 }) ?? Math.ceil(identities / 100),
    width: args.choice("width", ["column", "page"]),
    reference: !args.flag("no-reference"),
  };
}

async function count(
  path: string,
  name: string,
  { thresholds, prefixStep }: CountSettings,
  signal: AbortSignal,
): Promise<SeparabilityReport> {
  using rows = openRows(path);
  return separabilityReport(await measureSeparability(unitRows(rows), { thresholds, signal }), { name, prefixStep });
}

async function readHeads(args: TaskArguments, stack: DisposableStack): Promise<HeadsFrom | undefined> {
  const heads = args.optionalText("heads"), rendered = args.optionalText("rendered");
  if (heads !== undefined && rendered !== undefined) {
    throw new UsageError("Cannot start: --heads and --rendered exclude each other");
  }
  if (rendered !== undefined) return { kind: "packed", data: stack.use(new PackedImages(rendered)) };
  if (heads === undefined) return undefined;
  const first = args.integer("first-head", { min: 0, max: 2 ** 31 });
  return {
    kind: "model",
    model: await loadHeads(heads),
    first,
    workers: args.integer("workers", { min: 0, max: 256 }),
  };
}

/**
 * Makes the body of the task.
 *
 * @param load Loads the networks.
 * @returns The body.
 */
export function separabilityMiniMain<Mask>(load: MiniNetworks<Mask>): TaskMain {
  return async (args, signal) => {
    await using resources = new AsyncDisposableStack();
    using files = new DisposableStack();
    const identities = args.integer("ids", { min: 2, max: 1e6 }), images = args.integer("images", { min: 1, max: 1e6 });
    const seed = args.seed(), folder = args.text("output"), settings = readCount(args, identities);
    const { device, heads, moments, paths, embedder } = await checkInputs(async () => {
      const device = readDevice(args);
      const paths = {
        moments: locateIdentities({ model: "mini", moments: args.optionalText("moments") }).path,
        generator: weightsPath("generators", "mini", args.optionalText("generator")),
        recogniser: weightsPath("recognisers", "mini", args.optionalText("recogniser")),
      };
      const heads = await readHeads(args, files), moments = loadMoments(paths.moments);
      const embedder = resources.use(await load.recogniser({ ...device, model: "mini", weights: paths.recogniser }));
      return { device, heads, moments, paths, embedder };
    });
    const options: SetOptions = { identities, images, seed, embedder, batchSize: device.batchSize, signal };
    const vectors = gaussianVectors(moments, seed, identities);
    const hash = (path: string) => sha256File(path, signal);
    const [moment, generator, recogniser] = [
      await hash(paths.moments),
      await hash(paths.generator),
      await hash(paths.recogniser),
    ];
    const common = { ids: identities, seed: String(seed) };
    const sets: FigureSet[] = [
      {
        ...{ file: "vectors", label: "mini: input vectors", madeOf: { ...common, moments: moment } },
        write: (path) => writeInputVectors(path, vectors, options),
      },
      {
        ...{ file: "generated", label: "mini: generated images" },
        madeOf: { ...common, images, moments: moment, generator, recogniser },
        write: async (path) => {
          const network = await checkInputs(() =>
            load.generator({ ...device, model: "mini", weights: paths.generator })
          );
          try {
            await writeGeneratedCentres(path, vectors, network, options);
          } finally {
            await network.release();
          }
        },
      },
    ];
    if (heads === undefined) note("No rendered heads: give --heads or --rendered for the third set");
    else {
      const from = heads.kind === "model"
        ? { heads: args.text("heads"), first: heads.first }
        : { rendered: await hash(join(args.text("rendered"), "images.npy")) };
      sets.push({
        ...{ file: "rendered", label: "rendered heads", madeOf: { ...common, images, recogniser, ...from } },
        write: (path) => writeRenderedCentres(path, heads, options),
      });
    }
    await Deno.mkdir(folder, { recursive: true });
    const reports: SeparabilityReport[] = [];
    for (const set of sets) {
      const path = await provide(set, folder, args.flag("overwrite"));
      const report = await checkInputs(() => count(path, set.label, settings, signal));
      reports.push(report);
      for (const line of separabilityTable(report)) say(line);
      say();
      await writeWhole(join(folder, `${set.file}.json`), `${JSON.stringify(report)}\n`);
    }
    const figure = separabilityFigure(reports, { reference: settings.reference, width: settings.width });
    for (const [format, draw] of [["html", figureHtml], ["svg", figureSvg], ["png", figurePng]] as const) {
      const path = join(folder, `separability.${format}`);
      await writeWhole(path, await draw(figure));
      say(path);
    }
  };
}

if (import.meta.main) {
  await runTask(SPEC, separabilityMiniMain({ generator: loadGenerator, recogniser: loadRecogniser }));
}
