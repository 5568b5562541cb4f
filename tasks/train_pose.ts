/** `deno task train:pose`: trains a pose estimator on packed training images. */
import { arrayParameters, createPoseEstimator, poseEstimatorConfig } from "@/networks/mod.ts";
import { PackedImages, PoseTraining, resume } from "@/training/mod.ts";
import { checkInputs, runTask, type TaskMain, type TaskSpec } from "./_cli.ts";
import { HeldImages } from "./_estimator_validation.ts";
import { DATA_OPTION, RUN_OPTIONS, trainToFile } from "./_training.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "train:pose",
  summary: "Trains a pose estimator: RepVGG and the 6D rotation of 6DRepNet. Stopped and started again, it goes on.",
  usage: "deno task train:pose --data DIR --output DIR [options]",
  options: [
    DATA_OPTION,
    { flag: "output", value: "DIR", default: "work/pose", help: "folder for checkpoint, log and weights" },
    { flag: "epochs", value: "N", default: 6, help: "passes over the images" },
    { flag: "batch-size", value: "N", default: 64, help: "images a step" },
    { flag: "rate", value: "X", default: 2e-3, help: "highest learning rate" },
    { flag: "weight-decay", value: "X", default: 0.02, help: "decay of matrices and kernels" },
    { flag: "seed", value: "N", default: 1, help: "seed of first weights, order and flips" },
    ...RUN_OPTIONS,
  ],
  examples: [
    "deno task train:pose --data work/train --held work/held",
    "deno task train:pose --data work/train --seed 2 --output work/pose2",
  ],
};

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const settings = {
    epochs: args.number("epochs", { min: 0.01 }),
    batchSize: args.integer("batch-size", { min: 2 }),
    rate: args.number("rate", { min: 0 }),
    weightDecay: args.number("weight-decay", { min: 0 }),
    seed: args.integer("seed", { min: 0 }),
    replicas: args.integer("replicas", { min: 1 }),
  };
  using data = await checkInputs(() => new PackedImages(args.text("data")));
  const text = { kind: "pose", settings: JSON.stringify({ ...settings, images: data.length }) };
  using held = await checkInputs(() => HeldImages.open(args));
  const saved = await checkInputs(() => resume(args.text("output"), text));
  const session = { threads: args.integer("threads", { min: 0 }) };
  const config = poseEstimatorConfig("mini");
  await using run = await checkInputs(() => PoseTraining.create({ config, data, ...settings, session }, saved));
  const validate = held && (async () => {
    await using estimator = await createPoseEstimator(config, arrayParameters(run.deployed()), session);
    const { yaw, pitch, roll } = await held.pose(estimator, { signal });
    return { heldYaw: yaw.error, heldPitch: pitch.error, heldRoll: roll.error };
  });
  await trainToFile(run, {
    args,
    text,
    about: `${data.length} images`,
    figures: (means) => `yaw ${means["yaw"]!.toFixed(2)} pitch ${means["pitch"]!.toFixed(2)}`,
    validate,
    signal,
  });
};

if (import.meta.main) await runTask(SPEC, main);
