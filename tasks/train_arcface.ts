/** `deno task train:arcface`: trains a recogniser on packed training images. */
import { embedImages } from "@/evaluation/mod.ts";
import { loadRecogniser, recogniserConfig } from "@/networks/mod.ts";
import { norm } from "@/identity/mod.ts";
import { PackedImages, RecogniserTraining, resume } from "@/training/mod.ts";
import { checkInputs, runTask, type TaskMain, type TaskSpec } from "./_cli.ts";
import { DATA_OPTION, readAll, RUN_OPTIONS, trainToFile } from "./_training.ts";
import { HeldOut } from "./_validation.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
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
    { flag: "margin-ramp", value: "X", default: 0.3, help: "share of the run over which the margin rises from 0" },
    { flag: "scale", value: "X", default: 32, help: "factor of the cosines" },
    { flag: "pose-weight", value: "X", default: 1, help: "weight of the linear pose head; 0 turns it off" },
    { flag: "seed", value: "N", default: 1, help: "seed of first weights, order and flips" },
    { flag: "start", value: "FILE", help: "recogniser weights to start from; drawn afresh when left out" },
    ...RUN_OPTIONS,
  ],
  examples: [
    "deno task train:arcface --data work/train --epochs 8",
    "deno task train:arcface --data work/train --seed 2 --output work/second",
  ],
};

/** Images an identity that a class vector is the mean of, when a run starts from weights. */
const CLASS_IMAGES = 4;

/** Weights of a recogniser, and as class vectors the mean directions that it gives the first images of each identity. */
async function startFrom(path: string, data: PackedImages, threads: number, signal: AbortSignal) {
  const weights = readAll(path);
  const recogniser = await loadRecogniser({ model: "mini", weights: path, threads });
  const chosen = data.firstImages(CLASS_IMAGES), width = recogniser.vectorSize;
  const source = { length: chosen.length, image: (i: number, out: Uint8Array) => data.image(chosen[i]!, out) };
  const features = await embedImages(source, recogniser, { signal });
  await recogniser.release();
  const centres = new Float32Array(data.classes * width);
  chosen.forEach((image, i) => {
    const feature = features.subarray(i * width, (i + 1) * width), length = norm(feature);
    const at = data.labels[image]! * width;
    for (let k = 0; k < width; k++) centres[at + k]! += feature[k]! / (length * CLASS_IMAGES);
  });
  return weights.set("classes.weight", centres);
}

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const folder = args.text("output"), start = args.optionalText("start");
  const settings = {
    epochs: args.number("epochs", { min: 0.01 }),
    batchSize: args.integer("batch-size", { min: 2 }),
    rate: args.number("rate", { min: 0 }),
    margin: args.number("margin", { min: 0, max: 1 }),
    marginRamp: args.number("margin-ramp", { min: 0, max: 1 }),
    scale: args.number("scale", { min: 1 }),
    poseWeight: args.number("pose-weight", { min: 0 }),
    seed: args.integer("seed", { min: 0 }),
    replicas: args.integer("replicas", { min: 1 }),
  };
  using data = await checkInputs(() => new PackedImages(args.text("data")));
  const text = { kind: "recogniser", settings: JSON.stringify({ ...settings, start, images: data.length }) };
  using held = await checkInputs(() => HeldOut.open(args));
  const saved = await checkInputs(() => resume(folder, text));
  const session = { threads: args.integer("threads", { min: 0 }) };
  const config = recogniserConfig("mini");
  const first = start === undefined || saved !== undefined
    ? {}
    : { start: await checkInputs(() => startFrom(start, data, session.threads, signal)) };
  await using run = await checkInputs(() =>
    RecogniserTraining.create({ config, data, ...settings, ...first, session }, saved)
  );
  await trainToFile(run, {
    args,
    text,
    about: `${data.length} images of ${data.classes} identities`,
    figures: (means) => `acc ${means["accuracy"]!.toFixed(3)}`,
    validate: held && (() => held.recogniser(config, run.state.values, session, signal)),
    signal,
  });
};

if (import.meta.main) await runTask(SPEC, main);
