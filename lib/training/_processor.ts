/** Where a training run computes. */
import type * as op from "@/onnx/mod.ts";

/** Whether a session runs on the processor, where some forms of a graph are faster than others; other devices choose for themselves. */
export function onProcessor({ device = "cpu" }: op.SessionOptions = {}): boolean {
  return device === "cpu";
}
