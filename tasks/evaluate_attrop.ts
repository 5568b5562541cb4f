/** `deno task evaluate:attrop`: measures attribute operation: refinement, yaw targets, vectors that are no identities. */
import {
  ATTRIBUTE_PRESETS,
  type AttributePreset,
  type AttributeSession,
  createAttributeSession,
  loadFaceDecoder,
  loadFeatureNetwork,
  loadPoseNetwork,
  type PresetNetworks,
  presetObjectives,
} from "@/attributes/mod.ts";
import {
  type HostileReport,
  type RefinementReport,
  reportHostile,
  reportRefinement,
  reportYaw,
  type YawReport,
} from "@/evaluation/mod.ts";
import { estimatorsFor, openIdentities, sha256File } from "@/generation/mod.ts";
import { loadPoseEstimator, type PoseEstimator, weightsPath } from "@/networks/mod.ts";
import { readAboveZero, readAttributes } from "./_attribute_settings.ts";
import { attropText } from "./_attrop_text.ts";
import { checkInputs, note, Progress, runTask, say, type TaskArguments, type TaskMain, type TaskSpec } from "./_cli.ts";
import { ATTRIBUTE_OPTIONS, ESTIMATOR_OPTIONS } from "./_generation_options.ts";
import { DEVICE_OPTIONS, GENERATOR_OPTIONS, readDevice, readIdentities, readModel } from "./_options.ts";
import { softwareVersions } from "./_versions.ts";
import { checkWritable, writeWhole } from "./_write_whole.ts";

const PARTS = ["refinement", "yaw", "hostile"] as const;
/** Yaw that hostile vectors are asked for, degrees. */
const HOSTILE_YAW = 30;

/** What the task takes. */
export const SPEC: TaskSpec = {
  name: "evaluate:attrop",
  summary: `Measures attribute operation on sampled identities.

  refinement  share of sampled vectors that reach identity and quality, as generate --attrop refines them
  yaw         share of images within 5 degrees of a yaw and still of the identity, as generate:pose makes them; each image
              is read again after it was saved, by the estimator that was descended ("saved") and by one that was not
              ("second", with --second-pose)
  hostile     isotropic, huge, tiny, zero, NaN and infinite vectors: all must end within the iterations allowed`,
  usage: "deno task evaluate:attrop [options]",
  options: [
    { flag: "parts", value: "LIST", default: PARTS.join(","), help: `any of ${PARTS.join(", ")}` },
    { flag: "vectors", value: "N", default: 200, help: "identities that are refined" },
    { flag: "yaw-vectors", value: "N", default: 200, help: "identities that are turned; each to all yaws" },
    { flag: "yaws", value: "LIST", default: "-45,-30,-15,0,15,30,45", help: "yaws to ask for", unit: "degrees" },
    { flag: "pose-threshold", value: "X", help: "greatest error of a yaw (default 5)", unit: "degrees" },
    { flag: "least-cosine", value: "X", default: 0.5, help: "least cosine of a turned image to its identity" },
    { flag: "sigma", value: "X", default: 0.7, help: "noise on the vectors that turning starts from" },
    { flag: "hostile", value: "N", default: 1000, help: "vectors that are no identities" },
    {
      flag: "second-pose",
      value: "FILE",
      help: "weights of a pose estimator of the same shape, trained apart with another seed",
    },
    { flag: "pose-weights", value: "FILE", help: "weights of the pose estimator; mini's or 6DRepNet's when left out" },
    ...ATTRIBUTE_OPTIONS,
    ...ESTIMATOR_OPTIONS,
    ...GENERATOR_OPTIONS,
    { flag: "seed", value: "N", default: 0, help: "seed of vectors, noise and masks", unit: "0..2^64-1" },
    { flag: "name", value: "NAME", help: "what figures call the result; the model's name when left out" },
    { flag: "json", value: "FILE", help: "write every figure and every image's values; deno task plot draws them" },
    ...DEVICE_OPTIONS,
  ],
  examples: [
    "deno task evaluate:attrop --second-pose work/pose2/pose.safetensors --json output/attrop.json",
    "deno task plot yaw output/attrop.json",
    "deno task plot drift output/attrop.json",
    "deno task evaluate:attrop --parts hostile",
  ],
};

/** What is measured. */
export interface AttropResult {
  /** Refinement of sampled identities. */
  refinement?: RefinementReport;
  /** Images asked for a yaw. */
  yaw?: YawReport;
  /** Vectors that are no identities. */
  hostile?: HostileReport;
}

function readParts(args: TaskArguments): typeof PARTS[number][] {
  const parts = args.text("parts").split(",");
  const unknown = parts.find((part) => !PARTS.some((known) => known === part));
  if (unknown !== undefined) {
    throw new RangeError(`Cannot measure "${unknown}": expected any of ${PARTS.join(", ")}`);
  }
  return PARTS.filter((part) => parts.includes(part));
}

/** The settings of a call. */
function readSettings(args: TaskArguments) {
  const model = readModel(args), names = estimatorsFor(model);
  const parts = readParts(args), yaws = args.optionalNumbers("yaws", { min: -90, max: 90 })!;
  const { preset: usual, iterations, learningRate, identity, quality } = readAttributes(args, model);
  const pose = ATTRIBUTE_PRESETS[usual].pose;
  const threshold = readAboveZero(args, "pose-threshold", 180) ?? pose.threshold;
  const leastCosine = args.number("least-cosine", { min: -1, max: 0.999 });
  const { weight, hinge } = identity;
  const preset: AttributePreset = {
    ...{ cap: iterations, learningRate, pose: { ...pose, threshold } },
    identity: { weight, threshold: identity.threshold, hinge },
    quality: { weight: quality.weight, threshold: quality.threshold, target: quality.target },
  };
  const turned = { weight, threshold: 1 - leastCosine, hinge: Math.min(hinge, 1 - leastCosine) };
  const files: Record<string, string> = {
    generator: weightsPath("generators", model, args.optionalText("weights")),
    identity: weightsPath("recognisers", names.identity, args.optionalText("fr-weights")),
    quality: weightsPath("recognisers", names.quality, args.optionalText("quality-weights")),
    pose: weightsPath("poseEstimators", names.pose, args.optionalText("pose-weights")),
  };
  const second = args.optionalText("second-pose");
  if (second !== undefined) files["second"] = weightsPath("poseEstimators", names.pose, second);
  return {
    model,
    names,
    usual,
    refine: preset,
    turn: { ...preset, identity: turned },
    leastCosine,
    files,
    parts,
    yaws,
  };
}

/** The body of the task. */
export const main: TaskMain = async (args, signal) => {
  await using resources = new AsyncDisposableStack();
  const counts = ["vectors", "yaw-vectors", "hostile"].map((flag) => args.integer(flag, { min: 1, max: 1_000_000 }));
  const [vectors, turned, hostile] = counts as [number, number, number];
  const seed = args.seed(), json = args.optionalText("json");
  const { device, settings, people } = await checkInputs(async () => {
    if (json !== undefined) await checkWritable(json);
    const device = readDevice(args), settings = readSettings(args);
    const width = loadFaceDecoder(settings.model, { weights: settings.files["generator"] }).vectorSize;
    const { source, path } = readIdentities(args, settings.model);
    const identities = openIdentities({ source, path }, { seed, count: Math.max(vectors, turned), width });
    return { device, settings, people: resources.use(identities) };
  });
  const { model, names, usual, refine, turn, leastCosine, files, parts, yaws } = settings;
  const { batchSize } = device, draw = (row: number) => people.vector(row);
  const open = async (
    networks: readonly Exclude<keyof PresetNetworks, "score">[],
    preset: AttributePreset,
  ): Promise<AttributeSession> =>
    await checkInputs(async () => {
      const load = {
        recognise: () => loadFeatureNetwork(names.identity, { weights: files["identity"] }),
        quality: () => loadFeatureNetwork(names.quality, { weights: files["quality"] }),
        pose: () => loadPoseNetwork(names.pose, { weights: files["pose"] }),
      };
      const made = Object.fromEntries(networks.map((name) => [name, load[name]()])) as unknown as PresetNetworks;
      const decoder = loadFaceDecoder(model, { weights: files["generator"] });
      return await createAttributeSession(decoder, presetObjectives(preset, made), device);
    });
  const judge = async (weights: string | undefined): Promise<PoseEstimator | undefined> =>
    weights === undefined
      ? undefined
      : resources.use(await checkInputs(() => loadPoseEstimator({ ...device, model: names.pose, weights })));
  const result: AttropResult = {}, seconds: Record<string, number> = {};
  const timed = async <T>(
    part: string,
    total: number,
    unit: string,
    work: (step: (done: number) => void) => Promise<T>,
  ) => {
    note(`${part}: ${total} ${unit}`);
    const began = performance.now(), progress = new Progress({ total, unit });
    const found = await work((done) => progress.update(done));
    progress.stop();
    seconds[part] = (performance.now() - began) / 1000;
    return found;
  };
  const common = { seed, batchSize, signal, cap: refine.cap };
  if (parts.includes("refinement")) {
    await using session = await open(["recognise", "quality"], refine);
    result.refinement = await timed("refinement", vectors, "vectors", (onProgress) => {
      return reportRefinement(session, draw, {
        ...common,
        count: vectors,
        learningRate: refine.learningRate,
        onProgress,
      });
    });
  }
  if (parts.includes("yaw") || parts.includes("hostile")) {
    await using session = await open(["recognise", "quality", "pose"], turn);
    if (parts.includes("yaw")) {
      const first = await judge(files["pose"]), second = await judge(files["second"]);
      result.yaw = await timed("yaw", turned * yaws.length, "images", (onProgress) => {
        const rules = { yaws, sigma: args.number("sigma", { min: 0 }), tolerance: turn.pose.threshold, leastCosine };
        const settings = { ...common, ...rules, count: turned, learningRate: turn.learningRate };
        return reportYaw(session, draw, { ...settings, first, second, onProgress });
      });
    }
    if (parts.includes("hostile")) {
      result.hostile = await timed("hostile", hostile, "vectors", (onProgress) => {
        return reportHostile(session, { ...common, count: hostile, targets: { yaw: HOSTILE_YAW }, onProgress });
      });
    }
  }
  for (const line of attropText(result, refine)) say(line);
  if (json === undefined) return;
  const sha256: Record<string, string> = {};
  for (const [name, path] of Object.entries(files)) sha256[name] = await sha256File(path, signal);
  const name = args.optionalText("name") ?? model, asked = { preset: usual, refinement: refine, yaw: turn };
  const about = {
    kind: "attrop",
    name,
    model,
    seed: String(seed),
    sha256,
    versions: softwareVersions(),
    asked,
    seconds,
  };
  // Six digits say all there is to say, in a third of the bytes.
  const short = (_: string, value: unknown) => typeof value === "number" ? Number(value.toPrecision(6)) : value;
  await writeWhole(json, `${JSON.stringify({ ...about, ...result }, short, 1)}\n`);
  say(json);
};

if (import.meta.main) await runTask(SPEC, main);
