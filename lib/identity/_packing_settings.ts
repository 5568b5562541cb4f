/** Settings of packing: defaults and ranges. */
import { checkNorms, NATURAL_NORMS } from "./norms.ts";
import type { PackOptions } from "./packing_options.ts";

/** Sharpness of the first step: then all neighbours of a row count. */
export const FIRST_SHARPNESS = 10;
/** Up to so many rows a search for neighbours costs no more than a step. */
const SMALL_COUNT = 4096;

/** Settings with their defaults; throws where one is out of range. */
export function checkSettings(options: PackOptions) {
  const { start, near, against, target, norms = NATURAL_NORMS } = options;
  const settings = {
    iterations: options.iterations ?? 300,
    rate: options.rate ?? 0.05,
    sharpness: options.sharpness ?? 200,
    neighbours: options.neighbours ?? 32,
    refreshEvery: options.refreshEvery ?? (start.count <= SMALL_COUNT ? 1 : 8),
    blockRows: options.blockRows ?? 1024,
    threads: options.threads ?? 0,
    norms: checkNorms(norms),
    seed: options.seed ?? 0,
    target,
  };
  const refuse = (what: string, found: unknown, expected: string): never => {
    throw new RangeError(`Cannot pack vectors: ${what} is ${found}, expected ${expected}`);
  };
  if (!Number.isSafeInteger(start.count) || start.count < 2) {
    refuse(`the number of rows of ${start.name}`, start.count, "a whole number of at least 2");
  }
  if (start.width < 2) refuse(`the width of ${start.name}`, start.width, "at least 2");
  for (const name of ["iterations", "neighbours", "refreshEvery", "blockRows"] as const) {
    if (!Number.isSafeInteger(settings[name]) || settings[name] < 1) {
      refuse(name, settings[name], "a whole number of at least 1");
    }
  }
  if (!(settings.rate > 0 && settings.rate <= 1)) refuse("the rate", settings.rate, "above 0 and at most 1 radian");
  if (!(settings.sharpness >= FIRST_SHARPNESS && settings.sharpness < Infinity)) {
    refuse("the sharpness", settings.sharpness, `a finite number of at least ${FIRST_SHARPNESS}`);
  }
  if (target !== undefined && !(target > -1 && target < 1)) refuse("the target", target, "a cosine between -1 and 1");
  if (near !== undefined) {
    const width = near.kind === "gallery" ? near.vectors.width : near.moments.width;
    if (width !== start.width) {
      throw new TypeError(
        `Cannot pack vectors: ${start.name} has width ${start.width}, but the ${near.kind} to stay near to has ${width}`,
      );
    }
    const weight = near.weight ?? 0.5;
    if (!(weight > 0 && weight < Infinity)) refuse("the weight of near", weight, "a finite number above 0");
  }
  if (against !== undefined) {
    const { vectors, maxCosine } = against;
    if (vectors.width !== start.width) {
      throw new TypeError(
        `Cannot pack vectors: ${start.name} has width ${start.width}, but ${vectors.name} to stay away from has ` +
          `${vectors.width}`,
      );
    }
    if (!(maxCosine > -1 && maxCosine < 1)) {
      refuse(`the largest cosine to ${vectors.name}`, maxCosine, "a cosine between -1 and 1");
    }
  }
  return settings;
}
