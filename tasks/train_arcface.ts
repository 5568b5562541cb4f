/** `deno task train:arcface`: trains a recogniser on packed training images. */
import { recogniserConfig } from "@/networks/mod.ts";
import { PackedImages, RecogniserTraining, resume, trainingLoop } from "@/training/mod.ts";
import { writeSafetensors } from "@/weights/mod.ts";
import { checkInputs, note, Progress, runTask, say, type TaskSpec } from "./_cli.ts";

const SPEC: TaskSpec = {
  name: "train:arcface",
  summary: "Trains a recogniser: IResNet with the ArcFace loss. Stopped and started again, it goes on where it was.",
  usage: "deno task train:arcface --data DIR --output DIR [options]",
  options: [
    {
      flag: "data",
      value: "DIR",
      default: "work/train",
      help: "packed images, as deno task render --format npy writes",
    },
    { flag: "output", value: "DIR", default: "work/recogniser", help: "folder for checkpoint, log and weights" },
    { flag: "epochs", value: "N", default: 8, help: "passes over the images" },
    { flag: "batch-size", value: "N", default: 32, help: "images a step" },
    { flag: "rate", value: "X", default: 0.08, help: "highest learning rate" },
    { flag: "margin", value: "X", default: 0.35, help: "final angular margin", unit: "radians" },
    { flag: "scale", value: "X", default: 32, help: "factor of the cosines" },
    { flag: "pose-weight", value: "X", default: 1, help: "weight of the linear pose head; 0 turns it off" },
    { flag: "seed", value: "N", default: 1, help: "seed of first weights, order and flips" },
    { flag: "threads", value: "N", default: 0, help: "threads inside one operation; 0 lets the runtime choose" },
    { flag: "checkpoint", value: "S", default: 120, help: "time between checkpoints", unit: "seconds" },
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
    note(`${data.length} images of ${data.classes} identities, ${run.steps} steps, from step ${run.state.step}`);
    const progress = new Progress({ total: run.steps, unit: "steps", start: run.state.step });
    const done = await trainingLoop(run, {
      folder,
      note: text,
      now: () => performance.now(),
      checkpointSeconds: args.number("checkpoint", { min: 1 }),
      signal,
      onStep: (step, m) => progress.update(step, `loss ${m["loss"]!.toFixed(3)} acc ${m["accuracy"]!.toFixed(3)}`),
    });
    progress.stop();
    if (!done) throw signal.reason;
    const path = `${folder}/recogniser.safetensors`;
    writeSafetensors(path, run.tensors(), { model: "mini recogniser", ...text });
    say(path);
  });
}
