/**
 * From settings to a sampler.
 */
import {
  centersSampler,
  fitNorms,
  gaussianSampler,
  gaussianVectors,
  type IdentitySampler,
  loadMoments,
  NATURAL_NORMS,
  type Norms,
  openVectors,
  rotatedSampler,
  type SamplerOrigin,
  sphereSampler,
  walkSampler,
} from "@/identity/mod.ts";
import { readMoments, resolveNorms } from "./_sample_files.ts";
import type { SampleSettings } from "./_sample_settings.ts";

/** Rows whose norms stand for those of a Gaussian. */
const NORM_ROWS = 1024;
/** Width of the published ID vectors. */
const DEFAULT_WIDTH = 512;

/**
 * Makes the sampler of any kind but packing, which makes its rows together.
 *
 * @param settings What a call asks for.
 * @param origin The recipe's name of the file it is made from.
 * @param stack Closes that file.
 * @returns The sampler.
 */
export function makeSampler(
  settings: SampleSettings,
  origin: SamplerOrigin | undefined,
  stack: DisposableStack,
): IdentitySampler {
  const { sampler: { kind, seed, width, norms: asked, ...s } } = settings;
  const norms = resolveNorms(asked);
  const common = { seed, origin, ...(norms === undefined ? {} : { norms }) };
  const source = () => stack.use(openVectors(settings.origin!.path));
  switch (kind) {
    case "centers":
      return centersSampler(source(), { ...common, shuffle: s.shuffle ?? false });
    case "gaussian":
      return gaussianSampler(readMoments(settings), { ...common, components: s.components });
    case "rotate":
      return rotatedSampler(source(), {
        ...common,
        cosine: s.cosine!,
        perParent: s.perParent ?? 1,
        keepParents: s.keepParents ?? false,
      });
    case "interpolate":
      return walkSampler(source(), { seed, origin, steps: s.steps!, pairs: s.pairs, ends: s.ends ?? true });
    default: {
      const fitted = settings.origin === undefined ? undefined : normsOfSet(settings.origin, norms);
      const chosen = norms ?? fitted?.norms ?? NATURAL_NORMS;
      return sphereSampler(width ?? fitted?.width ?? DEFAULT_WIDTH, { seed, norms: chosen });
    }
  }
}

/** Width of the set that a sphere is to resemble, and its norms unless others are given. */
function normsOfSet(
  { kind, path }: NonNullable<SampleSettings["origin"]>,
  given: Norms | undefined,
): { width: number; norms: Norms } {
  if (kind === "vectors") {
    using source = openVectors(path);
    return { width: source.width, norms: given ?? fitNorms(source) };
  }
  const moments = loadMoments(path);
  return { width: moments.width, norms: given ?? fitNorms(gaussianVectors(moments, 0, NORM_ROWS)) };
}
