/** Tensors stored in an ONNX file: initialisers and constant attributes. */
import { TYPE_CODE } from "./_type_code.ts";
import { BYTES_PER_ELEMENT } from "./ops/creation.ts";
import { doublesOf, floatsOf, integersOf, messageOf, numberOf, textOf } from "./_fields.ts";
import { readFields } from "./_protobuf.ts";
import type { DataType, TensorData } from "./types.ts";

/** One stored tensor. */
export interface TensorProto {
  /** Name, empty in attributes. */
  readonly name: string;
  /** Element type. */
  readonly dtype: DataType;
  /** Axis lengths. */
  readonly shape: readonly number[];
  /** Elements, when they are inside the file. */
  readonly data?: TensorData;
  /** Where the elements lie otherwise. */
  readonly external?: { readonly location: string; readonly offset: number; readonly byteLength: number };
}

const TYPE_NAME: ReadonlyMap<number, DataType> = new Map(
  Object.entries(TYPE_CODE).map(([name, code]) => [code, name as DataType]),
);

/** Element type of a TensorProto.DataType, or undefined for those that the language does not know. */
export function typeName(code: number): DataType | undefined {
  return TYPE_NAME.get(code);
}

/** Names of TensorProto.DataType for messages. */
const ALL_TYPES = [
  "undefined",
  "float32",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "int32",
  "int64",
  "string",
  "bool",
  "float16",
  "float64",
  "uint32",
  "uint64",
  "complex64",
  "complex128",
  "bfloat16",
];

/** A TensorProto.DataType as messages name it. */
export function typeText(code: number): string {
  return ALL_TYPES[code] ?? `type ${code}`;
}

/** Reads a TensorProto. */
export function readTensor(bytes: Uint8Array): TensorProto {
  let name = "", code = 0, raw: Uint8Array | undefined, outside = false;
  const shape: number[] = [], numbers: number[] = [], integers: bigint[] = [];
  const entries = new Map<string, string>();
  for (const field of readFields(bytes)) {
    if (field.number === 1) { for (const n of integersOf(field)) shape.push(dimension(n)); }
    else if (field.number === 2) code = numberOf(field);
    else if (field.number === 4) { for (const x of floatsOf(field)) numbers.push(x); }
    else if (field.number === 5 || field.number === 7) { for (const n of integersOf(field)) integers.push(n); }
    else if (field.number === 8) name = textOf(field);
    else if (field.number === 9) raw = messageOf(field);
    else if (field.number === 10) { for (const x of doublesOf(field)) numbers.push(x); }
    else if (field.number === 13) entries.set(...entryOf(messageOf(field)));
    else if (field.number === 14) outside = numberOf(field) === 1;
  }
  const dtype = typeName(code);
  const fail = (why: string): never => {
    throw new SyntaxError(`Cannot decode the model: tensor "${name}" ${why}`);
  };
  if (dtype === undefined) {
    return fail(`has element type ${typeText(code)}, known are ${Object.keys(TYPE_CODE).join(", ")}`);
  }
  const count = shape.reduce((a, b) => a * b, 1), byteLength = count * BYTES_PER_ELEMENT[dtype];
  if (!Number.isSafeInteger(byteLength)) fail(`of shape [${shape.join(", ")}] is too large`);
  if (outside) return { name, dtype, shape, external: placeOf(entries, byteLength, fail) };
  if (raw !== undefined) {
    if (raw.length !== byteLength) {
      fail(`of type ${dtype} and shape [${shape.join(", ")}] needs ${byteLength} bytes, found ${raw.length}`);
    }
    return { name, dtype, shape, data: elementsOf(dtype, raw) };
  }
  const found = integers.length + numbers.length;
  if (found !== count) fail(`of shape [${shape.join(", ")}] needs ${count} elements, found ${found}`);
  return { name, dtype, shape, data: fromNumbers(dtype, numbers, integers) };
}

function dimension(n: bigint): number {
  if (n < 0n || n > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new SyntaxError(`Cannot decode the model: a tensor has an axis of length ${n}`);
  }
  return Number(n);
}

function entryOf(bytes: Uint8Array): [string, string] {
  let key = "", value = "";
  for (const field of readFields(bytes)) {
    if (field.number === 1) key = textOf(field);
    if (field.number === 2) value = textOf(field);
  }
  return [key, value];
}

/** Place of elements outside the file; paths that leave the model's folder are refused, as ONNX demands. */
function placeOf(
  entries: ReadonlyMap<string, string>,
  byteLength: number,
  fail: (why: string) => never,
): NonNullable<TensorProto["external"]> {
  const location = entries.get("location") ?? "";
  if (location === "" || /^[/\\]|^[A-Za-z]:|\0/.test(location) || location.split(/[/\\]/).includes("..")) {
    fail(`lies in "${location}", which is not a file in the model's folder`);
  }
  const offset = Number(entries.get("offset") ?? 0), length = Number(entries.get("length") ?? byteLength);
  if (!Number.isSafeInteger(offset) || offset < 0) fail(`lies at offset "${entries.get("offset")}" of its file`);
  if (length !== byteLength) fail(`needs ${byteLength} bytes, its file holds "${entries.get("length")}"`);
  return { location, offset, byteLength };
}

/** Bytes as elements; they are copied only where they do not start at a multiple of the element size. */
function elementsOf(dtype: DataType, bytes: Uint8Array): TensorData {
  const size = BYTES_PER_ELEMENT[dtype];
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  const length = bytes.length / size;
  if (dtype === "float32") return new Float32Array(buffer, byteOffset, length);
  if (dtype === "float64") return new Float64Array(buffer, byteOffset, length);
  if (dtype === "float16") return new Uint16Array(buffer, byteOffset, length);
  if (dtype === "int64") return new BigInt64Array(buffer, byteOffset, length);
  if (dtype === "int32") return new Int32Array(buffer, byteOffset, length);
  return new Uint8Array(buffer, byteOffset, length);
}

/** Elements from the typed fields; half precision is stored as its bits, bool and bytes as int32. */
function fromNumbers(dtype: DataType, numbers: readonly number[], integers: readonly bigint[]): TensorData {
  if (dtype === "float32") return Float32Array.from(numbers);
  if (dtype === "float64") return Float64Array.from(numbers);
  if (dtype === "int64") return BigInt64Array.from(integers);
  const small = integers.map(Number);
  if (dtype === "float16") return Uint16Array.from(small);
  if (dtype === "int32") return Int32Array.from(small);
  return Uint8Array.from(small);
}
