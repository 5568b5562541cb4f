/** Checks of settings that several objectives share. */

/** Refuses weights, thresholds and targets that cannot work; a target that is left out is each sample's own. */
export function checkSettings(name: string, weight: number, threshold: number, target?: number): void {
  if (!(weight >= 0 && weight < Infinity)) {
    throw new RangeError(
      `Cannot make objective "${name}": its weight is ${weight}, expected a finite number of 0 or more`,
    );
  }
  if (!(threshold > 0)) {
    throw new RangeError(
      `Cannot make objective "${name}": its threshold is ${threshold}, expected a number above 0, or Infinity for none`,
    );
  }
  if (target !== undefined && !Number.isFinite(target)) {
    throw new RangeError(`Cannot make objective "${name}": its target is ${target}, expected a finite number`);
  }
}
