/** `deno task train:arcface`: trains a recogniser on packed training images. */
import { recogniserConfig } from "@/networks/mod.ts";
import { PackedImages, RecogniserTraining, resume } from "@/training/mod.ts";
import { checkInputs, runTask, type TaskSpec } from "./_cli.ts";
import { DATA_OPTION, RUN_OPTIONS, trainToFile } from "./_training.ts";

const SPEC: TaskSpec = {
  name: "train:arcface",
  summary: "Trains a recogniser: IResNet with the ArcFace loss. Stopped and started again, it goes on where it was.",
  usage: "deno task train:arcface --data DIR --output DIR [options]",
  options: [
    DATA_OPTION,
    { flag: "output", value: "DIR", default: "work/recogniser", help: "folder for checkpoint, log and weights" },
    { flag: "epochs", value: "N", default: 8, help: "passes over the images" },
    { flag: "batch-size", value: "N", default: 32, help: "images a step" },
    { flag: "rate", value: "X", default: 0.08, help: "highest learning rate" },
    { flag: "margin", value: "X", default: 0.35, help: "final angular margin", unit: "radians" },
    { flag: "scale", value: "X", default: 32, help: "factor of the cosines" },
    { flag: "pose-weight", value: "X", default: 1, help: "weight of the linear pose head; 0 turns it off" },
    { flag: "seed", value: "N", default: 1, help: "seed of first weights, order and flips" },
    ...RUN_OPTIONS,
  ],
  examples: [
    "deno task train:arcface --data work/train --epochs 8",
    "deno task train:arcface --data work/train --seed 2 --output work/second",
  ],
};

if (import.meta.main) {
  await runTask(SPEC, async (args, signal) => {
    const folder = args.text("output");
    const settings = {
      epochs: args.integer("epochs", { min: 1 }),
      batchSize: args.integer("batch-size", { min: 2 }),
      rate: args.number("rate", { min: 0 }),
      margin: args.number("margin", { min: 0, max: 1 }),
      scale: args.number("scale", { min: 1 }),
      poseWeight: args.number("pose-weight", { min: 0 }),
      seed: args.integer("seed", { min: 0 }),
    };
    using data = await checkInputs(() => new PackedImages(args.text("data")));
    const text = { kind: "recogniser", settings: JSON.stringify({ ...settings, images: data.length }) };
    const saved = await checkInputs(() => resume(folder, text));
    const session = { threads: args.integer("threads", { min: 0 }) };
    await using run = await RecogniserTraining.create(
      { config: recogniserConfig("mini"), data, ...settings, session },
      saved,
    );
    await trainToFile(run, {
      args,
      text,
      about: `${data.length} images of ${data.classes} identities`,
      figures: (means) => `acc ${means["accuracy"]!.toFixed(3)}`,
      signal,
    });
  });
}
