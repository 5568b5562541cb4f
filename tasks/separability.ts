/** `deno task separability`: how many identities of a set are well separated, for every number of identities. */
import { basename, dirname, extname, join } from "node:path";
import { datasetForm, type ImageEmbedder } from "@/datasets/mod.ts";
import { sha256File } from "@/generation/mod.ts";
import {
  loadRecogniser,
  type LoadRecogniserOptions,
  modelCatalogue,
  type RecogniserModel,
  weightsPath,
} from "@/networks/mod.ts";
import {
  measureSeparability,
  type Separability,
  type SeparabilityReport,
  separabilityReport,
} from "@/separability/mod.ts";
import { openRows, unitRows } from "@/similarity/mod.ts";
import { writeNpz } from "@/weights/mod.ts";
import {
  checkInputs,
  note,
  Progress,
  runTask,
  say,
  type TaskArguments,
  type TaskMain,
  type TaskSpec,
  UsageError,
} from "./_cli.ts";
import { isPacked } from "./_face_centres.ts";
import { DEVICE_OPTIONS, readDevice } from "./_options.ts";
import type { FeatureRecipe } from "./_recogniser_options.ts";
import { embedCentres } from "./_separability_centres.ts";
import { separabilityTable } from "./_separability_table.ts";
import { checkWritable, writeWhole } from "./_write_whole.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "separability",
  summary: `Counts the well-separated identities among the first n of a set, exactly, for every n in one pass.

"separated" are identities without an earlier one above the cosine t, as the Vec2Face paper counts them; "kept" are those without
an earlier KEPT one above t (greedy balls). Both are decided in float64 from the vectors as stored. Of images, the
centres are counted: the mean of each identity's features by a recogniser.`,
  usage: "deno task separability FILE... [options]",
  positionals: {
    value: "FILE...",
    help: "vectors [N, D] as .npy, or images: a folder of identities, an LMDB file, a .txt list, packed renders",
    min: 1,
  },
  options: [
    { flag: "thresholds", value: "T,T", default: "0.4", help: "cosines t, up to eight", unit: "-1..1" },
    { flag: "prefix-step", value: "N", default: 1000, help: "count after every N identities" },
    { flag: "name", value: "TEXT", help: "name of a set in figures; its file's when left out", repeat: true },
    { flag: "json", value: "FILE", help: "write the counts, for deno task plot; with several sets a file for each" },
    { flag: "nearest", value: "FILE.npz", help: "write each identity's nearest other one: arrays index and cosine" },
    {
      flag: "resume",
      value: "FILE.npz",
      help: "keep the state here, and go on from it when it is there; of images, features and centres beside it",
    },
    {
      flag: "workers",
      value: "N",
      help: "threads; one a core for large sets when left out, 0 computes in the main one",
    },
    {
      flag: "block",
      value: "N",
      default: 1024,
      help: "rows multiplied together; memory grows with it",
      unit: "times 32",
    },
    { flag: "precision", value: "NAME", default: "auto", help: "arithmetic that finds candidates: int8, float32" },
    { flag: "no-histogram", help: "do not sort all cosines into bins, which takes a tenth of the time" },
    {
      flag: "recogniser",
      value: "NAME",
      default: "mini",
      help: `embeds images: ${Object.keys(modelCatalogue.recognisers).join(", ")}`,
    },
    { flag: "recogniser-weights", value: "FILE", help: "its weights; the model's own when left out" },
    {
      flag: "centres",
      value: "FILE.npy",
      help: "keep the centres of images here; a stopped run goes on with the images, and none is embedded twice",
    },
    ...DEVICE_OPTIONS.map((option) =>
      option.flag === "batch-size" ? { ...option, help: "images embedded together" } : option
    ),
  ],
  examples: [
    "deno task separability ids.npy --thresholds 0.3,0.4 --json ids.json",
    "deno task separability output/faces --recogniser mini --centres faces.npy",
    "deno task separability million.npy --resume million-state.npz --no-histogram",
  ],
};

/** A recogniser, released at the end. */
type Recogniser = ImageEmbedder & AsyncDisposable;

/** What was asked for. */
interface Settings {
  readonly thresholds: readonly number[];
  readonly prefixStep: number;
  /** Undefined for as many as are worth starting. */
  readonly workers: number | undefined;
  readonly block: number;
  readonly precision: "int8" | "float32" | undefined;
  readonly histogram: boolean;
  readonly sets: readonly SetPlan[];
}

/** One set, and what is written about it. */
interface SetPlan {
  readonly path: string;
  readonly name: string;
  readonly vectors: boolean;
  readonly json: string | undefined;
  readonly nearest: string | undefined;
  readonly resume: string | undefined;
  /** Where centres of images are kept; nowhere when undefined. */
  readonly centres: string | undefined;
}

/** Up to so many products, workers would take longer to start than to compute: 5,000 rows of 512. */
const SMALL_WORK = 1.3e10;

function readSettings(args: TaskArguments): Settings {
  const precision = args.choice("precision", ["auto", "int8", "float32"]);
  const names = args.texts("name"), paths = args.positionals;
  if (names.length !== 0 && names.length !== paths.length) {
    throw new UsageError(`Cannot name the sets: ${names.length} times --name for ${paths.length} sets`);
  }
  const label = (path: string, k: number) => names[k] ?? basename(path, extname(path));
  const labels = paths.map(label);
  if (new Set(labels).size < labels.length) {
    throw new UsageError(`Cannot tell the sets apart: their names are ${labels.join(", ")}; give each a --name`);
  }
  const slug = (name: string) => name.replaceAll(/[^\w.-]+/g, "_");
  const writes = ["json", "nearest", "resume", "centres"].some((flag) => args.given(flag));
  if (writes && new Set(labels.map(slug)).size < labels.length) {
    throw new UsageError(`Cannot name files after the sets: ${labels.join(", ")} are too much alike; give other names`);
  }
  const outputs = (flag: string, name: string) => {
    const path = args.optionalText(flag);
    if (path === undefined || paths.length === 1) return path;
    const end = extname(path);
    return join(dirname(path), `${basename(path, end)}-${slug(name)}${end}`);
  };
  const sets = paths.map((path, k): SetPlan => {
    const name = labels[k]!, resume = outputs("resume", name), vectors = extname(path).toLowerCase() === ".npy";
    if (!vectors && !isPacked(path)) datasetForm(path); // refuses what is neither
    return {
      ...{ path, name, vectors, json: outputs("json", name), nearest: outputs("nearest", name), resume },
      centres: vectors ? undefined : outputs("centres", name) ?? resume?.replace(/(\.npz)?$/i, ".centres.npy"),
    };
  });
  if (args.given("centres") && sets.every(({ vectors }) => vectors)) {
    throw new UsageError("Cannot keep centres: --centres is for images, and only vectors are given");
  }
  return {
    thresholds: args.optionalNumbers("thresholds", { min: -1, max: 1 })!,
    prefixStep: args.integer("prefix-step", { min: 1 }),
    workers: args.optionalInteger("workers", { min: 0, max: 1024 }),
    block: args.integer("block", { min: 32, max: 16384 }),
    precision: precision === "auto" ? undefined : precision,
    histogram: !args.flag("no-histogram"),
    sets,
  };
}

/** Counts the rows of a .npy file. */
async function measure(
  path: string,
  { name, resume }: SetPlan,
  settings: Settings,
  signal: AbortSignal,
): Promise<Separability> {
  const { thresholds, block, precision, histogram } = settings;
  using source = await checkInputs(() => openRows(path));
  const work = source.count ** 2 * source.width;
  const workers = settings.workers ?? (work > SMALL_WORK ? navigator.hardwareConcurrency : 0);
  if (resume !== undefined) await Deno.mkdir(dirname(resume), { recursive: true });
  const state = resume === undefined ? undefined : { path: resume, input: await sha256File(path, signal) };
  let progress: Progress | undefined;
  try {
    return await checkInputs(() =>
      measureSeparability(unitRows(source), {
        ...{ thresholds, workers, block, histogram, signal },
        ...(precision === undefined ? {} : { precision }),
        ...(state === undefined ? {} : { state }),
        onProgress: (done, total) => {
          const [unit, size] = total < 1e8 ? ["thousand", 1e3] : ["million", 1e6] as const;
          const count = Math.round(done / size);
          progress ??= new Progress({
            total: Math.round(total / size),
            unit: `${unit} pairs of ${name}`,
            start: count,
          });
          progress.update(count);
        },
      })
    );
  } finally {
    progress?.stop();
    if (signal.aborted && resume !== undefined) note(`The same command goes on from ${resume}`);
  }
}

/**
 * Makes the body of the task.
 *
 * @param load Loads the recogniser.
 * @returns The body.
 */
export function separabilityMain(load: (options: LoadRecogniserOptions) => Promise<Recogniser>): TaskMain {
  return async (args, signal) => {
    const settings = await checkInputs(async () => {
      const settings = readSettings(args);
      for (const { json, nearest } of settings.sets) {
        for (const path of [json, nearest]) if (path !== undefined) await checkWritable(path);
      }
      return settings;
    });
    await using resources = new AsyncDisposableStack();
    const device = await checkInputs(() => readDevice(args)), { batchSize } = device;
    let network: { readonly embedder: Recogniser; readonly recipe: FeatureRecipe } | undefined;
    if (settings.sets.some(({ vectors }) => !vectors)) {
      const model = args.text("recogniser") as RecogniserModel;
      network = await checkInputs(async () => {
        const weights = weightsPath("recognisers", model, args.optionalText("recogniser-weights"));
        const sha256 = await sha256File(weights, signal);
        const embedder = resources.use(await load({ ...device, model, weights, bulk: true }));
        return { embedder, recipe: { model, weights: basename(weights), sha256, flip: false } };
      });
    }
    for (const [k, plan] of settings.sets.entries()) {
      let path = plan.path;
      if (!plan.vectors) {
        const folder = plan.centres === undefined ? await Deno.makeTempDir() : undefined;
        if (folder !== undefined) resources.defer(() => Deno.remove(folder, { recursive: true }));
        path = plan.centres ?? join(folder!, "centres.npy");
        await Deno.mkdir(dirname(path), { recursive: true });
        try {
          await embedCentres({ path: plan.path, name: plan.name, to: path, ...network!, batchSize, signal });
        } catch (error) {
          if (signal.aborted && folder === undefined) note(`The same command goes on with the images beside ${path}`);
          throw error;
        }
      }
      const result = await measure(path, plan, settings, signal);
      const report = separabilityReport(result, { name: plan.name, prefixStep: settings.prefixStep });
      if (k > 0) say();
      for (const line of separabilityTable(report)) say(line);
      await write(plan, result, report);
    }
  };
}

async function write({ json, nearest }: SetPlan, result: Separability, report: SeparabilityReport): Promise<void> {
  if (json !== undefined) {
    await writeWhole(json, `${JSON.stringify(report)}\n`);
    say(`counts: ${json}`);
  }
  if (nearest === undefined) return;
  await Deno.mkdir(dirname(nearest), { recursive: true });
  writeNpz(nearest, {
    index: { dtype: "int32", shape: [result.rows], data: result.nearest },
    cosine: { dtype: "float64", shape: [result.rows], data: result.nearestCosine },
  });
  say(`nearest identities: ${nearest}`);
}

if (import.meta.main) await runTask(SPEC, separabilityMain(loadRecogniser));
