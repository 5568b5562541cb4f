/** @file Expected values of the fixtures, and files made in tests. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { openWeights, type OpenWeightsOptions, type WeightFile } from "@/weights/mod.ts";

/** What PyTorch or NumPy finds in a tensor: bytes in base64, as make_fixtures.py writes them. */
export interface TensorFacts {
  readonly dtype: string;
  readonly shape: number[];
  readonly raw: string;
  readonly float32?: string;
}

/** What a fixture holds. */
export interface FileFacts {
  readonly format: WeightFile["format"];
  readonly tensors: Record<string, TensorFacts>;
  readonly root?: string;
  readonly skipped?: string[];
  readonly values?: Record<string, unknown>;
  readonly metadata?: unknown;
}

/** Folder of the weight fixtures. */
export const FIXTURES = join(import.meta.dirname!, "..", "fixtures", "weights");

/** All fixtures that open, by file name. */
export const EXPECTED: Record<string, FileFacts> = JSON.parse(
  Deno.readTextFileSync(join(FIXTURES, "expected.json")),
);

/** Path of a fixture. */
export function fixture(name: string): string {
  return join(FIXTURES, name);
}

/** A folder that is removed at the end of the scope. */
export class TempDir implements Disposable {
  readonly path: string = Deno.makeTempDirSync();

  /** Path of a file in the folder. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file in the folder and gives its path. */
  write(name: string, bytes: Uint8Array): string {
    const path = this.file(name);
    Deno.writeFileSync(path, bytes);
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Opens a file made in the test and reads all its tensors. */
export function open(
  content: Uint8Array,
  options: OpenWeightsOptions = {},
): { names: string[]; values: number[][]; metadata: WeightFile["metadata"] } {
  using dir = new TempDir();
  const file = openWeights(dir.write("a.pth", content), options);
  const names = [...file.tensors.keys()];
  return {
    names,
    values: names.map((name) => [...file.readFloat32(name)]),
    metadata: file.metadata,
  };
}

/** Expects that a file made in the test is refused, with its path in the message. */
export function refuse(
  content: Uint8Array,
  name: string,
  message: RegExp,
  options: OpenWeightsOptions = {},
): void {
  using dir = new TempDir();
  const path = dir.write("a.pth", content);
  assert.throws(() => openWeights(path, options), (error: Error) => {
    assert.equal(error.name, name, `${error}`);
    assert.match(error.message, message);
    assert.ok(error.message.includes(path), error.message);
    return true;
  });
}
