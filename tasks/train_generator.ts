/** `deno task train:generator`: trains a generator on packed training images and a recogniser. */
import { dirname } from "node:path";
import { embedImages, identityCentres } from "@/evaluation/mod.ts";
import { sha256File } from "@/generation/mod.ts";
import { fitMoments, gaussianSampler, loadMoments, saveMoments } from "@/identity/mod.ts";
import { loadRecogniser, recogniserConfig, vec2faceConfig } from "@/networks/mod.ts";
import { batchIndices, GENERATOR_LOSS_WEIGHTS, GeneratorTraining, PackedImages, resume } from "@/training/mod.ts";
import { openWeights } from "@/weights/mod.ts";
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
import { isThere } from "./_dataset_options.ts";
import { DATA_OPTION, readAll, RUN_OPTIONS, trainToFile } from "./_training.ts";
import { HeldOut } from "./_validation.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "train:generator",
  summary:
    "Trains the Vec2Face generator on a recogniser's vectors. Stopped and started again, it goes on where it was.",
  usage: "deno task train:generator --data DIR --recogniser FILE --output DIR [options]",
  options: [
    DATA_OPTION,
    { flag: "recogniser", value: "FILE", default: "work/recogniser/recogniser.safetensors", help: "its weights" },
    { flag: "output", value: "DIR", default: "work/generator", help: "folder for checkpoint, log and weights" },
    { flag: "steps", value: "N", default: 4000, help: "steps of the whole run" },
    { flag: "batch-size", value: "N", default: 16, help: "images a step" },
    { flag: "rate", value: "X", default: 0.0006, help: "highest learning rate" },
    { flag: "seed", value: "N", default: 1, help: "seed of first weights, order, flips and masks" },
    { flag: "start", value: "FILE", help: "generator weights to start from; drawn afresh when left out" },
    { flag: "identity-weight", value: "X", default: 0.5, help: "weight of the cosine between vector and made image" },
    {
      flag: "drawn",
      value: "N",
      default: 0,
      help: "vectors drawn from the Gaussian that a step decodes besides its images; only their cosine counts",
    },
    { flag: "adversarial-weight", value: "X", default: 0, help: "weight of a discriminator's verdict; 0 for none" },
    { flag: "adversarial-from", value: "STEP", default: 0, help: "first step of the discriminator" },
    { flag: "moments-images", value: "N", default: 4, help: "images an identity that the Gaussian is fitted on" },
    {
      flag: "moments-of",
      value: "WHAT",
      default: "images",
      help: "fit the Gaussian to the vectors of images, or to their means, the centres of identities",
      unit: "images, centres",
    },
    ...RUN_OPTIONS,
  ],
  examples: [
    "deno task train:generator --steps 4000",
    "deno task train:generator --start data/mini/generator.safetensors --rate 0.0002 --output work/longer",
  ],
};

/** Refuses a Gaussian that a stopped run fitted to the vectors of another recogniser; an older one says nothing of it. */
function checkFitted(path: string, recogniser: string): void {
  const fitted = openWeights(path).metadata.values["recogniser"];
  if (fitted === undefined || fitted === recogniser) return;
  throw new TypeError(
    `Cannot go on with "${path}": its recogniser is ${fitted}, this run's is ${recogniser}; ` +
      "use the same recogniser or another folder",
  );
}

/** Fits the Gaussian that identities are drawn from, unless a run that was stopped has done so, and writes it to `path`. */
async function fitTo(
  path: string,
  data: PackedImages,
  args: TaskArguments,
  hash: string,
  signal: AbortSignal,
): Promise<void> {
  if (await isThere(path)) {
    await checkInputs(() => checkFitted(path, hash));
    return;
  }
  const of = args.text("moments-of"), threads = args.integer("threads", { min: 0 });
  const chosen = data.firstImages(args.integer("moments-images", { min: 1 }));
  const source = { length: chosen.length, image: (i: number, out: Uint8Array) => data.image(chosen[i]!, out) };
  const weights = args.text("recogniser");
  await using recogniser = await checkInputs(() => loadRecogniser({ model: "mini", weights, threads }));
  const width = recogniser.vectorSize, features = await embedImages(source, recogniser, { signal });
  const labels = chosen.map((i) => data.labels[i]!);
  const rows = of === "centres" ? identityCentres(features, labels, width) : features;
  await Deno.mkdir(dirname(path), { recursive: true });
  saveMoments(path, fitMoments(rows, width), { dtype: "float16", metadata: { of, recogniser: hash } });
}

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const folder = args.text("output"), start = args.optionalText("start");
  const settings = {
    steps: args.integer("steps", { min: 1 }),
    batchSize: args.integer("batch-size", { min: 1 }),
    rate: args.number("rate", { min: 0 }),
    seed: args.integer("seed", { min: 0 }),
    replicas: args.integer("replicas", { min: 1 }),
    weights: { ...GENERATOR_LOSS_WEIGHTS, identity: args.number("identity-weight", { min: 0 }) },
  };
  const weight = args.number("adversarial-weight", { min: 0 }), from = args.integer("adversarial-from", { min: 0 });
  const adversarial = weight > 0 ? { adversarial: { weight, from } } : {};
  const of = args.text("moments-of"), count = args.integer("drawn", { min: 0 });
  if (of !== "images" && of !== "centres") {
    throw new UsageError(`--moments-of: found "${of}", expected images or centres`);
  }
  using data = await checkInputs(() => new PackedImages(args.text("data")));
  await checkInputs(() => batchIndices(data.length, settings.batchSize, 0, settings.seed)); // before anything is written
  using held = await checkInputs(() => HeldOut.open(args));
  const recogniserWeights = await checkInputs(() => readAll(args.text("recogniser")));
  const hash = await sha256File(args.text("recogniser"), signal);
  const text = {
    kind: "generator",
    settings: JSON.stringify({ ...settings, ...adversarial, drawn: count, start, images: data.length }),
    recogniser: hash,
  };
  const onLack = () =>
    note(
      `${folder}: its checkpoint does not say which recogniser it was trained with; it is taken to be ${
        args.text("recogniser")
      } (SHA-256 ${hash.slice(0, 12)}...)`,
    );
  const saved = await checkInputs(() => resume(folder, text, { mayLack: ["recogniser"], onLack })) ??
    (start === undefined ? undefined : { step: 0, values: await checkInputs(() => readAll(start)), slots: new Map() });
  const threads = args.integer("threads", { min: 0 });
  const config = vec2faceConfig("mini"), recogniserShape = recogniserConfig("mini"), session = { threads };
  const moments = `${folder}/id_moments.safetensors`;
  await fitTo(moments, data, args, hash, signal);
  const { draw } = gaussianSampler(loadMoments(moments), { seed: settings.seed });
  const options = {
    config,
    recogniser: recogniserShape,
    recogniserWeights,
    data,
    ...settings,
    ...adversarial,
    ...(count === 0 ? {} : { drawn: { count, draw } }),
    session,
  };
  await using run = await checkInputs(() => GeneratorTraining.create(options, saved));
  await trainToFile(run, {
    args,
    text,
    about: `${data.length} images`,
    figures: (means) => `cos ${(1 - means["identity"]!).toFixed(3)}`,
    validate: held && (() => {
      const judge = { config: recogniserShape, weights: recogniserWeights };
      return held.generator(config, run.state.values, judge, session, signal);
    }),
    signal,
  });
  say(moments);
};

if (import.meta.main) await runTask(SPEC, main);
