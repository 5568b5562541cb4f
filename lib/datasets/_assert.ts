/**
 * Checks that all forms of data set share.
 */

import type { DatasetRecord } from "./dataset.ts";

/** Asserts that a record can be stored in any form of data set; `place` names the data set. */
export function assertRecord(record: DatasetRecord, place: string): void {
  assertPlace(record.label, record.image, `write to ${place}`);
  if (!(record.bytes instanceof Uint8Array) || record.bytes.length === 0) {
    throw new TypeError(
      `Cannot write to ${place}: image ${record.image} of class ${record.label} has no bytes, expected an image file`,
    );
  }
}

/** Asserts that a label and an image number are in their ranges. */
export function assertPlace(
  label: number,
  image: number,
  action: string,
): void {
  for (
    const [name, value] of [["label", label], ["image number", image]] as const
  ) {
    if (!Number.isInteger(value) || value < 0 || value > 0x7fffffff) {
      throw new RangeError(
        `Cannot ${action}: ${name} is ${value}, expected an integer in 0..2147483647`,
      );
    }
  }
}

/** Asserts that an index is one of a data set's. */
export function assertIndex(
  index: number,
  length: number,
  place: string,
): void {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    throw new RangeError(
      `Cannot read from ${place}: index is ${index}, expected an integer in 0..${length - 1}`,
    );
  }
}

/** The largest label plus one. */
export function classCount(labels: Int32Array): number {
  return labels.reduce((most, label) => Math.max(most, label + 1), 0);
}
