/** Pauses between the runs of a session, which holds the thread while it computes. */
import type { AttributeEvaluator } from "@/attributes/mod.ts";

/** The same evaluator, letting signals and timers in after each run. */
export function breathing(evaluator: AttributeEvaluator): AttributeEvaluator {
  const { vectorSize, objectives, targets } = evaluator;
  return {
    vectorSize,
    objectives,
    targets,
    drawMask: (stream) => evaluator.drawMask(stream),
    evaluate: async (samples) => {
      const evaluations = await evaluator.evaluate(samples);
      await new Promise((resolve) => setTimeout(resolve));
      return evaluations;
    },
  };
}
