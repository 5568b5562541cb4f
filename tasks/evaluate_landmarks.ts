/** `deno task evaluate:landmarks`: measures how a landmark estimator tells aligned faces from others, on unseen rendered people. */
import { ALIGNMENT_LIMITS } from "@/images/mod.ts";
import { loadLandmarkEstimator } from "@/networks/mod.ts";
import { HeldFaces } from "./_alignment_validation.ts";
import { checkInputs, Progress, runTask, say, type TaskMain, type TaskSpec } from "./_cli.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "evaluate:landmarks",
  summary:
    "Measures the bundled landmark estimator on packed images of people it was not trained on, aligned and moved.",
  usage: "deno task evaluate:landmarks --data DIR [options]",
  options: [
    {
      flag: "data",
      value: "DIR",
      default: "work/held",
      help: "packed images, as deno task render --format npy writes",
    },
    {
      flag: "afar",
      value: "DIR",
      help: "packed images that show more around the face (render --zoom 0.5), for views of smaller faces",
    },
    { flag: "weights", value: "FILE", help: "weights of a mini landmark estimator; the bundled ones when left out" },
    { flag: "images", value: "N", default: 16, help: "images of each identity that are looked at" },
    {
      flag: "off",
      value: "X",
      default: ALIGNMENT_LIMITS.off,
      help: "how far off a face may be",
      unit: "pixels of 112",
    },
    {
      flag: "residual",
      value: "X",
      default: ALIGNMENT_LIMITS.residual,
      help: "what points lie farther from the template's is added to --off",
      unit: "pixels of 112",
    },
    { flag: "face", value: "X", default: ALIGNMENT_LIMITS.face, help: "least score of a face", unit: "0..1" },
    { flag: "threads", value: "N", default: 0, help: "threads inside one operation; 0 lets the runtime choose" },
    { flag: "json", value: "FILE", help: "also write all figures as JSON" },
  ],
  examples: [
    "deno task evaluate:landmarks --data work/held --afar work/held-wide",
    "deno task evaluate:landmarks --data work/held --weights work/landmarks/landmarks.safetensors",
  ],
};

/** Turns of the head that aligned faces are told by, degrees. */
const YAWS = [15, 30, 45, 60, 90];

/** Shares of aligned faces whose "off" is told. */
const SHARES = [0.5, 0.9, 0.99, 0.995, 0.999, 1];

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const threads = args.integer("threads", { min: 0 }), json = args.optionalText("json");
  const limits = {
    off: args.number("off", { min: 0 }),
    residual: args.number("residual", { min: 0 }),
    face: args.number("face", { min: 0, max: 1 }),
  };
  const images = args.integer("images", { min: 1 }), afarFolder = args.optionalText("afar");
  const weights = args.optionalText("weights");
  await using resources = new AsyncDisposableStack();
  const { data, afar, judge } = await checkInputs(async () => ({
    data: resources.use(new HeldFaces(args.text("data"), images)),
    afar: afarFolder === undefined ? undefined : resources.use(new HeldFaces(afarFolder, images)),
    judge: resources.use(
      await loadLandmarkEstimator({ model: "mini", threads, ...(weights === undefined ? {} : { weights }) }),
    ),
  }));
  const progress = new Progress({ total: 14 * data.length + 6 * (afar ?? data).length, unit: "views" });
  const report = await data.measure(judge, {
    limits,
    signal,
    onProgress: (done) => progress.update(done),
    ...(afar === undefined ? {} : { afar }),
  });
  progress.stop();
  say(
    `refused when more than ${limits.off} pixels off, more for turned heads, or with a face's score below ${limits.face}`,
  );
  for (const { kind, amount, count, refused, auc, off, error } of report.views) {
    const name = `${kind}${amount === 0 ? "" : ` ${amount}`}`.padEnd(12);
    const area = auc === undefined ? "" : `, AUC ${auc.toFixed(4)}`;
    say(
      `  ${name} ${count} views: refused ${percent(refused)}${area}, off ${off.toFixed(1)}, error ${error.toFixed(2)}`,
    );
  }
  const { alignedOff } = report, sorted = alignedOff.toSorted(), out = new Set(report.alignedRefused);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
  say(`  off of aligned faces: ${SHARES.map((share) => `${100 * share} % ${at(share).toFixed(1)}`).join(", ")}`);
  const byYaw = YAWS.map((to, i) => {
    const some = [...alignedOff.keys()].filter((k) => {
      const yaw = Math.abs(data.yaw(k));
      return yaw < to && yaw >= (YAWS[i - 1] ?? 0);
    });
    const refused = some.filter((k) => out.has(k)).length;
    return { to, count: some.length, refused };
  });
  say(
    `  aligned faces refused by |yaw|: ${
      byYaw.map(({ to, count, refused }) => `to ${to}: ${refused} of ${count}`).join(", ")
    }`,
  );
  if (json !== undefined) {
    const { views } = report, off = SHARES.map((share) => ({ share, off: at(share) }));
    await Deno.writeTextFile(json, `${JSON.stringify({ limits, views, aligned: { off, byYaw } }, null, 2)}\n`);
  }
};

if (import.meta.main) await runTask(SPEC, main);
