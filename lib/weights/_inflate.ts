/** @file Inflating one zip entry within the size it declares. */

import { constants, inflateRawSync } from "node:zlib";
import { MAX_DEFLATE_RATIO } from "./_limits.ts";

/** Whether deflate can make `bytes` of `storedBytes`; anything above is a bomb or a lie. */
export function isPossibleSize(storedBytes: number, bytes: number): boolean {
  return bytes <= storedBytes * MAX_DEFLATE_RATIO;
}

/** Inflates to exactly `bytes`; `what` names the data in the error. */
export function inflateEntry(
  packed: Uint8Array,
  bytes: number,
  what: string,
): Uint8Array {
  if (!isPossibleSize(packed.length, bytes)) {
    throw new RangeError(
      `Cannot inflate ${what}: ${packed.length} compressed bytes cannot hold the ${bytes} it declares`,
    );
  }
  const out = inflate(packed, what, { maxOutputLength: Math.max(bytes, 1) });
  if (out.length !== bytes) {
    throw new SyntaxError(
      `Cannot inflate ${what}: it has ${out.length} bytes, declared were ${bytes}`,
    );
  }
  return out;
}

/** Inflates what the first bytes of a deflate stream give. */
export function inflateStart(packed: Uint8Array, what: string): Uint8Array {
  return inflate(packed, what, {
    finishFlush: constants.Z_SYNC_FLUSH,
    maxOutputLength: (packed.length + 1) * MAX_DEFLATE_RATIO,
  });
}

function inflate(
  packed: Uint8Array,
  what: string,
  options: Parameters<typeof inflateRawSync>[1],
): Uint8Array {
  try {
    const out = inflateRawSync(packed, options);
    return new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
  } catch (cause) {
    const state = cause instanceof RangeError
      ? "it holds more bytes than it declares"
      : "the compressed data is damaged";
    throw new SyntaxError(`Cannot inflate ${what}: ${state}`, { cause });
  }
}
