/**
 * @file The header of a safetensors file.
 *
 * Layout (https://github.com/huggingface/safetensors#format): header length as 8 bytes little-endian, a JSON object
 * `{name: {dtype, shape, data_offsets: [begin, end]}, __metadata__: {text: text}}`, then the data, without holes.
 */

import { type DType, itemBytes } from "./dtype.ts";
import type { Contents, TensorEntry } from "./_index.ts";
import { MAX_SAFETENSORS_HEADER_BYTES, MAX_TENSORS } from "./_limits.ts";
import { elementCount } from "./_shape.ts";
import type { ByteSource } from "./_source.ts";

/** Element types by their names in the format. */
export const SAFETENSORS_DTYPES: Record<string, DType> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U8: "uint8",
  BOOL: "bool",
};

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly "data_offsets": readonly [number, number];
}

/** Whether the first bytes can be a safetensors file: a plausible header length, then `{`. */
export function isSafetensors(head: Uint8Array, fileSize: number): boolean {
  if (head.length < 9 || head[8] !== 0x7b) return false;
  const length = new DataView(head.buffer, head.byteOffset, 8).getBigUint64(
    0,
    true,
  );
  return length <= BigInt(Math.max(fileSize, MAX_SAFETENSORS_HEADER_BYTES));
}

/** Reads and checks the header. */
export function readSafetensors(source: ByteSource): Contents {
  const bad = (why: string) => new SyntaxError(`Cannot open "${source.path}" as safetensors: ${why}`);
  const head = source.read(0, 8, "the header length");
  const length = Number(
    new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true),
  );
  if (length > MAX_SAFETENSORS_HEADER_BYTES) {
    throw new RangeError(
      `Cannot open "${source.path}" as safetensors: its header claims ${length} bytes, ` +
        `at most ${MAX_SAFETENSORS_HEADER_BYTES} are read`,
    );
  }
  const header = parseObject(source.read(8, length, "the header"), bad);
  const dataOffset = 8 + length;
  const entries: TensorEntry[] = [];
  const skipped: Record<string, string> = {};
  const ranges: { name: string; begin: number; end: number }[] = [];
  let values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") {
      if (
        !isObject(value) ||
        !Object.values(value).every((v) => typeof v === "string")
      ) {
        throw bad("__metadata__ is not an object of texts");
      }
      values = value;
      continue;
    }
    if (ranges.length >= MAX_TENSORS) {
      throw new RangeError(
        `Cannot open "${source.path}" as safetensors: more than ${MAX_TENSORS} tensors`,
      );
    }
    const entry = checkEntry(name, value, bad);
    const [begin, end] = entry.data_offsets;
    if (end > source.size - dataOffset) {
      throw bad(
        `tensor "${name}" ends at byte ${
          dataOffset + end
        }, the file has ${source.size}; it is truncated, fetch it again`,
      );
    }
    ranges.push({ name, begin, end });
    const dtype = Object.hasOwn(SAFETENSORS_DTYPES, entry.dtype) ? SAFETENSORS_DTYPES[entry.dtype]! : null;
    if (dtype === null) {
      skipped[name] = `elements of type ${entry.dtype} are not read here`;
      continue;
    }
    const bytes = elementCount(
      entry.shape,
      `Cannot open "${source.path}": tensor "${name}"`,
    ) * itemBytes(dtype);
    if (bytes !== end - begin) {
      throw bad(
        `tensor "${name}" ${entry.dtype} [${entry.shape}] takes ${bytes} bytes, data_offsets give ${end - begin}`,
      );
    }
    const segment = {
      offset: dataOffset + begin,
      storedBytes: bytes,
      bytes,
      deflated: false,
      bigEndian: false,
    };
    entries.push({ name, dtype, shape: entry.shape, segment, start: 0 });
  }
  checkNoHoles(ranges, source.size - dataOffset, bad);
  return {
    entries,
    metadata: { root: "", strippedPrefix: "", skipped, values },
  };
}

/** The format wants the tensors to cover the data exactly: a hole could hide anything, an overlap is a mistake. */
function checkNoHoles(
  ranges: { name: string; begin: number; end: number }[],
  dataBytes: number,
  bad: (why: string) => SyntaxError,
): void {
  ranges.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const { name, begin, end } of ranges) {
    if (begin !== at) {
      throw bad(
        `tensor "${name}" begins at byte ${begin} of the data, expected ${at}: tensors overlap or leave a hole`,
      );
    }
    at = end;
  }
  if (at !== dataBytes) {
    throw bad(
      `its tensors take ${at} bytes, the file has ${dataBytes} after the header`,
    );
  }
}

function checkEntry(
  name: string,
  value: unknown,
  bad: (why: string) => SyntaxError,
): HeaderEntry {
  const isCount = (x: unknown) => Number.isSafeInteger(x) && (x as number) >= 0;
  if (isObject(value)) {
    const { dtype, shape, data_offsets: offsets } = value;
    if (
      typeof dtype === "string" && Array.isArray(shape) &&
      shape.every(isCount) &&
      Array.isArray(offsets) && offsets.length === 2 &&
      offsets.every(isCount) && offsets[0] <= offsets[1]
    ) {
      return value as unknown as HeaderEntry;
    }
  }
  throw bad(
    `tensor "${name}" needs dtype, shape and data_offsets, found ${JSON.stringify(value).slice(0, 120)}`,
  );
}

function parseObject(
  bytes: Uint8Array,
  bad: (why: string) => SyntaxError,
): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    const error = bad(
      "its header is not JSON text; the file is damaged, fetch it again",
    );
    error.cause = cause;
    throw error;
  }
  if (!isObject(value)) throw bad("its header is not a JSON object");
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
