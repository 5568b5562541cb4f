/** `deno task walk`: the faces on the way from one identity to another, as an animation and a strip. */
import { decodeWalk, type MaskedGenerator, openIdentities } from "@/generation/mod.ts";
import { walk } from "@/identity/mod.ts";
import { contactSheet, encodeAnimation, encodePng } from "@/images/mod.ts";
import { catalogueEntry, loadGenerator, type LoadGeneratorOptions } from "@/networks/mod.ts";
import { checkInputs, note, Progress, runTask, say, type TaskMain, type TaskSpec, UsageError } from "./_cli.ts";
import { modelWeights } from "./_hub.ts";
import { DEVICE_OPTIONS, GENERATOR_OPTIONS, readDevice, readIdentities, readModel } from "./_options.ts";
import { writeWhole } from "./_write_whole.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "walk",
  summary: "Walks from one identity to another: directions along the great circle, one token mask for all frames.",
  usage: "deno task walk [options]",
  options: [
    ...GENERATOR_OPTIONS,
    {
      flag: "from",
      value: "ROW",
      default: 0,
      help: "identity to start at: a row of the vectors",
    },
    { flag: "to", value: "ROW", default: 1, help: "identity to end at" },
    {
      flag: "steps",
      value: "N",
      default: 16,
      help: "frames, both ends included",
      unit: "2..1000",
    },
    {
      flag: "seed",
      value: "N",
      default: 0,
      help: "seed of the identities and of the mask",
      unit: "0..2^64-1",
    },
    {
      flag: "delay",
      value: "MS",
      default: 80,
      help: "how long a frame stays",
      unit: "milliseconds",
    },
    {
      flag: "one-way",
      help: "end at the second identity; the animation goes there and back otherwise",
    },
    {
      flag: "output",
      value: "FILE",
      help: "animation, .gif or .webp (default output/walk-FROM-TO.gif); the strip is its .png",
    },
    ...DEVICE_OPTIONS,
  ],
  examples: [
    "deno task walk --from 3 --to 8 --steps 24",
    "deno task walk --model base --center-feature center_feature_examples.npy --output walk.webp",
  ],
};

/** Images in a row of the strip. */
const STRIP_COLUMNS = 16;

/**
 * Makes the body of the task.
 *
 * @param load Loads the network.
 * @returns The body.
 */
export function walkMain<Mask>(
  load: (options: LoadGeneratorOptions) => Promise<MaskedGenerator<Mask>>,
): TaskMain {
  return async (args, signal) => {
    const settings = await checkInputs(() => {
      const model = readModel(args);
      const [from, to] = [
        args.integer("from", { min: 0 }),
        args.integer("to", { min: 0 }),
      ];
      const output = args.optionalText("output") ??
        `output/walk-${from}-${to}.gif`;
      const format = /\.(gif|webp)$/i.exec(output)?.[1]?.toLowerCase() as
        | "gif"
        | "webp"
        | undefined;
      if (format === undefined) {
        throw new UsageError(
          `Cannot write ${output}: expected a name that ends in .gif or .webp`,
        );
      }
      const delay = args.integer("delay", { min: 10, max: 60_000 });
      const steps = args.integer("steps", { min: 2, max: 1000 });
      const seed = args.seed();
      const file = readIdentities(args, model);
      const count = file.source === "gaussian" ? Math.max(from, to) + 1 : undefined;
      using identities = openIdentities(file, {
        seed,
        count,
        width: catalogueEntry("generators", model).config.vectorSize,
      });
      const vectors = walk(
        identities.vector(from),
        identities.vector(to),
        steps,
      ); // [S, D]
      return {
        model,
        vectors,
        steps,
        seed,
        output,
        format,
        delay,
        weights: args.optionalText("weights"),
      };
    });
    const { model, vectors, steps, seed, output, format, delay } = settings;
    const weights = await checkInputs(() => modelWeights("generators", model, settings.weights, signal));
    const device = await checkInputs(() => readDevice(args));
    const generator = await checkInputs(() =>
      load({ ...device, model, ...(weights === undefined ? {} : { weights }) })
    );
    if (generator.device !== undefined) note(`${model} runs on ${generator.device}`);
    const progress = new Progress({ total: steps, unit: "frames" });
    try {
      const frames = await decodeWalk(generator, vectors, {
        seed,
        batchSize: device.batchSize,
        signal,
        onProgress: (done) => progress.update(done),
      });
      progress.stop();
      const turning = args.flag("one-way") ? frames : [...frames, ...frames.slice(1, -1).reverse()];
      const strip = output.replace(/\.\w+$/, ".png");
      await writeWhole(
        output,
        await encodeAnimation(turning, { format, delayMs: delay }),
      );
      await writeWhole(
        strip,
        await encodePng(
          contactSheet(frames, { columns: Math.min(steps, STRIP_COLUMNS) }),
        ),
      );
      say(`animation: ${output} (${turning.length} frames)`);
      say(`strip: ${strip}`);
    } finally {
      progress.stop();
      await generator.release();
    }
  };
}

if (import.meta.main) await runTask(SPEC, walkMain(loadGenerator));
