/** A value that passes no gradient back, as torch.Tensor.detach. */

import type { Node, Value } from "@/onnx/mod.ts";

/** x, unchanged; gradients end here. */
export function detach(x: Value): Value {
  const outputs: Value[] = [];
  const node: Node = {
    op: "Identity",
    inputs: [x],
    outputs,
    attributes: {},
    rule: () => [],
  };
  outputs.push({ dtype: x.dtype, shape: x.shape, node });
  return outputs[0]!;
}
