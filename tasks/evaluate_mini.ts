/** `deno task evaluate:mini`: measures the shipped family of networks on identities it was not trained on. */
import {
  embedImages,
  evaluationSheet,
  generatorReportImages,
  type ProbeScore,
  type RecogniserReport,
  reportGenerator,
  reportRecogniser,
  reportReconstruction,
  type TarAtFar,
  type Witness,
} from "@/evaluation/mod.ts";
import { locateIdentities, sha256File } from "@/generation/mod.ts";
import { gaussianVectors, loadMoments } from "@/identity/mod.ts";
import { encodePng } from "@/images/mod.ts";
import { loadGenerator, loadRecogniser, type Recogniser, weightsPath } from "@/networks/mod.ts";
import { PackedImages } from "@/training/mod.ts";
import { checkInputs, Progress, runTask, say, type TaskMain, type TaskSpec } from "./_cli.ts";
import { DEVICE_OPTIONS, readDevice } from "./_options.ts";
import { writeWhole } from "./_write_whole.ts";

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "evaluate:mini",
  summary: `Measures the mini recogniser and generator on rendered heads of identities never seen in training.

"own" is the recogniser that the generator was trained with, "second" one trained apart with another seed.
Recognisers, one feature an image; "flip-sum" adds that of the mirror image, as insightface's verification does:
  accuracy           10 folds in order, 3,000 genuine + 3,000 impostor pairs over all poses; mean and deviation over folds
  TAR                largest share of genuine pairs accepted while at most 1 in 1000 impostors is; from up to
                     10,000 + 50,000 pairs, "not resolvable" below 10,000 impostors
  cosine             median over the genuine and over the impostor pairs of TAR
  yaw probe          ridge regression from features to yaw, 5 folds of whole identities
Generator, vectors sampled from the fitted Gaussian, images 0 and 1 of each decode the vector itself with two masks:
  vector to image    mean cosine between vector and own feature of image 0
  other mask         mean cosine between features of images 0 and 1; this stands for "vector to image" with the
                     second recogniser, whose features live in another space than the vectors
  within, sigma s    mean cosine between features of two images of one identity: noise s on the vector, two masks
  pixels, sigma s    mean absolute difference of the same two images, of 255
  between            median cosine between features of image 0 of every two identities, and its 99 % quantile
Reconstruction, own features of up to 300 rendered images decoded:
  to render          mean and median cosine between features of decoded and rendered image by the same recogniser;
                     for "own" the feature of the rendered image is the decoded vector itself
  yaw decoded        true yaw against yaw read from the decoded image by the probes fitted on rendered images of
                     other identities; "yaw rendered" is the same read from the rendered images`,
  usage: "deno task evaluate:mini [options]",
  options: [
    {
      flag: "data",
      value: "DIR",
      default: "work/held",
      help: "packed renders of held-out identities, as deno task render --format npy writes",
    },
    { flag: "recogniser", value: "FILE", help: "weights of the recogniser; the shipped ones when left out" },
    { flag: "generator", value: "FILE", help: "weights of the generator; the shipped ones when left out" },
    { flag: "moments", value: "FILE", help: "Gaussian of identities; the shipped one when left out" },
    { flag: "second", value: "FILE", help: "weights of a second mini recogniser, trained with another seed" },
    { flag: "only-recogniser", help: "leave the generator out" },
    { flag: "identities", value: "N", default: 200, help: "identities sampled for the generator", unit: "2..10000" },
    { flag: "seed", value: "N", default: 0, help: "seed of pairs, folds, vectors, noise and masks", unit: "0..2^64-1" },
    { flag: "json", value: "FILE", help: "write every figure, with the hashes of the files, as JSON" },
    { flag: "sheet", value: "FILE.png", help: "write renders beside decodings, and sampled identities" },
    ...DEVICE_OPTIONS,
  ],
  examples: [
    "deno task evaluate:mini",
    "deno task evaluate:mini --second work/second/recogniser.safetensors --json mini.json --sheet mini.png",
    "deno task evaluate:mini --only-recogniser --recogniser work/recogniser/recogniser.safetensors",
  ],
};

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
const fixed = (x: number) => x.toFixed(3);
const yawText = ({ correlation, error }: ProbeScore) => `r ${fixed(correlation)}, error ${error.toFixed(1)} degrees`;

const tarText = ({ tar, impostors, needed }: TarAtFar) =>
  tar === undefined ? `not resolvable: ${impostors} of ${needed} impostors` : percent(tar);

/** Rows of the table: figure, then one cell a recogniser. */
type Table = [figure: string, ...cells: string[]][];

function recogniserRows(reports: readonly RecogniserReport[]): Table {
  const row = (figure: string, cell: (r: RecogniserReport) => string): Table[number] => [figure, ...reports.map(cell)];
  return [
    row("accuracy, 10 folds", (r) => `${percent(r.accuracy.mean)} +- ${(100 * r.accuracy.sd).toFixed(2)}`),
    row("  pairs", (r) => r.accuracyPairs.join(" + ")),
    row("TAR at FAR 1e-3", ({ tar }) => tarText(tar)),
    row("accuracy, flip-sum", ({ flipSum }) => {
      return `${percent(flipSum!.accuracy.mean)} +- ${(100 * flipSum!.accuracy.sd).toFixed(2)}`;
    }),
    row("TAR, flip-sum", ({ flipSum }) => tarText(flipSum!.tar)),
    row("equal error rate", (r) => percent(r.equalErrorRate)),
    row("d', AUC", (r) => `${r.dPrime.toFixed(2)}, ${r.areaUnderRoc.toFixed(4)}`),
    row("cosine genuine", (r) => fixed(r.genuineCosine)),
    row("cosine impostor", (r) => fixed(r.impostorCosine)),
    row("feature norm", (r) => r.featureNorm.toFixed(1)),
    row("yaw probe", (r) => yawText(r.yaw)),
  ];
}

function tableText(table: Table): string {
  const widths = table[0]!.map((_, c) => Math.max(...table.map((row) => (row[c] ?? "").length)));
  return table.map((row) => row.map((cell, c) => cell.padEnd(widths[c]!)).join("  ").trimEnd()).join("\n");
}

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  const seed = args.seed(), identities = args.integer("identities", { min: 2, max: 10_000 });
  const [second, json, sheet] = ["second", "json", "sheet"].map((flag) => args.optionalText(flag));
  await using resources = new AsyncDisposableStack();
  const files: Record<string, string> = {};
  const { data, recognisers, generator, moments } = await checkInputs(async () => {
    const device = readDevice(args);
    const data = resources.use(new PackedImages(args.text("data")));
    files["recogniser"] = weightsPath("recognisers", "mini", args.optionalText("recogniser"));
    if (second !== undefined) files["second"] = weightsPath("recognisers", "mini", second);
    const recognisers: Recogniser[] = [];
    for (const weights of Object.values(files)) {
      recognisers.push(resources.use(await loadRecogniser({ ...device, model: "mini", weights })));
    }
    if (args.flag("only-recogniser")) return { data, recognisers, generator: undefined, moments: undefined };
    files["generator"] = weightsPath("generators", "mini", args.optionalText("generator"));
    files["moments"] = locateIdentities({ model: "mini", moments: args.optionalText("moments") }).path;
    const moments = loadMoments(files["moments"]);
    const generator = resources.use(await loadGenerator({ ...device, model: "mini", weights: files["generator"] }));
    if (moments.width !== generator.vectorSize) {
      throw new TypeError(
        `Cannot sample identities: ${
          files["moments"]
        } has width ${moments.width}, the generator ${generator.vectorSize}`,
      );
    }
    return { data, recognisers, generator, moments };
  });
  const yaws = data.poses.map(({ yaw }) => yaw);

  const reports: RecogniserReport[] = [], witnesses: Witness[] = [];
  for (const embedder of recognisers) {
    const progress = new Progress({ total: 2 * data.length, unit: "renders embedded" });
    const features = await embedImages(data, embedder, { signal, onProgress: (done) => progress.update(done) });
    const onProgress = (done: number) => progress.update(data.length + done);
    const mirrored = await embedImages(data, embedder, { mirrored: true, signal, onProgress });
    progress.stop();
    const input = { features, mirrored, width: embedder.vectorSize, labels: data.labels, yaws, seed };
    const { report, yawProbes } = reportRecogniser(input);
    reports.push(report);
    witnesses.push({ embedder, features, yawProbes });
  }
  const table: Table = [
    [`${data.length} renders of ${data.classes} identities`, "own", ...(second === undefined ? [] : ["second"])],
    ...recogniserRows(reports),
  ];
  const figures: Record<string, unknown> = { recognisers: reports };

  if (generator !== undefined) {
    const sampled = gaussianVectors(moments, seed, identities);
    const vectors = new Float32Array(identities * generator.vectorSize);
    for (let i = 0; i < identities; i++) vectors.set(sampled.vector(i), i * generator.vectorSize);
    const decodings = generatorReportImages(identities);
    const progress = new Progress({ total: decodings + Math.min(300, data.length), unit: "images decoded" });
    const made = await reportGenerator(generator, recognisers, vectors, {
      seed,
      signal,
      onProgress: (done) => progress.update(done),
    });
    const back = await reportReconstruction(generator, witnesses, yaws, {
      seed,
      signal,
      onProgress: (done) => progress.update(decodings + done),
    });
    progress.stop();
    Object.assign(figures, { generator: made, reconstruction: back });
    table.push(
      ["", ""],
      [`${identities} sampled identities`],
      ["vector to image", fixed(made.vectorToImage), ...(second === undefined ? [] : ["see other mask"])],
      ["other mask", ...made.otherMask.map(fixed)],
      ...made.variation.slice(1).map(({ sigma, cosines }): Table[number] => {
        return [`within, sigma ${sigma}`, ...cosines.map(fixed)];
      }),
      ["between, 99 %", ...made.between.map((b, k) => `${fixed(b)}, ${fixed(made.betweenHigh[k]!)}`)],
      ...made.variation.map(({ sigma, pixels }): Table[number] => [`pixels, sigma ${sigma}`, pixels.toFixed(2)]),
      ["", ""],
      [`${back[0]!.yaw.count} reconstructions`],
      ["to render, median", ...back.map((b) => `${fixed(b.cosine)}, ${fixed(b.medianCosine)}`)],
      ["yaw decoded", ...back.map((b) => yawText(b.yaw))],
      ["yaw rendered", ...back.map((b) => yawText(b.yawRendered))],
    );
    if (sheet !== undefined) {
      const { embedder, features } = witnesses[0]!;
      const image = await evaluationSheet({ generator, embedder, source: data, features, vectors, seed });
      await writeWhole(sheet, await encodePng(image));
    }
  }
  say(tableText(table));
  if (json !== undefined) {
    const hashes: Record<string, string> = {};
    for (const [name, path] of Object.entries(files)) hashes[name] = await sha256File(path, signal);
    const text = JSON.stringify(
      { seed: String(seed), images: data.length, identities: data.classes, sha256: hashes, ...figures },
      null,
      2,
    );
    await writeWhole(json, new TextEncoder().encode(`${text}\n`));
  }
};

if (import.meta.main) await runTask(SPEC, main);
