/** Sizes for people. */

const UNITS = ["kB", "MB", "GB", "TB", "PB"];

/**
 * Writes a number of bytes as the Hub does: decimal units, three digits.
 *
 * @param bytes How many, 0 or more.
 * @returns For example "697 MB".
 *
 * @example Three digits
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatBytes } from "@/hub/mod.ts";
 *
 * assert.equal(formatBytes(20_480_128), "20.5 MB");
 * assert.equal(formatBytes(697_000_000), "697 MB");
 * assert.equal(formatBytes(24), "24 bytes");
 * ```
 */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} ${Math.round(bytes) === 1 ? "byte" : "bytes"}`;
  let value = bytes / 1000, unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 99.95 ? value.toFixed(0) : value.toPrecision(3)} ${UNITS[unit]}`;
}
