/**
 * Versions of what an image depends on besides its recipe, for the record.
 */
import config from "../deno.json" with { type: "json" };

/**
 * Versions of this project, of Deno, and of the packages that compute vectors and compute and encode images.
 *
 * @returns Version by name.
 */
export function softwareVersions(): Record<string, string> {
  const pinned = (name: keyof typeof config.imports) => config.imports[name].replace(/^.*@/, "");
  return {
    vec2face: config.version,
    deno: Deno.version.deno,
    "onnxruntime-node": pinned("onnxruntime-node"),
    sharp: pinned("sharp"),
    "ml-matrix": pinned("ml-matrix"),
  };
}
