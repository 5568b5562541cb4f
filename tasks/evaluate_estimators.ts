/** `deno task evaluate:estimators`: measures pose and quality estimators on unseen rendered people. */
import { loadPoseEstimator, loadQualityEstimator } from "@/networks/mod.ts";
import { checkInputs, Progress, runTask, say, type TaskMain, type TaskSpec } from "./_cli.ts";
import { HeldImages } from "./_estimator_validation.ts";
import { checkWritable, writeWhole } from "./_write_whole.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "evaluate:estimators",
  summary: "Measures the bundled pose and quality estimators on packed images of people they were not trained on.",
  usage: "deno task evaluate:estimators --data DIR [options]",
  options: [
    {
      flag: "data",
      value: "DIR",
      default: "work/held",
      help: "packed images, as deno task render --format npy writes",
    },
    { flag: "pose", value: "FILE", help: "weights of a mini pose estimator; the bundled ones when left out" },
    { flag: "magface", value: "FILE", help: "weights of a mini quality estimator; the bundled ones when left out" },
    { flag: "images", value: "N", default: 16, help: "images of each identity that are looked at" },
    { flag: "threads", value: "N", default: 0, help: "threads inside one operation; 0 lets the runtime choose" },
    { flag: "json", value: "FILE", help: "also write all figures as JSON" },
  ],
  examples: [
    "deno task evaluate:estimators --data work/held",
    "deno task evaluate:estimators --data work/held --pose work/pose2/pose.safetensors --json work/pose2.json",
  ],
};

const fixed = (x: number) => x.toFixed(3);

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const threads = args.integer("threads", { min: 0 }), json = args.optionalText("json");
  const file = (flag: string) => {
    const weights = args.optionalText(flag);
    return weights === undefined ? {} : { weights };
  };
  await using resources = new AsyncDisposableStack();
  if (json !== undefined) await checkInputs(() => checkWritable(json));
  const { data, poser, judge } = await checkInputs(async () => ({
    data: resources.use(new HeldImages(args.text("data"), args.integer("images", { min: 1 }))),
    poser: resources.use(await loadPoseEstimator({ model: "mini", threads, ...file("pose") })),
    judge: resources.use(await loadQualityEstimator({ model: "mini-magface", threads, ...file("magface") })),
  }));
  const progress = new Progress({ total: data.length, unit: "poses" });
  const pose = await data.pose(poser, { signal, onProgress: (done) => progress.update(done) });
  progress.stop();
  say(`pose, ${pose.count} images within 60 degrees, degrees`);
  for (const axis of ["yaw", "pitch", "roll"] as const) {
    const { error, bias, correlation } = pose[axis];
    say(`  ${axis.padEnd(6)} error ${fixed(error)}  bias ${fixed(bias)}  correlation ${fixed(correlation)}`);
  }
  say(`  yaw error by |yaw|: ${pose.byYaw.map(({ to, error }) => `to ${to}: ${fixed(error)}`).join(", ")}`);

  const { report, known } = await data.quality(judge, { signal });
  const { least, mean, largest } = report.quality;
  say(`quality of ${report.images} good images: ${[least, mean, largest].map((q) => q.toFixed(1)).join(", ")}`);
  for (const [kind, { pooled, perImage, means }] of Object.entries(report.degradations)) {
    const levels = means.map((q) => q.toFixed(1)).join(" ");
    say(`  ${kind.padEnd(9)} Spearman ${fixed(pooled)}, of one image ${fixed(perImage)}; means ${levels}`);
  }
  say(`  as rendered: ${Object.entries(known).map(([name, rho]) => `${name} ${fixed(rho)}`).join(", ")}`);
  if (json !== undefined) {
    const text = JSON.stringify({ images: data.length, pose, quality: { ...report, known } }, null, 2);
    await writeWhole(json, `${text}\n`);
  }
};

if (import.meta.main) await runTask(SPEC, main);
