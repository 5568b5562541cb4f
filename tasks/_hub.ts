/** Published weights for a task that loads them: found, or fetched after saying so. */
import { hubEntry, provideModelFile } from "@/hub/mod.ts";
import { catalogueEntry, type ModelCatalogue } from "@/networks/mod.ts";
import { note } from "./_cli.ts";
import { hubOptions, type HubOutside, PROJECT } from "./_hub_options.ts";
import { TransferDisplay } from "./_transfer.ts";

/**
 * The path of a file of the catalogue; fetches it, after saying so, if it is not here.
 *
 * @param name Short name or path in the repository: `weights/vec2face_generator.pth`.
 * @param signal Stops a download.
 * @param outside Replacements, for tests.
 * @returns Its path.
 * @throws {Deno.errors.NotFound} If it is not here and HF_HUB_OFFLINE is set.
 * @throws {HubError} If it cannot be fetched.
 */
export async function ensureModelFile(
  name: string,
  signal?: AbortSignal,
  outside: HubOutside = {},
): Promise<string> {
  const display = new TransferDisplay();
  const hub = hubOptions(outside, signal, display);
  try {
    return await provideModelFile(name, {
      ...hub,
      folders: outside.folders ?? [PROJECT],
      say: note,
      onProgress: (progress) => display.update(progress),
    });
  } finally {
    display.clear();
  }
}

/**
 * The weights that a task is to load: those given, or the published ones, found or fetched; undefined leaves the choice
 * to the loader, for models that ship with the project and for those of which no weights are published.
 *
 * @param kind Kind of model.
 * @param model Its name.
 * @param given Path given by the user.
 * @param signal Stops a download.
 * @param outside Replacements, for tests.
 * @returns The path.
 * @throws {RangeError} If there is no such model.
 * @throws {Deno.errors.NotFound} If they are not here and HF_HUB_OFFLINE is set.
 * @throws {HubError} If they cannot be fetched.
 */
export async function modelWeights(
  kind: keyof ModelCatalogue,
  model: string,
  given: string | undefined,
  signal?: AbortSignal,
  outside: HubOutside = {},
): Promise<string | undefined> {
  const path = given ?? catalogueEntry(kind, model).weights;
  return given !== undefined || path === undefined || hubEntry(path) === undefined
    ? given
    : await ensureModelFile(path, signal, outside);
}
