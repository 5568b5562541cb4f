/** `deno task poses`: how the faces of a data set are turned, for `deno task plot poses`. */
import { basename, extname } from "node:path";
import { type DatasetReader, embedRows, type ImageEmbedder } from "@/datasets/mod.ts";
import { PoseTally } from "@/metrics/mod.ts";
import { loadPoseEstimator, type LoadPoseEstimatorOptions, modelCatalogue, type PoseModel } from "@/networks/mod.ts";
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
import { openSource, SOURCE_OPTIONS, throughMask } from "./_dataset_options.ts";
import { DEVICE_OPTIONS, readDevice } from "./_options.ts";
import { writeWhole } from "./_write_whole.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "poses",
  summary:
    "Measures yaw, pitch and roll of every face of a data set, in one pass; or takes them from a renderer's truth.",
  usage: "deno task poses IMAGES [options]",
  positionals: {
    value: "IMAGES",
    help: "folder of class folders, .lmdb, .txt list; or truth.jsonl of deno task render, whose poses are known",
    min: 1,
    max: 1,
  },
  options: [
    {
      flag: "model",
      value: "NAME",
      default: "mini",
      help: `pose estimator: ${Object.keys(modelCatalogue.poseEstimators).join(", ")}`,
    },
    { flag: "weights", value: "FILE", help: "its weights; the model's own when left out", alias: ["model-weights"] },
    { flag: "name", value: "TEXT", help: "name of the set in figures; its file's when left out" },
    { flag: "json", value: "FILE", help: "write the distributions, for deno task plot poses" },
    ...SOURCE_OPTIONS,
    ...DEVICE_OPTIONS.map((option) =>
      option.flag === "batch-size" ? { ...option, help: "images looked at together" } : option
    ),
  ],
  examples: [
    "deno task poses output/mini-10x5 --json output/poses.json",
    "deno task poses work/train/truth.jsonl --name heads --json output/heads.json",
    "deno task poses hsface10k.lmdb --model 6drepnet --batch-size 64 --json hsface10k.json",
  ],
};

/** A pose estimator that can be put away. */
export type PoseLoader = (
  options: LoadPoseEstimatorOptions,
) => Promise<AsyncDisposable & { readonly imageSize: number; estimate: ImagePoses }>;

type ImagePoses = (images: Float32Array, count: number) => Promise<Record<Angle, ArrayLike<number>>>;
type Angle = typeof ANGLES[number];

const ANGLES = ["yaw", "pitch", "roll"] as const;

/** Counts what a renderer knows of its images. */
async function countTruth(path: string, tally: PoseTally): Promise<void> {
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
  lines.forEach((line, i) => {
    const angles = anglesOf(line);
    if (angles === undefined) {
      throw new SyntaxError(
        `Cannot read ${path}: line ${i + 1} has no yaw, pitch and roll, expected those of deno task render`,
      );
    }
    tally.add(...angles);
  });
}

function anglesOf(line: string): [number, number, number] | undefined {
  try {
    const pose = JSON.parse(line) as Record<Angle, unknown> | null;
    const angles = ANGLES.map((angle) => pose?.[angle]);
    return angles.every((angle) => typeof angle === "number") ? angles as [number, number, number] : undefined;
  } catch {
    return undefined;
  }
}

interface Job {
  readonly dataset: DatasetReader;
  readonly judge: Awaited<ReturnType<PoseLoader>>;
  readonly batchSize: number;
  readonly signal: AbortSignal;
}

/** Counts what the estimator sees; says which images could not be read, and gives their number. */
async function countImages({ dataset, judge, batchSize, signal }: Job, tally: PoseTally): Promise<number> {
  const embedder: ImageEmbedder = {
    vectorSize: ANGLES.length,
    imageSize: judge.imageSize,
    embed: async (images, count) => {
      const poses = await judge.estimate(images, count);
      return Float32Array.from({ length: count * ANGLES.length }, (_, i) => poses[ANGLES[i % 3]!][Math.floor(i / 3)]!);
    },
  };
  const progress = new Progress({ total: dataset.length, unit: "images" });
  let done = 0, unread = 0;
  try {
    for await (const { index, feature, fault } of embedRows(dataset, embedder, { batchSize, signal })) {
      progress.update(++done);
      if (feature !== undefined) {
        tally.add(feature[0]!, feature[1]!, feature[2]!);
        continue;
      }
      tally.add(NaN, NaN, NaN);
      if (unread++ < 5) note(`no pose: ${dataset.itemName(index)}: ${fault}`);
    }
  } finally {
    progress.stop();
  }
  return unread;
}

function sayPoses(tally: PoseTally): void {
  const report = tally.report();
  for (const angle of ANGLES) {
    const { count, mean, sd, quantiles } = report[angle];
    if (count === 0) throw new RangeError("Cannot report on poses: no image could be read");
    const at = (share: number) => `${quantiles[String(share)]!.toFixed(1)}`;
    say(
      `${angle.padEnd(5)} mean ${mean!.toFixed(1)}, deviation ${sd!.toFixed(1)} degrees; ` +
        `1 %, 10 %, 50 %, 90 %, 99 % below ${[0.01, 0.1, 0.5, 0.9, 0.99].map(at).join(", ")}`,
    );
  }
}

/** What is read before the work begins. */
function settingsOf(args: TaskArguments) {
  const model = args.text("model");
  if (!Object.hasOwn(modelCatalogue.poseEstimators, model)) {
    throw new UsageError(
      `Cannot load pose estimator "${model}": known are ${Object.keys(modelCatalogue.poseEstimators).join(", ")}`,
    );
  }
  const weights = args.optionalText("weights");
  return { ...readDevice(args), model: model as PoseModel, ...(weights === undefined ? {} : { weights }) };
}

/**
 * Makes the body of the task.
 *
 * @param load Loads the network.
 * @returns The body.
 */
export function posesMain(load: PoseLoader): TaskMain {
  return async (args, signal) => {
    const source = args.positionals[0]!, json = args.optionalText("json"), tally = new PoseTally();
    const name = args.optionalText("name") ?? basename(source, extname(source));
    let from: Record<string, unknown>;
    if (/\.jsonl$/i.test(source)) {
      await checkInputs(() => countTruth(source, tally));
      from = { truth: basename(source) };
    } else {
      const settings = await checkInputs(() => settingsOf(args));
      await using dataset = await checkInputs(async () => throughMask(await openSource(source, args), args));
      await using judge = await checkInputs(() => load(settings));
      const unread = await countImages({ dataset, judge, batchSize: settings.batchSize, signal }, tally);
      from = { model: settings.model, images: dataset.length, unread };
      if (unread > 0) say(`${unread} of ${dataset.length} images could not be read`);
    }
    sayPoses(tally);
    if (json === undefined) return;
    await writeWhole(json, `${JSON.stringify({ kind: "poses", name, ...from, ...tally.report() })}\n`);
    say(json);
  };
}

if (import.meta.main) await runTask(SPEC, posesMain(loadPoseEstimator));
