/** Which identities stand for all: on contact sheets and on the map. */
import type { Appearance, IdentityStatistics } from "@/metrics/mod.ts";
import { RandomStream } from "@/random/mod.ts";
import type { Separability } from "@/separability/mod.ts";
import type { IdentityPoint, ShownIdentities } from "./findings.ts";
import type { MeasuredSet } from "./measured_set.ts";

/** Identities of each kind, and points of the map. */
const DRAWN = 6, EACH = 4, POINTS = 2000;

/** Chooses identities for the contact sheets. */
export function shownIdentities(
  statistics: IdentityStatistics,
  { byIdentity }: Appearance,
  seed: number,
): ShownIdentities {
  const { identities, images, consistent, ownMean } = statistics;
  const several = Array.from({ length: identities }, (_, c) => c).filter((c) => images[c]! > 1);
  const rank = (numbers: (c: number) => readonly number[], count: number) =>
    several.map((c) => ({ c, by: numbers(c) }))
      .sort((a, b) => {
        const k = a.by.findIndex((value, i) => value !== b.by[i]);
        return k < 0 ? a.c - b.c : a.by[k]! - b.by[k]!;
      })
      .slice(0, count).map(({ c }) => c);
  return {
    drawn: drawn(identities, DRAWN, seed, "shown identities"),
    best: rank((c) => [-consistent[c]! / images[c]!, -byIdentity[c]!], EACH),
    worst: rank((c) => [ownMean[c]!], EACH),
    leastVaried: rank((c) => [byIdentity[c]!], EACH),
  };
}

/** A point for each identity, or for so many drawn ones, those nearest to another among them. */
export function mapPoints(
  { set, statistics }: MeasuredSet,
  { nearest, nearestCosine }: Separability,
  seed: number,
): IdentityPoint[] {
  const { identities, ownMean } = statistics;
  const chosen = new Set(drawn(identities, POINTS, seed, "identities of the map"));
  const closest = Array.from(nearestCosine, (cosine, c) => ({ cosine, c })).sort((a, b) => b.cosine - a.cosine);
  for (const { c } of closest.slice(0, POINTS / 10)) chosen.add(c);
  return [...chosen].sort((a, b) => a - b).map((identity) => ({
    identity,
    name: set.nameOf(identity),
    own: ownMean[identity]!,
    nearest: nearestCosine[identity]!,
    nearestName: set.nameOf(nearest[identity]!),
  }));
}

function drawn(count: number, most: number, seed: number, stream: string): number[] {
  return [...new RandomStream(seed, stream).permutation(count).subarray(0, most)].sort((a, b) => a - b);
}
