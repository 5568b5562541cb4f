/** An IResNet with stored weights, ready to run on images. */
import * as op from "@/onnx/mod.ts";
import type { Device, Session, Value } from "@/onnx/mod.ts";
import { iresnet, type IResNetConfig } from "./iresnet.ts";
import type { Parameters } from "./params.ts";

/** Where it runs and how its convolutions are computed. */
export interface IResNetSessionOptions {
  readonly device: Device | "auto";
  readonly threads: number;
  /** Compute wide convolutions by Winograd's method; on a processor only, other devices choose for themselves. */
  readonly bulk: boolean;
}

/**
 * Builds and loads the network: `images` [N,3,H,W] to `result`.
 *
 * @param config Shape of the network.
 * @param params Its parameters, not graph inputs.
 * @param options Where and how to run it.
 * @param output What is made of the features [N,D].
 */
export async function iresnetSession(
  config: IResNetConfig,
  params: Parameters,
  { device, threads, bulk }: IResNetSessionOptions,
  output: (features: Value) => Value,
): Promise<Session> {
  const side = config.inputSize;
  const images = op.input("images", "float32", ["N", 3, side, side]);
  const { features } = iresnet(config, params, images, {
    inferenceOnly: true,
    bulk: bulk && device === "cpu",
  });
  const model = op.buildModel({ inputs: [images], outputs: { result: output(features) }, name: "iresnet" });
  return await op.createSession(model, { device, threads });
}
