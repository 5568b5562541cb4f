/**
 * Reference images as files: what they are told apart by, and how they are read.
 */
import { createHash } from "node:crypto";
import { sha256File } from "./file_hash.ts";
import { type ReferenceFace, referenceFace, type ReferenceFaceOptions } from "./reference_face.ts";
import { findLandmarks, type Landmarks, type LandmarkTable } from "./reference_landmarks.ts";
import type { ReferenceFile } from "./reference_list.ts";

/** Bytes that no image of a face has: a film, an archive. */
const MAX_BYTES = 2 ** 28;

/** A reference image and what its vector depends on. */
export interface Reference extends ReferenceFile {
  /** SHA-256 of the file; null when it cannot be read. */
  readonly sha256: string | null;
  /** Why it cannot be read. */
  readonly fault?: string | undefined;
  /** Points to align it by. */
  readonly landmarks?: Landmarks | undefined;
}

/**
 * Hashes reference images and finds their landmarks.
 *
 * Requires `--allow-read` permission.
 *
 * @param files The images.
 * @param options Landmarks, and a signal that stops the work.
 * @returns The images in the same order; those that cannot be read have a fault.
 *
 * @example A file that is not there
 * ```ts
 * import { hashReferences } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const [image] = await hashReferences([{ name: "a.jpg", path: "no such folder/a.jpg" }]);
 * assert.equal(image?.fault, "it is not there");
 * ```
 */
export async function hashReferences(
  files: readonly ReferenceFile[],
  options: { readonly landmarks?: LandmarkTable | undefined; readonly signal?: AbortSignal } = {},
): Promise<Reference[]> {
  const { landmarks, signal } = options;
  const references: Reference[] = [];
  for (const file of files) {
    signal?.throwIfAborted();
    const points = landmarks && findLandmarks(landmarks, file)?.points;
    const aligned = points === undefined ? {} : { landmarks: points };
    try {
      const { isFile, size } = await Deno.stat(file.path);
      const fault = isFile
        ? size > MAX_BYTES ? `it has ${size} bytes, more than an image` : undefined
        : "it is no file";
      if (fault !== undefined) references.push({ ...file, ...aligned, sha256: null, fault });
      else references.push({ ...file, ...aligned, sha256: await sha256File(file.path, signal) });
    } catch (error) {
      references.push({ ...file, ...aligned, sha256: null, fault: readFault(error) });
    }
  }
  return references;
}

/**
 * Reads a reference image and brings it to the recogniser's size.
 *
 * Requires `--allow-read` permission.
 *
 * @param reference The image.
 * @param options Whether any size will do, and what looks for landmarks.
 * @returns The face, or why there is none.
 *
 * @example A file that is not there
 * ```ts
 * import { readReference } from "@/generation/mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = { name: "a.jpg", path: "no such folder/a.jpg", sha256: "0" };
 * assert.deepEqual(await readReference(image), { fault: "it is not there" });
 * ```
 */
export async function readReference(
  reference: Reference,
  options: Omit<ReferenceFaceOptions, "landmarks"> = {},
): Promise<ReferenceFace> {
  const { path, sha256, fault, landmarks } = reference;
  if (fault !== undefined) return { fault };
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    return { fault: readFault(error) };
  }
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) return { fault: "it was changed meanwhile" };
  return await referenceFace(bytes, { ...options, landmarks });
}

/** Why a file cannot be read; errors that the system did not give are thrown. */
function readFault(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it is not there";
  if (error instanceof Deno.errors.PermissionDenied) return "it may not be read";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  if (error instanceof Deno.errors.NotADirectory) return "its path leads through a file";
  if (error instanceof Deno.errors.FilesystemLoop) return "it is a link to itself";
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code === "string") return `it cannot be read (${code})`; // a name too long, a disk that fails
  throw error;
}
