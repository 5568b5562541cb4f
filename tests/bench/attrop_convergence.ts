/**
 * How many evaluations an accepted image takes where samples converge as those of trained networks do: ours, and the reference's
 * procedure, which judges a batch by its means and draws new masks at every iteration and for the image it returns.
 *
 * On `mini`, whose weights are trained; how long an evaluation takes at published size is measured elsewhere (attrop_report.ts).
 */
import {
  ATTRIBUTE_PRESETS,
  type AttributeSample,
  type AttributeSession,
  createAttributeSession,
  loadFaceDecoder,
  loadFeatureNetwork,
  loadPoseNetwork,
  optimiseAsReference,
  optimiseAttributes,
  presetObjectives,
} from "@/attributes/mod.ts";
import { locateIdentities, openIdentities } from "@/generation/mod.ts";
import { perturb } from "@/identity/mod.ts";
import { RandomStream } from "@/random/mod.ts";

/** What one procedure needed. */
export interface ConvergenceCount {
  /** Vectors evaluated with their gradient. */
  readonly evaluations: number;
  /** Images that have what was asked, each judged alone. */
  readonly accepted: number;
}

/** One case. */
export interface Convergence {
  /** What was asked. */
  readonly asked: string;
  readonly images: number;
  readonly ours: ConvergenceCount;
  readonly reference: ConvergenceCount;
}

/** Yaws of the images of a batch, degrees to either side; the third has a person for each image. */
const CASES: Readonly<Record<string, readonly number[]>> = {
  "yaw 30": [30],
  "yaw 45": [45],
  "yaws 0, 15, 30 and 45": [0, 15, 30, 45],
};

/** 1 - cosine that a turned face may have, as in `deno task evaluate:attrop`. */
const IDENTITY_THRESHOLD = 0.5;
/** Deviation of the images of a person. */
const SIGMA = 0.7;

/**
 * Counts the evaluations of all cases.
 *
 * @param options Batches of each case, none for 0; samples of a batch, most iterations, threads.
 */
export async function countConvergence(options: {
  readonly batches: number;
  readonly batch: number;
  readonly cap: number;
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
}): Promise<Convergence[]> {
  const { batches, batch, cap, threads, signal } = options, preset = ATTRIBUTE_PRESETS.mini;
  if (batches === 0) return [];
  const identity = { ...preset.identity, threshold: IDENTITY_THRESHOLD };
  const networks = {
    recognise: loadFeatureNetwork("mini"),
    quality: loadFeatureNetwork("mini-magface"),
    pose: loadPoseNetwork("mini"),
  };
  const objectives = presetObjectives({ ...preset, identity }, networks, { unsigned: true });
  await using session = await createAttributeSession(loadFaceDecoder("mini"), objectives, { threads });
  const width = session.vectorSize;
  using people = openIdentities(locateIdentities({ model: "mini" }), { seed: 0, count: batches * batch, width });
  const found: Convergence[] = [];
  for (const [asked, yaws] of Object.entries(CASES)) {
    const samples = Array.from({ length: batches * batch }, (_, i): AttributeSample => {
      const person = people.vector(yaws.length > 1 ? i : Math.floor(i / batch));
      return {
        vector: perturb(person, SIGMA, new RandomStream(0, "bench convergence", i)),
        mask: session.drawMask(new RandomStream(0, "bench mask", i)),
        targets: { identity: person, quality: preset.quality.target, yaw: yaws[i % yaws.length]! },
      };
    });
    const reference = { evaluations: 0, accepted: 0 };
    for (let first = 0; first < samples.length; first += batch) {
      signal?.throwIfAborted();
      const { iterations, final } = await optimiseAsReference(session, samples.slice(first, first + batch), {
        cap,
        learningRate: preset.learningRate,
        maskOf: (iteration, i) => session.drawMask(new RandomStream(1, "bench mask", first + i, iteration)),
      });
      reference.evaluations += iterations.length * batch;
      reference.accepted += final.filter(({ miss }) =>
        miss.every((m, j) => m <= session.objectives[j]!.threshold)
      ).length;
    }
    found.push({
      asked,
      images: samples.length,
      ours: await countOurs(session, samples, { cap, batch, signal }),
      reference,
    });
  }
  return found;
}

async function countOurs(
  session: AttributeSession,
  samples: readonly AttributeSample[],
  { cap, batch, signal }: { readonly cap: number; readonly batch: number; readonly signal: AbortSignal | undefined },
): Promise<ConvergenceCount> {
  const count = { evaluations: 0, accepted: 0 }, { learningRate } = ATTRIBUTE_PRESETS.mini;
  const jobs = samples.map((sample, tag) => ({ tag, ...sample }));
  for await (const result of optimiseAttributes(session, jobs, { cap, batchSize: batch, learningRate })) {
    signal?.throwIfAborted();
    count.evaluations += result.iterations;
    if (result.accepted) count.accepted++;
  }
  return count;
}
