/**
 * @file Opening a weight file of any format by its first bytes.
 *
 * | format | begins with | read in place |
 * |---|---|---|
 * | torch-zip | `PK\3\4`, has data.pkl | yes: stored, 64-byte aligned |
 * | torch-legacy | pickle `\x80` with torch's magic number | yes, unaligned |
 * | safetensors | 8-byte length, `{` | yes, aligned to the element at least |
 * | npz | `PK\3\4`, all entries .npy | yes where stored, else inflated |
 * | npy | `\x93NUMPY` | yes |
 */

import { type Contents, indexWeights, type TensorEntry } from "./_index.ts";
import { nameOther } from "./_not_weights.ts";
import { isNpz, npyTensor, readNpzIndex } from "./_npz.ts";
import { isNpy, readNpyHeader } from "./_npy_header.ts";
import { supportedDType } from "./_npy_data.ts";
import { define } from "./_plain.ts";
import { isSafetensors, readSafetensors } from "./_safetensors.ts";
import { type ByteSource, FileSource } from "./_source.ts";
import { readTorchLegacy } from "./_torch_legacy.ts";
import { isTorchZip, readTorchZip } from "./_torch_zip.ts";
import type { WeightFile } from "./weight_file.ts";
import { readZip } from "./_zip.ts";

/** Choices of {@link openWeights}. */
export interface OpenWeightsOptions {
  /**
   * Keys that lead to the state dict in a PyTorch checkpoint, as "model_vec2face" or "ema.model"; "" takes the whole
   * file. By default it is found: a dict of tensors, or under one of the usual keys (model_vec2face, state_dict,
   * model_state_dict, model, net, network, generator, backbone, module), or under the only key that has tensors.
   */
  readonly root?: string;
  /**
   * Keep only the tensors whose names begin so, without this beginning.
   * @default {""}
   */
  readonly prefix?: string;
}

/**
 * Opens a weight file and reads its index: names, types, shapes and places of the tensors, not their values.
 *
 * The format is told by the first bytes. Nothing in a pickle is executed. A prefix "module." (DistributedDataParallel)
 * or "_orig_mod." (torch.compile) that all names share is removed, which `metadata.strippedPrefix` tells.
 *
 * Requires read permission.
 *
 * @example Open, look, read
 * ```ts
 * import assert from "node:assert/strict";
 * import { openWeights, writeSafetensors } from "@/weights/mod.ts";
 * const path = Deno.makeTempFileSync();
 * writeSafetensors(path, [
 *   { name: "module.fc.weight", dtype: "float32", shape: [1, 2], data: new Float32Array([3, 4]) },
 * ]);
 * const file = openWeights(path);
 * assert.equal(file.format, "safetensors");
 * assert.equal(file.metadata.strippedPrefix, "module.");
 * assert.deepEqual(file.tensors.get("fc.weight")!.shape, [1, 2]);
 * assert.deepEqual(file.readFloat32("fc.weight"), new Float32Array([3, 4]));
 * Deno.removeSync(path);
 * ```
 *
 * @param path The file.
 * @param options Where in the file the weights are.
 * @returns The index, and the way to the values.
 * @throws {SyntaxError} If the file is of no known format, truncated, damaged, or holds a whole model.
 * @throws {RangeError} If it declares more than the limits allow, or the root is not there or not clear.
 * @throws {TypeError} If `path` is a folder, or a .npy file has elements that are not read here.
 */
export function openWeights(
  path: string,
  options: OpenWeightsOptions = {},
): WeightFile {
  using source = new FileSource(path);
  return openSource(source, options);
}

/** Opens a source; apart from {@link openWeights} so that tests can count the bytes read. */
export function openSource(
  source: ByteSource,
  options: OpenWeightsOptions,
): WeightFile {
  const [format, contents] = readContents(source, options.root);
  return indexWeights(
    source,
    format,
    keepPrefix(source.path, stripShared(contents), options.prefix ?? ""),
  );
}

function readContents(
  source: ByteSource,
  root: string | undefined,
): [WeightFile["format"], Contents] {
  const { path, size } = source;
  const head = source.read(0, Math.min(size, 512), "its first bytes");
  const begins = (...bytes: number[]) => bytes.every((b, i) => head[i] === b);
  if (begins(0x50, 0x4b, 3, 4) || begins(0x50, 0x4b, 5, 6)) {
    const zip = readZip(source);
    if (isTorchZip(zip)) return ["torch-zip", readTorchZip(source, zip, root)];
    checkNoRoot(path, root);
    if (isNpz(zip)) return ["npz", readNpzIndex(source, zip)];
    throw new SyntaxError(
      `Cannot open "${path}": it is a zip archive, but neither has data.pkl as a PyTorch checkpoint ` +
        `nor only .npy arrays as .npz; its first entry is "${zip.keys().next().value ?? "missing"}"`,
    );
  }
  if (begins(0x80) || isTextMagic(head)) {
    return ["torch-legacy", readTorchLegacy(source, root)];
  }
  checkNoRoot(path, root);
  if (isNpy(head)) return ["npy", readNpyIndex(source)];
  if (isSafetensors(head, size)) {
    return ["safetensors", readSafetensors(source)];
  }
  throw new SyntaxError(`Cannot open "${path}" as weights: ${nameOther(head)}`);
}

/** Protocols 0 and 1 have no opcode to begin with: the file begins with torch's magic number as text. */
function isTextMagic(head: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(head.subarray(0, 25)) ===
    "L119547037146038801333356";
}

function checkNoRoot(path: string, root: string | undefined): void {
  if (root === undefined || root === "") return;
  throw new RangeError(
    `Cannot open "${path}" at root "${root}": only PyTorch checkpoints have keys above the tensors; ` +
      `leave root out, or use prefix`,
  );
}

/** A .npy file as one tensor named "value". */
function readNpyIndex(source: ByteSource): Contents {
  const header = readNpyHeader(source);
  supportedDType(header, source.path);
  const { size } = source;
  const segment = {
    offset: 0,
    storedBytes: size,
    bytes: size,
    deflated: false,
    bigEndian: header.bigEndian,
  };
  const metadata = { root: "", strippedPrefix: "", skipped: {}, values: {} };
  return {
    entries: [npyTensor("value", header, segment, source.path)],
    metadata,
  };
}

/** What wrappers put before every name. */
const WRAPPER_PREFIXES = ["module.", "_orig_mod."];

function stripShared(contents: Contents): Contents {
  const entries = [...contents.entries];
  let stripped = "";
  for (let again = entries.length > 0; again;) {
    const found = WRAPPER_PREFIXES.find((p) => entries.every(({ name }) => name.startsWith(stripped + p)));
    stripped += found ?? "";
    again = found !== undefined;
  }
  return stripped === "" ? { ...contents, entries } : removePrefix({ ...contents, entries }, stripped, stripped);
}

function keepPrefix(
  path: string,
  contents: Contents,
  prefix: string,
): Contents {
  if (prefix === "") return contents;
  const entries = [...contents.entries].filter(({ name }) => name.startsWith(prefix));
  if (entries.length === 0) {
    const names = [...contents.entries].slice(0, 5).map(({ name }) => `"${name}"`);
    throw new RangeError(
      `Cannot open "${path}": no tensor's name begins with "${prefix}", the first are ${names.join(", ")}`,
    );
  }
  return removePrefix(
    { ...contents, entries },
    prefix,
    contents.metadata.strippedPrefix + prefix,
  );
}

function removePrefix(
  contents: Contents,
  prefix: string,
  strippedPrefix: string,
): Contents {
  const skipped: Record<string, string> = {};
  for (const [name, reason] of Object.entries(contents.metadata.skipped)) {
    if (name.startsWith(prefix)) {
      define(skipped, name.slice(prefix.length), reason);
    }
  }
  const rename = (entry: TensorEntry) => ({
    ...entry,
    name: entry.name.slice(prefix.length),
  });
  return {
    entries: [...contents.entries].map(rename),
    metadata: { ...contents.metadata, skipped, strippedPrefix },
  };
}
