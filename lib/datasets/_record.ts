/**
 * The values of a training database: MessagePack [image, label] or [image, feature, label].
 *
 * Layouts of https://github.com/HaiyuWu/SOTA-Face-Recognition-Train-and-Test (utils/imagelist2lmdb.py) and
 * https://github.com/HaiyuWu/Vec2Face (scripts/prepare_training_set.py). Deviation: elements after the label
 * (Vec2Face+ appends a picture of the landmarks) are read over.
 */

import { featureFromBytes, featureToBytes } from "./_feature_bytes.ts";
import { MsgpackReader, packArray, packBytes, packInteger } from "./_msgpack.ts";
import type { DatasetItem } from "./dataset.ts";

/** Writes a record; with a feature in the three-element layout. */
export function encodeRecord(
  item: DatasetItem,
  withFeature: boolean,
): Uint8Array {
  const parts = [packBytes(item.bytes)];
  if (withFeature) parts.push(packBytes(featureToBytes(item.feature!)));
  parts.push(packInteger(item.label));
  return packArray(parts);
}

/** Reads a record, its parts in memory of their own; `name` is for messages. */
export function decodeRecord(value: Uint8Array, name: string): DatasetItem {
  const reader = new MsgpackReader(value, name);
  const count = recordLength(reader, name);
  const bytes = reader.withBytes((value, start, end) => value.slice(start, end));
  const feature = count > 2 ? featureFromBytes(reader.bytes(), name) : undefined;
  const label = readLabel(reader, name);
  return feature ? { label, bytes, feature } : { label, bytes };
}

/** Reads the label of a record only, and whether it has a feature. */
export function readRecordHead(
  value: Uint8Array,
  name: string,
): { label: number; hasFeature: boolean } {
  const reader = new MsgpackReader(value, name);
  const hasFeature = recordLength(reader, name) > 2;
  reader.skipBytes();
  if (hasFeature) reader.skipBytes();
  return { label: readLabel(reader, name), hasFeature };
}

function recordLength(reader: MsgpackReader, name: string): number {
  const count = reader.array();
  if (count < 2 || count > 4) {
    throw new SyntaxError(
      `Cannot read ${name}: it has ${count} elements, expected [image, label] or [image, feature, label]`,
    );
  }
  return count;
}

function readLabel(reader: MsgpackReader, name: string): number {
  const label = reader.integer();
  if (label < 0 || label > 0x7fffffff) {
    throw new SyntaxError(
      `Cannot read ${name}: its label is ${label}, expected 0..2147483647`,
    );
  }
  return label;
}
