/** Where a training run computes. */
import * as op from "@/onnx/mod.ts";
import type { TrainingProcessor } from "@/networks/mod.ts";

/** What a session's processor offers to training; undefined on other devices, which choose for themselves. */
export async function trainingProcessor(
  { device = "cpu" }: op.SessionOptions = {},
): Promise<TrainingProcessor | undefined> {
  return device === "cpu" ? { block: await op.convolutionBlock() } : undefined;
}
