/** An IResNet with stored weights, ready to run on images. */
import * as op from "@/onnx/mod.ts";
import type { Device, Session, Tensor, Value } from "@/onnx/mod.ts";
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
 * A session of the network and the factors of its kernels.
 *
 * Factors are fed to every run: arrays that lie outside the runtime are used where they lie, while constants of a session would be held
 * twice (measured with IResNet-50: 1.5 GB in all against 2.6).
 */
export class IResNetSession implements AsyncDisposable {
  readonly #session: Session;
  readonly #constants: Readonly<Record<string, Tensor>>;

  private constructor(session: Session, constants: Readonly<Record<string, Tensor>>) {
    this.#session = session;
    this.#constants = constants;
  }

  /**
   * Builds and loads the network.
   *
   * @param config Shape of the network.
   * @param params Its parameters, not graph inputs.
   * @param options Where and how to run it.
   * @param output What is made of the features [N,D].
   */
  static async create(
    config: IResNetConfig,
    params: Parameters,
    { device, threads, bulk }: IResNetSessionOptions,
    output: (features: Value) => Value,
  ): Promise<IResNetSession> {
    const side = config.inputSize;
    const images = op.input("images", "float32", ["N", 3, side, side]);
    const ahead = new Map<Value, Value>();
    const factors = (w: Value, tile: op.WinogradTile) => {
      const kernel = op.winogradKernel(w, tile);
      const fed = op.input(`kernel${ahead.size}`, "float32", kernel.shape);
      ahead.set(fed, kernel);
      return fed;
    };
    const { features } = iresnet(config, params, images, {
      inferenceOnly: true,
      ...(bulk && device === "cpu" ? { factors } : {}),
    });
    const inputs = [images, ...ahead.keys()];
    const model = op.buildModel({ inputs, outputs: { result: output(features) }, name: "iresnet" });
    const session = await op.createSession(model, { device, threads });
    const constants: Record<string, Tensor> = {};
    try {
      for (const [fed, kernel] of ahead) constants[fed.name!] = await op.compute(kernel);
    } catch (error) {
      await session.release();
      throw error;
    }
    return new IResNetSession(session, constants);
  }

  /** The device that runs it. */
  get device(): Device {
    return this.#session.device;
  }

  /** The output for images [N,3,H,W]. */
  async run(images: Tensor): Promise<Float32Array> {
    const { result } = await this.#session.run({ images, ...this.#constants });
    return result!.data as Float32Array;
  }

  /** Frees the runtime's memory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }
}
