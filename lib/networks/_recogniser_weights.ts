/**
 * Opening the weight file of a recogniser: training programs put the network below other names.
 *
 * | names begin with | who writes it |
 * |---|---|
 * | nothing | Vec2Face's files, ArcFace's backbones |
 * | `features.module.`, `module.features.` | MagFace (https://github.com/IrvingMeng/MagFace), its class vectors beside it |
 * | `features.`, `backbone.` | networks saved together with their head |
 *
 * MagFace's own weights have one more difference that a file does not tell: they want BGR in 0..1.
 */
import { openWeights, type WeightFile } from "@/weights/mod.ts";

const PREFIXES = ["features.module.", "module.features.", "features.", "backbone.module.", "backbone."];

/** Two tensors that every IResNet has and its head has not. */
const MARKS = ["conv1.weight", "layer1.0.bn1.weight"];

/** Opens a file, with the names as the network asks for them. */
export function openRecogniserWeights(path: string): WeightFile {
  const file = openWeights(path);
  const holds = (prefix: string) => MARKS.every((mark) => file.tensors.has(prefix + mark));
  const prefix = holds("") ? undefined : PREFIXES.find(holds);
  return prefix === undefined ? file : openWeights(path, { prefix });
}
