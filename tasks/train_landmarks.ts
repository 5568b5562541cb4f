/** `deno task train:landmarks`: trains a landmark estimator on views of packed training images. */
import { arrayParameters, createLandmarkEstimator, landmarkEstimatorConfig } from "@/networks/mod.ts";
import { LandmarkTraining, PackedImages, resume } from "@/training/mod.ts";
import { checkInputs, runTask, type TaskMain, type TaskSpec } from "./_cli.ts";
import { HeldFaces } from "./_alignment_validation.ts";
import { DATA_OPTION, RUN_OPTIONS, trainToFile } from "./_training.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "train:landmarks",
  summary:
    "Trains a landmark estimator: RepVGG whose cells vote for five points. Stopped and started again, it goes on.",
  usage: "deno task train:landmarks --data DIR --afar DIR --output DIR [options]",
  options: [
    DATA_OPTION,
    {
      flag: "afar",
      value: "DIR",
      help: "packed images that show more around the face, as deno task render --zoom 0.5 writes; half of each batch",
    },
    { flag: "output", value: "DIR", default: "work/landmarks", help: "folder for checkpoint, log and weights" },
    { flag: "steps", value: "N", default: 2400, help: "steps of the run" },
    { flag: "batch-size", value: "N", default: 64, help: "views a step" },
    { flag: "rate", value: "X", default: 2e-3, help: "highest learning rate" },
    { flag: "weight-decay", value: "X", default: 0.02, help: "decay of matrices and kernels" },
    { flag: "seed", value: "N", default: 1, help: "seed of first weights, order and views" },
    ...RUN_OPTIONS,
  ],
  examples: [
    "deno task train:landmarks --data work/train --afar work/train-wide --held work/held",
    "deno task train:landmarks --data work/train --seed 2 --output work/landmarks2",
  ],
};

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const settings = {
    steps: args.integer("steps", { min: 1 }),
    batchSize: args.integer("batch-size", { min: 2 }),
    rate: args.number("rate", { min: 0 }),
    weightDecay: args.number("weight-decay", { min: 0 }),
    seed: args.integer("seed", { min: 0 }),
    replicas: args.integer("replicas", { min: 1 }),
  };
  const folders = [args.text("data"), args.optionalText("afar")].filter((folder) => folder !== undefined);
  using stack = new DisposableStack();
  const data = await checkInputs(() => folders.map((folder) => stack.use(new PackedImages(folder))));
  const images = data.map(({ length }) => length);
  const text = { kind: "landmarks", settings: JSON.stringify({ ...settings, images }) };
  using held = await checkInputs(() => HeldFaces.open(args));
  const saved = await checkInputs(() => resume(args.text("output"), text));
  const session = { threads: args.integer("threads", { min: 0 }) };
  const config = landmarkEstimatorConfig("mini");
  await using run = await checkInputs(() => LandmarkTraining.create({ config, data, ...settings, session }, saved));
  const validate = held && (async () => {
    await using estimator = await createLandmarkEstimator(config, arrayParameters(run.deployed()), session);
    const views = [{ kind: "all", amount: 0 }] as const;
    const { views: [aligned, all] } = await held.measure(estimator, { views, signal });
    return { heldPixels: aligned!.error, heldAuc: all!.auc! };
  });
  await trainToFile(run, {
    args,
    text,
    about: `${images.join(" + ")} images`,
    figures: (means) => `pixels ${means["pixels"]!.toFixed(2)} accuracy ${means["accuracy"]!.toFixed(3)}`,
    validate,
    signal,
  });
};

if (import.meta.main) await runTask(SPEC, main);
