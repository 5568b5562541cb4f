/** `deno task train:generator`: trains a generator on packed training images and a recogniser. */
import { fitMoments, saveMoments } from "@/identity/mod.ts";
import { loadRecogniser, recogniserConfig, vec2faceConfig } from "@/networks/mod.ts";
import { GeneratorTraining, imageFeatures, PackedImages, resume, trainingLoop } from "@/training/mod.ts";
import { openWeights, writeSafetensors } from "@/weights/mod.ts";
import { checkInputs, note, Progress, runTask, say, type TaskSpec } from "./_cli.ts";

const SPEC: TaskSpec = {
  name: "train:generator",
  summary:
    "Trains the Vec2Face generator on a recogniser's vectors. Stopped and started again, it goes on where it was.",
  usage: "deno task train:generator --data DIR --recogniser FILE --output DIR [options]",
  options: [
    {
      flag: "data",
      value: "DIR",
      default: "work/train",
      help: "packed images, as deno task render --format npy writes",
    },
    { flag: "recogniser", value: "FILE", default: "work/recogniser/recogniser.safetensors", help: "its weights" },
    { flag: "output", value: "DIR", default: "work/generator", help: "folder for checkpoint, log and weights" },
    { flag: "steps", value: "N", default: 4000, help: "steps of the whole run" },
    { flag: "batch-size", value: "N", default: 16, help: "images a step" },
    { flag: "rate", value: "X", default: 0.0006, help: "highest learning rate" },
    { flag: "seed", value: "N", default: 1, help: "seed of first weights, order, flips and masks" },
    { flag: "start", value: "FILE", help: "generator weights to start from; drawn afresh when left out" },
    { flag: "moments-images", value: "N", default: 4, help: "images an identity that the Gaussian is fitted on" },
    { flag: "threads", value: "N", default: 0, help: "threads inside one operation; 0 lets the runtime choose" },
    { flag: "checkpoint", value: "S", default: 120, help: "time between checkpoints", unit: "seconds" },
  ],
  examples: [
    "deno task train:generator --steps 4000",
    "deno task train:generator --start data/mini/generator.safetensors --rate 0.0002 --output work/longer",
  ],
};

/** All tensors of a weight file as float32. */
function readAll(path: string): Map<string, Float32Array<ArrayBuffer>> {
  const file = openWeights(path);
  return new Map([...file.tensors.keys()].map((name) => [name, Float32Array.from(file.readFloat32(name))]));
}

if (import.meta.main) {
  await runTask(SPEC, async (args, signal) => {
    const folder = args.text("output"), start = args.optionalText("start");
    const settings = {
      steps: args.integer("steps", { min: 1 }),
      batchSize: args.integer("batch-size", { min: 1 }),
      rate: args.number("rate", { min: 0 }),
      seed: args.integer("seed", { min: 0 }),
    };
    using data = await checkInputs(() => new PackedImages(args.text("data")));
    const recogniserWeights = await checkInputs(() => readAll(args.text("recogniser")));
    const text = { kind: "generator", settings: JSON.stringify({ ...settings, start, images: data.length }) };
    const saved = await checkInputs(() => resume(folder, text)) ??
      (start === undefined
        ? undefined
        : { step: 0, values: await checkInputs(() => readAll(start)), slots: new Map() });
    const threads = args.integer("threads", { min: 0 });
    const config = vec2faceConfig("mini");
    await using run = await GeneratorTraining.create({
      config,
      recogniser: recogniserConfig("mini"),
      recogniserWeights,
      data,
      ...settings,
      session: { threads },
    }, saved);
    note(`${data.length} images, ${run.steps} steps, from step ${run.state.step}`);
    const progress = new Progress({ total: run.steps, unit: "steps", start: run.state.step });
    const done = await trainingLoop(run, {
      folder,
      note: text,
      now: () => performance.now(),
      checkpointSeconds: args.number("checkpoint", { min: 1 }),
      signal,
      onStep: (step, m) =>
        progress.update(step, `loss ${m["loss"]!.toFixed(3)} cos ${(1 - m["identity"]!).toFixed(3)}`),
    });
    progress.stop();
    if (!done) throw signal.reason;
    const path = `${folder}/generator.safetensors`;
    writeSafetensors(path, run.tensors(), { model: "mini generator", ...text });
    say(path);
    // The Gaussian that identities are drawn from.
    const recogniser = await loadRecogniser({ model: "mini", weights: args.text("recogniser"), threads });
    const perIdentity = args.integer("moments-images", { min: 1 });
    const features = await imageFeatures(data, recogniser, { perIdentity, signal });
    await recogniser.release();
    const moments = `${folder}/id_moments.safetensors`;
    saveMoments(moments, fitMoments(features, config.vectorSize), { dtype: "float16" });
    say(moments);
  });
}
