/**
 * The one table of devices: what users ask for, what ONNX Runtime calls it, and what it needs.
 *
 * Checked against onnxruntime-node 1.30: its package holds `cpu` and `webgpu` everywhere, `coreml` on macOS, `dml` on
 * Windows, and `cuda` on Linux x64 when its CUDA libraries have been installed.
 *
 * @module
 */

/** Devices that can be asked for; `"auto"` takes the first of {@linkcode DEVICES} that works. */
export type Device = "cpu" | "webgpu" | "cuda" | "coreml" | "dml";

/** What a device needs, for messages. */
export const DEVICES: Readonly<Record<Device, { readonly provider: string; readonly needs: string }>> = {
  cuda: { provider: "cuda", needs: "Linux x64 with an NVIDIA driver and ONNX Runtime's CUDA libraries" },
  coreml: { provider: "coreml", needs: "macOS" },
  dml: { provider: "dml", needs: "Windows with DirectX 12" },
  webgpu: { provider: "webgpu", needs: "a GPU with a Vulkan, Metal or Direct3D 12 driver" },
  cpu: { provider: "cpu", needs: "nothing" },
};

/**
 * Checks a device name that came from outside.
 *
 * @param name Name that a user gave.
 * @returns The device, or `auto`.
 * @throws {RangeError} If there is no such device.
 *
 * @example A known device
 * ```ts
 * import { deepStrictEqual } from "node:assert/strict";
 * import * as op from "@/onnx/mod.ts";
 *
 * deepStrictEqual(op.parseDevice("cpu"), "cpu");
 * ```
 */
export function parseDevice(name: string): Device | "auto" {
  if (name === "auto" || Object.hasOwn(DEVICES, name)) return name as Device | "auto";
  throw new RangeError(
    `Cannot use device "${name}": expected one of auto, ${Object.keys(DEVICES).join(", ")}`,
  );
}
