/** @file Small zip archives, pickles and checkpoints made byte by byte, so that tests can make them wrong. */

import { crc32, deflateRawSync } from "node:zlib";

/** Joins texts (latin1), bytes and numbers (one byte each). */
export function bytes(
  ...parts: (string | number | Uint8Array)[]
): Uint8Array<ArrayBuffer> {
  const chunks = parts.map((part) =>
    typeof part === "string" ? Uint8Array.from(part, (c) => c.charCodeAt(0)) : typeof part === "number" ? [part] : part
  );
  const out = new Uint8Array(chunks.reduce((n, chunk) => n + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

/** Little-endian integer of `size` bytes. */
export function le(size: 1 | 2 | 4 | 8, value: number): Uint8Array {
  return Uint8Array.from(
    { length: size },
    (_, i) => Math.floor(value / 2 ** (8 * i)) % 256,
  );
}

/** An entry of {@link makeZip}; the fields after `data` overrule what is right. */
export interface ZipInput {
  readonly name: string;
  /** Content, or a number of zero bytes that are left as a hole in the file. */
  readonly data: Uint8Array | number;
  readonly deflate?: boolean;
  /** Declared size when inflated. */
  readonly declaredBytes?: number;
  /** Name in the local header. */
  readonly localName?: string;
  /** Extra bytes added to the offset in the directory. */
  readonly shift?: number;
  readonly method?: number;
  readonly flags?: number;
  /** Length of the extra field in the local header, which is not there. */
  readonly localExtraBytes?: number;
}

/** A zip archive as pieces with their offsets, so that holes need no memory. */
export interface ZipPieces {
  readonly pieces: readonly { offset: number; data: Uint8Array }[];
  readonly size: number;
  /** Offset of each entry's data. */
  readonly dataOffsets: ReadonlyMap<string, number>;
}

/** Lays out an archive; `zip64` writes all sizes and offsets in their 64-bit form. */
export function layOutZip(
  entries: readonly ZipInput[],
  options: { zip64?: boolean; declaredEntries?: number; comment?: string } = {},
): ZipPieces {
  const { zip64 = false, comment = "" } = options;
  const pieces: { offset: number; data: Uint8Array }[] = [];
  const dataOffsets = new Map<string, number>();
  const directory: Uint8Array[] = [];
  let at = 0;
  const put = (data: Uint8Array) => {
    pieces.push({ offset: at, data });
    at += data.length;
  };
  for (const entry of entries) {
    const { name, data, deflate = false, localName = name, flags = 0 } = entry;
    const offset = at;
    const content = typeof data === "number" ? null : deflate ? new Uint8Array(deflateRawSync(data)) : data;
    const stored = content?.length ?? data as number;
    const size = entry.declaredBytes ??
      (typeof data === "number" ? data : data.length);
    const crc = typeof data === "number" ? 0 : crc32(data);
    const method = entry.method ?? (deflate ? 8 : 0);
    const sizes = zip64 ? bytes(le(4, 0xffffffff), le(4, 0xffffffff)) : bytes(le(4, stored), le(4, size));
    const extra = zip64
      ? bytes(
        le(2, 1),
        le(2, 24),
        le(8, size),
        le(8, stored),
        le(8, offset + (entry.shift ?? 0)),
      )
      : bytes();
    const head = bytes(
      le(2, 45),
      le(2, flags),
      le(2, method),
      le(4, 0),
      le(4, crc),
      sizes,
    );
    put(
      bytes(
        "PK\x03\x04",
        head,
        le(2, localName.length),
        le(2, entry.localExtraBytes ?? 0),
        localName,
      ),
    );
    dataOffsets.set(name, at);
    if (content === null) at += stored;
    else put(content);
    directory.push(bytes(
      ...[
        "PK\x01\x02",
        le(2, 45),
        head,
        le(2, name.length),
        le(2, extra.length),
        le(2, 0),
        le(2, 0),
        le(2, 0),
        le(4, 0),
      ],
      ...[
        zip64 ? le(4, 0xffffffff) : le(4, offset + (entry.shift ?? 0)),
        name,
        extra,
      ],
    ));
  }
  const start = at;
  const listing = bytes(...directory);
  put(listing);
  const count = options.declaredEntries ?? entries.length;
  if (zip64) {
    const record = at;
    put(
      bytes(
        "PK\x06\x06",
        le(8, 44),
        le(2, 45),
        le(2, 45),
        le(4, 0),
        le(4, 0),
        le(8, count),
        le(8, count),
      ),
    );
    put(bytes(le(8, listing.length), le(8, start)));
    put(bytes("PK\x06\x07", le(4, 0), le(8, record), le(4, 1)));
  }
  const [n, length, offset] = zip64 ? [0xffff, 0xffffffff, 0xffffffff] : [count, listing.length, start];
  put(
    bytes(
      "PK\x05\x06",
      le(2, 0),
      le(2, 0),
      le(2, n!),
      le(2, n!),
      le(4, length!),
      le(4, offset!),
    ),
  );
  put(bytes(le(2, comment.length), comment));
  return { pieces, size: at, dataOffsets };
}

/** An archive in memory. */
export function makeZip(
  entries: readonly ZipInput[],
  options: Parameters<typeof layOutZip>[1] = {},
): Uint8Array {
  const { pieces, size } = layOutZip(entries, options);
  const out = new Uint8Array(size);
  for (const { offset, data } of pieces) out.set(data, offset);
  return out;
}

/** Opcodes of pickle protocol 2 as a test writes them. */
export const op = {
  proto: bytes(0x80, 2),
  mark: "(",
  stop: ".",
  none: "N",
  emptyTuple: ")",
  emptyDict: "}",
  emptyList: "]",
  tuple: "t",
  reduce: "R",
  build: "b",
  setItem: "s",
  setItems: "u",
  append: "a",
  newObject: bytes(0x81),
  persistentId: "Q",
  text: (value: string): Uint8Array => bytes("X", le(4, value.length), value),
  int: (value: number): Uint8Array => bytes("J", le(4, value < 0 ? value + 2 ** 32 : value)),
  long: (value: bigint): Uint8Array =>
    bytes(
      0x8a,
      9,
      ...Array.from(
        { length: 9 },
        (_, i) => Number(BigInt.asUintN(8, value >> BigInt(8 * i))),
      ),
    ),
  global: (module: string, name: string): Uint8Array => bytes("c", module, "\n", name, "\n"),
  put: (index: number): Uint8Array => bytes("r", le(4, index)),
  get: (index: number): Uint8Array => bytes("j", le(4, index)),
  ints: (values: readonly (number | bigint)[]): Uint8Array =>
    bytes(
      "(",
      ...values.map((v) => typeof v === "bigint" ? op.long(v) : op.int(v)),
      "t",
    ),
};

/** A tensor for {@link pickleTensor}. */
export interface TensorSketch {
  readonly key?: string;
  readonly storage?: string;
  readonly length: number | bigint;
  readonly offset?: number | bigint;
  readonly shape: readonly (number | bigint)[];
  readonly strides: readonly (number | bigint)[];
}

/** The opcodes that rebuild a tensor. */
export function pickleTensor(sketch: TensorSketch): Uint8Array {
  const {
    key = "0",
    storage = "FloatStorage",
    length,
    offset = 0,
    shape,
    strides,
  } = sketch;
  const number = (v: number | bigint) => typeof v === "bigint" ? op.long(v) : op.int(v);
  return bytes(
    ...[op.global("torch._utils", "_rebuild_tensor_v2"), op.mark],
    ...[
      op.mark,
      op.text("storage"),
      op.global("torch", storage),
      op.text(key),
      op.text("cpu"),
      number(length),
      op.tuple,
    ],
    ...[
      op.persistentId,
      number(offset),
      op.ints(shape),
      op.ints(strides),
      bytes(0x89),
      op.emptyDict,
      op.tuple,
      op.reduce,
    ],
  );
}

/** A pickle of a dict; values are opcodes. */
export function pickleDict(
  items: Readonly<Record<string, Uint8Array | string>>,
): Uint8Array {
  const pairs = Object.entries(items).flatMap((
    [key, value],
  ) => [op.text(key), value]);
  return bytes(op.proto, op.emptyDict, op.mark, ...pairs, op.setItems, op.stop);
}

/** A zip checkpoint of a pickle and its storages. */
export function makeCheckpoint(
  pickle: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  options: Parameters<typeof layOutZip>[1] = {},
): Uint8Array {
  return makeZip([
    { name: "archive/data.pkl", data: pickle },
    ...Object.entries(storages).map(([key, data]) => ({
      name: `archive/data/${key}`,
      data,
    })),
  ], options);
}

/** 0x1950a86a20f9469cfc6c, least byte first. */
const MAGIC = bytes(0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19);

/** A legacy checkpoint. */
export function makeLegacy(
  pickle: Uint8Array,
  storages: readonly { key: string; length: number; data: Uint8Array }[],
  options: { protocol?: number } = {},
): Uint8Array {
  const keys = storages.map(({ key }) => bytes(op.text(key), op.append));
  return bytes(
    ...[op.proto, 0x8a, 10, MAGIC, op.stop],
    ...[op.proto, op.int(options.protocol ?? 1001), op.stop],
    ...[op.proto, op.emptyDict, op.stop],
    pickle,
    ...[op.proto, op.emptyList, ...keys, op.stop],
    ...storages.flatMap(({ length, data }) => [le(8, length), data]),
  );
}

/** The bytes of float32 values. */
export function floats(...values: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Float32Array(values).buffer);
}

/** A tensor of two floats, and its storage "0". */
export const VECTOR: TensorSketch = { length: 2, shape: [2], strides: [1] };
/** The opcodes of {@link VECTOR}. */
export const vector: Uint8Array = pickleTensor(VECTOR);
/** The bytes of {@link VECTOR}. */
export const storage: Uint8Array = floats(1, 2);

/** A zip checkpoint of a dict with the storage of {@link VECTOR}. */
export function checkpoint(
  items: Record<string, Uint8Array | string>,
): Uint8Array {
  return makeCheckpoint(pickleDict(items), { "0": storage });
}

/** The opcodes of a dict as a value in another. */
export function dict(items: Record<string, Uint8Array | string>): Uint8Array {
  return pickleDict(items).slice(2, -1);
}
