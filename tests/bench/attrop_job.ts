/**
 * What both sides of `deno task bench:attrop` do: the same networks, vectors, masks and targets, in one file.
 *
 * Random networks have no faces, so targets are chosen from how quality rises by itself: sample i of a batch has its own after
 * UNEVEN[i] evaluations. Four are quick and one is slow, as vectors of a real sampler are.
 */
import {
  ATTRIBUTE_PRESETS,
  type AttributeJob,
  type AttributeSample,
  type AttributeSession,
  createAttributeSession,
  featureNorm,
  optimiseAttributes,
  presetObjectives,
} from "@/attributes/mod.ts";
import { vec2faceInputs } from "@/networks/mod.ts";
import * as op from "@/onnx/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import {
  ATTROP_SIZES,
  type AttropConfigs,
  type AttropFiles,
  openNetworks,
  scaleQuality,
  writeNetworks,
} from "./attrop_networks.ts";

/** Evaluations after which the samples of a batch have their quality; the last one is cut to the cap. */
export const UNEVEN: readonly number[] = [2, 4, 6, 9, 24];
/** Norm of the features that quality starts from, as MagFace's are. */
const START_NORM = 22;
/** What yaw is off at the start, degrees: within the threshold, but not at 0, where rounding would decide which way to go. */
const YAW_OFF = 2;
/** Least norm that no sample has. */
const OUT_OF_REACH = 1e4;

/** One sample, as JSON. */
export interface JobSample {
  readonly vector: readonly number[];
  readonly identity: readonly number[];
  readonly keep: readonly number[];
  readonly masked: readonly number[];
  readonly quality: number;
  readonly yaw: number;
}

/** The file. */
export interface AttropJob {
  readonly threads: number;
  /** Most iterations of a sample, or of a batch. */
  readonly cap: number;
  /** Time to measure matrix products, seconds. */
  readonly matmulSeconds: number;
  readonly files: AttropFiles;
  readonly configs: AttropConfigs;
  /** Of 1 - cosine, norm and degrees. */
  readonly thresholds: readonly number[];
  readonly batches: readonly (readonly JobSample[])[];
}

/** What to make. */
export interface JobOptions {
  readonly size: string;
  readonly batch: number;
  readonly batches: number;
  readonly cap: number;
  readonly threads: number;
  readonly matmulSeconds: number;
  readonly folder: string;
}

/** The session of a job: the reference's weights and thresholds, yaw without its sign. */
export async function openJob({ files, configs, threads }: AttropJob): Promise<AttributeSession> {
  const { decoder, networks } = openNetworks(files, configs);
  const objectives = presetObjectives(ATTRIBUTE_PRESETS.vec2face, networks, { unsigned: true });
  return await createAttributeSession(decoder, objectives, { threads });
}

/** A sample as the session takes it. */
export function sampleOf({ vector, identity, keep, masked, quality, yaw }: JobSample): AttributeSample {
  return {
    vector: Float32Array.from(vector),
    mask: { keep: Uint8Array.from(keep), masked: Uint8Array.from(masked) },
    targets: { identity: Float32Array.from(identity), quality, yaw },
  };
}

/**
 * Makes networks, samples and targets. At published size this takes minutes: quality has to rise to be known.
 */
export async function makeJob(options: JobOptions): Promise<AttropJob> {
  const { size, batch, batches, cap, threads, matmulSeconds, folder } = options;
  const configs = ATTROP_SIZES[size]!, files = writeNetworks(folder, configs);
  const count = batch * batches, width = configs.generator.vectorSize;
  const stream = new RandomStream(0, "bench vectors");
  const draw = () => stream.fillNormal(new Float32Array(width));
  const { decoder } = openNetworks(files, configs);
  const masks = Array.from({ length: count }, (_, i) => decoder.drawMask(new RandomStream(0, "mask", i)));
  const starts = masks.map(draw), near = starts.map((start) => start.map((x) => x + 0.3 * stream.normal()));

  const { features, norms } = await look(files, configs, threads, [starts, near], masks);
  scaleQuality(files.quality, START_NORM / norms[0]!.reduce((a, b) => a + b / count, 0));
  const samples = starts.map((vector, i): JobSample => ({
    ...{ vector: [...vector], identity: [...features[1]![i]!] },
    ...{ keep: [...masks[i]!.keep], masked: [...masks[i]!.masked], quality: OUT_OF_REACH, yaw: 0 },
  }));
  const { identity, quality, pose } = ATTRIBUTE_PRESETS.vec2face;
  const job = {
    threads,
    cap,
    matmulSeconds,
    files,
    configs,
    thresholds: [identity.threshold, quality.threshold, pose.threshold],
  };
  const asked = await choose({ ...job, batches: [samples] }, samples, batch);
  return { ...job, batches: Array.from({ length: batches }, (_, b) => asked.slice(b * batch, (b + 1) * batch)) };
}

/** Features and norms of images, a vector at a time. */
async function look(
  files: AttropFiles,
  configs: AttropConfigs,
  threads: number,
  sets: readonly (readonly Float32Array[])[],
  masks: readonly { readonly keep: Uint8Array; readonly masked: Uint8Array }[],
) {
  const { decoder, networks } = openNetworks(files, configs);
  const inputs = vec2faceInputs(configs.generator, { batch: 1, kept: decoder.kept });
  const image = op.clip(decoder.decode(inputs), -1, 1);
  const outputs = { features: op.identity(networks.recognise(image)), norm: featureNorm(networks.quality)(image) };
  const model = op.buildModel({ inputs: [inputs.vectors, inputs.keep, inputs.masked], outputs });
  await using session = await op.createSession(model, { threads });
  const features: Float32Array[][] = [], norms: number[][] = [];
  for (const vectors of sets) {
    const found = [];
    for (const [i, vector] of vectors.entries()) {
      const { keep, masked } = masks[i]!;
      found.push(
        await session.run({
          vectors: { data: vector, shape: [1, vector.length] },
          keep: { data: BigInt64Array.from(keep, BigInt), shape: [1, keep.length] },
          masked: { data: Float32Array.from(masked), shape: [1, masked.length] },
        }),
      );
    }
    features.push(found.map((out) => out["features"]!.data as Float32Array));
    norms.push(found.map((out) => (out["norm"]!.data as Float32Array)[0]!));
  }
  return { features, norms };
}

/** Gives each sample a yaw that it has, and the quality that it has after its number of evaluations. */
async function choose(job: AttropJob, samples: readonly JobSample[], batch: number): Promise<JobSample[]> {
  await using session = await openJob(job);
  const asked: JobSample[] = [];
  for (const [i, sample] of samples.entries()) {
    const start = sampleOf(sample), [first] = await session.evaluate([start]);
    const place = session.objectives.findIndex(({ name }) => name === "yaw");
    const yaw = Math.abs(first!.measured[place]!) + YAW_OFF;
    const limit = Math.min(job.cap, UNEVEN[i % batch % UNEVEN.length]!);
    const one: AttributeJob<number> = { tag: i, ...start, targets: { ...start.targets, yaw } };
    const [result] = await Array.fromAsync(optimiseAttributes(session, [one], { cap: limit, history: true }));
    asked.push({ ...sample, yaw, quality: qualityAt(result!.history!.map(({ measured }) => measured["quality"]!)) });
  }
  return asked;
}

/** A target that is first met, within the threshold of 1, where the last of these norms is; or where the largest is. */
export function qualityAt(norms: readonly number[]): number {
  const most = norms.indexOf(Math.max(...norms)), before = norms.slice(0, most);
  const reached = before.length === 0 ? norms[0]! - 0.5 : (Math.max(...before) + norms[most]!) / 2;
  return reached + ATTRIBUTE_PRESETS.vec2face.quality.threshold;
}
