/** `deno task train:magface`: trains a quality estimator on packed training images. */
import { embedImages, identityCentres } from "@/evaluation/mod.ts";
import { norm } from "@/identity/mod.ts";
import { arrayParameters, createQualityEstimator, loadRecogniser, recogniserConfig } from "@/networks/mod.ts";
import { MagfaceTraining, MINI_MAGFACE, PackedImages, resume } from "@/training/mod.ts";
import { checkInputs, runTask, type TaskMain, type TaskSpec, UsageError } from "./_cli.ts";
import { HeldImages } from "./_estimator_validation.ts";
import { DATA_OPTION, readAll, RUN_OPTIONS, trainToFile } from "./_training.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "train:magface",
  summary: "Trains a quality estimator: IResNet with the MagFace loss, the norm of whose vectors falls with quality.",
  usage: "deno task train:magface --data DIR --output DIR [options]",
  options: [
    DATA_OPTION,
    { flag: "output", value: "DIR", default: "work/magface", help: "folder for checkpoint, log and weights" },
    { flag: "epochs", value: "N", default: 1, help: "passes over the images" },
    { flag: "batch-size", value: "N", default: 32, help: "images a step, half of them worse copies; even" },
    { flag: "rate", value: "X", default: 0.05, help: "highest learning rate" },
    { flag: "scale", value: "X", default: 32, help: "factor of the cosines" },
    { flag: "pull-weight", value: "X", default: 20, help: "weight of the pull towards long vectors" },
    { flag: "hinge-weight", value: "X", default: 10, help: "weight of the fall that worse copies must show" },
    { flag: "fall", value: "X", default: 0.4, help: "share of its norm that the worst copy must lose" },
    { flag: "seed", value: "N", default: 1, help: "seed of first weights, order, flips and damage" },
    { flag: "start", value: "FILE", help: "recogniser weights to start from; drawn afresh when left out" },
    ...RUN_OPTIONS,
  ],
  examples: [
    "deno task train:magface --data work/train --start data/mini/recogniser.safetensors --held work/held",
    "deno task train:magface --data work/train --epochs 8",
  ],
};

/** Images an identity that a class vector is the mean of, when a run starts from weights. */
const CLASS_IMAGES = 4;

/** Weights of a recogniser, and as class vectors the directions of the mean features of each identity. */
async function startFrom(path: string, data: PackedImages, threads: number, signal: AbortSignal) {
  const weights = readAll(path);
  await using recogniser = await loadRecogniser({ model: "mini", weights: path, threads });
  const chosen = data.firstImages(CLASS_IMAGES), width = recogniser.vectorSize;
  const source = { length: chosen.length, image: (i: number, out: Uint8Array) => data.image(chosen[i]!, out) };
  const features = await embedImages(source, recogniser, { signal });
  const centres = identityCentres(features, chosen.map((index) => data.labels[index]!), width);
  for (let c = 0; c < data.classes; c++) {
    const centre = centres.subarray(c * width, (c + 1) * width), length = norm(centre);
    for (let k = 0; k < width; k++) centre[k]! /= length;
  }
  return weights.set("classes.weight", centres);
}

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const start = args.optionalText("start");
  const settings = {
    epochs: args.number("epochs", { min: 0.01 }),
    batchSize: args.integer("batch-size", { min: 2 }),
    rate: args.number("rate", { min: 0 }),
    scale: args.number("scale", { min: 1 }),
    range: MINI_MAGFACE,
    pullWeight: args.number("pull-weight", { min: 0 }),
    hingeWeight: args.number("hinge-weight", { min: 0 }),
    fall: args.number("fall", { min: 0, max: 1 }),
    seed: args.integer("seed", { min: 0 }),
    replicas: args.integer("replicas", { min: 1 }),
  };
  if (settings.batchSize % 2 !== 0) {
    throw new UsageError(`Cannot read --batch-size ${settings.batchSize}: it must be even, half are worse copies`);
  }
  using data = await checkInputs(() => new PackedImages(args.text("data")));
  const text = { kind: "magface", settings: JSON.stringify({ ...settings, start, images: data.length }) };
  using held = await checkInputs(() => HeldImages.open(args));
  const saved = await checkInputs(() => resume(args.text("output"), text));
  const session = { threads: args.integer("threads", { min: 0 }) };
  const config = recogniserConfig("mini-magface");
  const first = start === undefined || saved !== undefined
    ? {}
    : { start: await checkInputs(() => startFrom(start, data, session.threads, signal)) };
  await using run = await checkInputs(() =>
    MagfaceTraining.create({ config, data, ...settings, ...first, session }, saved)
  );
  const validate = held && (async () => {
    await using estimator = await createQualityEstimator(config, arrayParameters(run.state.values), session);
    const { report, known } = await held.quality(estimator, { signal });
    const { blur, noise, darkness, occlusion } = report.degradations;
    return {
      heldBlur: blur.pooled,
      heldNoise: noise.pooled,
      heldDarkness: darkness.pooled,
      heldOcclusion: occlusion.pooled,
      heldNorm: report.quality.mean,
      knownBlur: known["blur"]!,
    };
  });
  await trainToFile(run, {
    args,
    text,
    about: `${data.length} images of ${data.classes} identities`,
    figures: (means) =>
      `acc ${means["accuracy"]!.toFixed(3)} norm ${means["norm"]!.toFixed(1)} worse ${means["ratio"]!.toFixed(2)}`,
    validate,
    signal,
  });
};

if (import.meta.main) await runTask(SPEC, main);
