/** `deno task doctor`: examines a data set and writes a report with verdicts. */
import { basename, join } from "node:path";
import { type DatasetReader, openDataset } from "@/datasets/mod.ts";
import {
  type AgainstFindings,
  type DoctorReport,
  type DoctorSettings,
  examineAgainst,
  examineSet,
  makeReport,
  makeStrips,
  type MeasuredSet,
  MEASURES,
  measureSet,
  measureText,
  reportPage,
  type SetFindings,
  writeImageFiles,
} from "@/doctor/mod.ts";
import type { PoseJudge, QualityJudge } from "@/evaluation/mod.ts";
import { sha256File } from "@/generation/mod.ts";
import { type ImageJudges, imageProfiler } from "@/metrics/mod.ts";
import {
  loadPoseEstimator,
  type LoadPoseEstimatorOptions,
  loadQualityEstimator,
  type LoadQualityEstimatorOptions,
  loadRecogniser,
} from "@/networks/mod.ts";
import { openRows, unitRows } from "@/similarity/mod.ts";
import { checkInputs, note, Progress, runTask, say, type TaskArguments, type TaskMain, UsageError } from "./_cli.ts";
import { openSource, throughMask } from "./_dataset_options.ts";
import {
  type DoctorPlan,
  isCentres,
  type JudgePlan,
  nameOf,
  readPlan,
  readThreshold,
  SPEC,
} from "./_doctor_settings.ts";
import { type LoadedRecogniser, readRecogniser, type RecogniserLoader } from "./_recogniser_options.ts";
import { namesHash, sourceStamp } from "./_source_stamp.ts";
import { writeWhole } from "./_write_whole.ts";

export { SPEC } from "./_doctor_settings.ts";

/** The outside of the task, replaced in tests. */
export interface DoctorOutside {
  /** Loads the recogniser. */
  readonly recogniser: RecogniserLoader;
  /** Loads the pose estimator. */
  readonly pose: (options: LoadPoseEstimatorOptions) => Promise<PoseJudge & AsyncDisposable>;
  /** Loads the quality estimator. */
  readonly quality: (options: LoadQualityEstimatorOptions) => Promise<QualityJudge & AsyncDisposable>;
  /** Now, as text. */
  readonly now: () => string;
}

/** Up to so many products, workers would take longer to start than to compute. */
const SMALL_WORK = 1.3e10;

/** What all sets of a call share. */
interface Run {
  readonly plan: DoctorPlan;
  readonly args: TaskArguments;
  readonly judges: ImageJudges;
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly batchSize: number;
  readonly settings: DoctorSettings;
  readonly missing: SetFindings["leftOut"];
}

/** Progress of one step after another; large numbers in thousands or millions. */
class Steps implements Disposable {
  #step = "";
  #progress: Progress | undefined;

  readonly update: NonNullable<DoctorSettings["onProgress"]> = (step, done, total, unit) => {
    const [word, size] = total < 1e6 ? ["", 1] : total < 1e9 ? ["thousand ", 1e3] : ["million ", 1e6] as const;
    if (step !== this.#step) {
      this.#progress?.stop();
      this.#progress = new Progress({ total, unit: `${word}${unit}, ${step}` });
      this.#step = step;
    }
    this.#progress!.update(Math.round(done / size), "", Math.round(total / size));
  };

  [Symbol.dispose](): void {
    this.#progress?.stop();
  }
}

/** Judges the images of a set and measures its identities. */
async function measure(
  role: "set" | "against" | "compare",
  path: string,
  dataset: DatasetReader,
  run: Run,
): Promise<MeasuredSet> {
  const { plan, judges, recipe, batchSize, settings } = run;
  const name = role === "set" ? plan.name : nameOf(path);
  const folder = join(plan.output, "work", role);
  await Deno.mkdir(folder, { recursive: true });
  const files = await writeImageFiles(folder, dataset, imageProfiler(judges), {
    ...{ ...recipe, names: namesHash(dataset), stamp: await sourceStamp(path) },
  }, {
    ...{ batchSize, signal: settings.signal },
    onProgress: (done, total) => settings.onProgress?.(`images of ${name}`, done, total, "images"),
  });
  return await measureSet(name, dataset, files, folder, settings);
}

/** Examines the set, and what it is compared with. */
async function examine(
  run: Run,
  datasets: Readonly<Partial<Record<"set" | "against" | "compare", DatasetReader>>>,
  stack: AsyncDisposableStack,
): Promise<{ findings: DoctorReport["findings"]; measured: MeasuredSet; reference: MeasuredSet | undefined }> {
  const { plan, settings } = run;
  const measured = stack.use(await measure("set", plan.path, datasets.set!, run));
  const reference = datasets.against === undefined
    ? undefined
    : stack.use(await measure("against", plan.against!, datasets.against, run));
  const other = datasets.compare === undefined
    ? undefined
    : stack.use(await measure("compare", plan.compare!, datasets.compare, run));
  const workersFor = (a: number, b: number) => ({
    ...settings,
    workers: plan.workers ?? (a * b * measured.set.rows.width > SMALL_WORK ? navigator.hardwareConcurrency : 0),
  });
  const each = async (one: MeasuredSet) => {
    const { rows, identities } = one.statistics;
    return await examineSet(one, workersFor(rows, identities), run.missing);
  };
  const set = await each(measured);
  const compare = other === undefined ? undefined : await each(other);
  let against: AgainstFindings | undefined;
  if (plan.against !== undefined) {
    const centres = reference ?? await checkInputs(async () => {
      const rows = stack.use(openRows(plan.against!));
      return { name: nameOf(plan.against!), input: await sha256File(plan.against!), centres: unitRows(rows) };
    });
    const options = {
      ...workersFor(measured.statistics.rows, centres.centres.count),
      images: plan.images,
      paired: plan.paired,
      nearest: plan.output,
    };
    against = await checkInputs(() => examineAgainst(measured, centres, options));
  }
  return { findings: { set, against, compare }, measured, reference };
}

/** Names of the files of nearest references that were written. */
function nearestFiles(against: AgainstFindings | undefined): string[] {
  return [against?.centreToCentre, against?.imageToCentre, against?.imageToImage]
    .flatMap((found) => found?.nearestFile ?? []);
}

/** Says the verdicts. */
function tell({ overall, verdicts, conditions, findings }: DoctorReport): void {
  const { set } = findings;
  say(`${set.name}: ${set.images} images of ${set.identities} identities`);
  const width = Math.max(...verdicts.map(({ question }) => question.length));
  for (const { question, grade, value } of verdicts) {
    say(`  ${question.padEnd(width)}  ${(grade === "unknown" ? "-" : grade).padEnd(4)}  ${value}`);
  }
  say(overall.sentence);
  for (const { section, reason } of set.leftOut) note(`left out: ${section}: ${reason}`);
  const units = new Map(MEASURES.map(({ name, unit }) => [name, unit]));
  for (const { text, value, failed, measure } of conditions) {
    const found = value === null ? "not measured" : measureText(value, units.get(measure)!);
    say(`${failed ? "FAILS" : "passes"}  ${text}  (${found})`);
  }
}

/** Loads a judge that is there; says why one is not. */
async function loadJudge<Model extends string, Judge extends AsyncDisposable>(
  section: string,
  plan: JudgePlan<Model>,
  stack: AsyncDisposableStack,
  load: (plan: { model: Model; weights: string }) => Promise<Judge>,
): Promise<{ judge?: Judge; name?: string; sha256?: string; missing: SetFindings["leftOut"] }> {
  if ("reason" in plan) return { missing: [{ section, reason: plan.reason }] };
  const sha256 = await sha256File(plan.weights);
  const judge = stack.use(await checkInputs(() => load(plan)));
  return {
    judge,
    name: `${plan.model} (${basename(plan.weights)}, sha256 ${sha256.slice(0, 12)})`,
    sha256,
    missing: [],
  };
}

/**
 * Makes the body of the task.
 *
 * @param outside The networks and the clock.
 * @returns The body.
 */
export function doctorMain(outside: DoctorOutside): TaskMain {
  return async (args, signal) => {
    const plan = await checkInputs(() => readPlan(args));
    const { options, recipe, batchSize, width } = await checkInputs(() => readRecogniser(args, signal, false));
    const { threshold, reason } = await checkInputs(() => readThreshold(args, recipe));
    await using stack = new AsyncDisposableStack();
    const datasets = await checkInputs(async () => ({
      set: stack.use(throughMask(await openSource(plan.path, args), args)),
      ...(plan.against === undefined || isCentres(plan.against)
        ? {}
        : { against: stack.use(await openDataset(plan.against)) }),
      ...(plan.compare === undefined ? {} : { compare: stack.use(await openDataset(plan.compare)) }),
    }));
    if (isCentres(plan.against)) {
      using centres = await checkInputs(() => openRows(plan.against!));
      if (centres.width !== width) {
        throw new UsageError(
          `Cannot compare with ${plan.against}: its rows have ${centres.width} values, ${recipe.model} gives ${width}; ` +
            "make them with the same recogniser",
        );
      }
    }
    if (plan.fresh) await Deno.remove(join(plan.output, "work"), { recursive: true }).catch(() => {});
    const { device, threads } = options as { device?: LoadPoseEstimatorOptions["device"]; threads?: number };
    const where = { ...(device === undefined ? {} : { device }), ...(threads === undefined ? {} : { threads }) };
    const recogniser: LoadedRecogniser = await checkInputs(() => outside.recogniser(options));
    stack.defer(() => recogniser.release());
    const pose = await loadJudge("Pose", plan.pose, stack, (judge) => outside.pose({ ...where, ...judge }));
    const quality = await loadJudge("Quality", plan.quality, stack, (judge) => outside.quality({ ...where, ...judge }));
    using steps = new Steps();
    const run: Run = {
      ...{ plan, args, batchSize },
      judges: { recogniser, pose: pose.judge, quality: quality.judge },
      recipe: { ...recipe, pose: pose.sha256 ?? "", quality: quality.sha256 ?? "" },
      settings: { ...plan.settings, threshold, signal, onProgress: steps.update },
      missing: [...pose.missing, ...quality.missing],
    };
    let report: DoctorReport;
    try {
      const { findings, measured, reference } = await examine(run, datasets, stack);
      report = makeReport(findings, {
        ...{ made: outside.now(), pose: pose.name, quality: quality.name, threshold: reason },
        recogniser: `${recipe.model} (${recipe.weights}, sha256 ${recipe.sha256.slice(0, 12)})`,
      }, plan.conditions);
      const page = await reportPage(report, await makeStrips(measured, findings, reference));
      await writeWhole(join(plan.output, "report.html"), page);
      await writeWhole(join(plan.output, "report.json"), `${JSON.stringify(report, null, 1)}\n`);
    } catch (error) {
      if (signal.aborted) note(`What was measured is in ${join(plan.output, "work")}; the same command goes on.`);
      throw error;
    }
    steps[Symbol.dispose]();
    tell(report);
    say(`report: ${join(plan.output, "report.html")} and ${join(plan.output, "report.json")}`);
    const files = nearestFiles(report.findings.against).map((file) => join(plan.output, file));
    if (files.length > 0) say(`the nearest reference of every identity and image: ${files.join(", ")}`);
    return report.conditions.some(({ failed }) => failed) ? 1 : 0;
  };
}

if (import.meta.main) {
  await runTask(
    SPEC,
    doctorMain({
      recogniser: loadRecogniser,
      pose: loadPoseEstimator,
      quality: loadQualityEstimator,
      now: () => new Date().toISOString().slice(0, 16).replace("T", " ") + " UTC",
    }),
  );
}
