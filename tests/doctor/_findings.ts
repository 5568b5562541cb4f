/** Findings for tests of verdicts, conditions and pages, without images. */
import type { AgainstFindings, Findings, LeakageFindings, SetFindings } from "@/doctor/mod.ts";
import { COSINE_BINS, type Distribution, distributionOf, Tally } from "@/metrics/mod.ts";

function cosines(...values: number[]): Distribution {
  const tally = new Tally(COSINE_BINS);
  values.forEach((value) => tally.add(value));
  return tally.report();
}

const NOTHING = { count: 0, share: 0, listed: [] };

/** A set that is well. */
export function wellSet(name = "faces"): SetFindings {
  const values = (...list: number[]) => distributionOf(() => list);
  return {
    name,
    ...{ images: 40, identities: 4, emptyIdentities: [], singles: 0, threshold: 0.4, consistency: 0.97 },
    imagesEach: values(10, 10, 10, 10),
    uniqueness: { threshold: 0.4, separated: 1, kept: 1 },
    separability: {
      kind: "separability",
      ...{ name, rows: 4, thresholds: [0.4], prefixes: [2, 4], separated: [[2, 4]], greedy: [[2, 4]] },
      nearest: { quantiles: {} },
    },
    diversity: { identities: 4, distance: 0.3, vendi: 4, vendiShare: 0.4 },
    ...{ own: cosines(0.7, 0.8, 0.9), nearestOther: cosines(0.1, 0.2), norms: values(20, 22, 25) },
    variation: values(20, 30, 40),
    ...{ unreadable: NOTHING, duplicates: NOTHING, alike: NOTHING, repeated: NOTHING, outliers: NOTHING },
    mislabelled: NOTHING,
    merged: { ...NOTHING, groups: [] },
    scores: {
      ...{ identities: 4, images: 32, genuine: cosines(0.6, 0.7, 0.8), impostor: cosines(0, 0.1, 0.2) },
      ...{ equalErrorRate: 0, areaUnderRoc: 1, dPrime: 7.5, tar: [{ far: 1e-3, tar: null }] },
    },
    pose: {
      ...{ yaw: values(-30, 0, 30), pitch: values(-5, 5), roll: values(-1, 1), yawWithin: 17, driftSlope: 0.05 },
      joint: { low: -90, high: 90, counts: [[0, 1], [2, 0]] },
      drift: [{ from: 0, to: 30, count: 3, mean: 0.8, quantiles: [0.7, 0.8, 0.9] }],
    },
    quality: values(20, 24, 28),
    map: [0, 1].map((identity) => ({ identity, name: `p${identity}`, own: 0.8, nearest: 0.2, nearestName: "p9" })),
    shown: { drawn: [0], best: [], worst: [], leastVaried: [] },
    leftOut: [],
  };
}

/** A set with every defect. */
export function illSet(): SetFindings {
  const image = { row: 3, image: "<i>3.jpg</i>", identity: 'p"1"' };
  const pair = { ...image, other: 4, otherImage: "4.jpg", cosine: 0.99 };
  const one = <T>(item: T) => ({ count: 12, share: 0.3, listed: [item] });
  return {
    ...wellSet("ill"),
    ...{ emptyIdentities: ["p7"], singles: 0.25, consistency: 0.5 },
    uniqueness: { threshold: 0.4, separated: 0.5, kept: 0.6 },
    unreadable: one({ image: "a & b.jpg", reason: "the JPEG file is cut short" }),
    duplicates: one(pair),
    alike: one(pair),
    repeated: one(["1.jpg", "2.jpg"]),
    outliers: one({ ...image, cosine: 0.1 }),
    mislabelled: one({ ...image, own: null, other: 2, otherName: "p2", cosine: 0.8 }),
    merged: {
      ...one({ identity: 0, name: "p0", other: 1, otherName: "p1", cosine: 0.9, across: 0.7 }),
      groups: [["p0", "p1"]],
    },
    leftOut: [{ section: "Quality", reason: "there is no estimator" }],
  };
}

function leakage(share: number): LeakageFindings {
  return {
    ...{ rows: 40, references: 9, thresholds: [0.3, 0.4, 0.5], rowShares: [0.5, share, 0], pairShares: [0.1, 0.01, 0] },
    ...{ share, nearest: cosines(0.2, 0.5) },
    closest: [{ row: 1, name: "1.jpg (p0)", reference: 4, referenceName: "r4", cosine: 0.6 }],
  };
}

/** Findings against a reference. */
export function againstFindings(share: number, paired = false): AgainstFindings {
  return {
    ...{ name: "real", images: 90, identities: 9, paired },
    ...{ centreToCentre: leakage(share), imageToCentre: leakage(share), imageToImage: leakage(share) },
    distances: {
      ...{ drawn: [40, 90], frechet: 12.5, kernel: { mean: 0.25, sd: 0.01 }, precision: 0.75, recall: 0.5 },
      ...(paired ? { classRecall: { mean: 0.625, identities: 4 } } : {}),
    },
  };
}

/** A report's findings. */
export const WELL: Findings = { set: wellSet() };
