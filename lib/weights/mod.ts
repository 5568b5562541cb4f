/**
 * Reading weight files in place (PyTorch zip and legacy .pth, safetensors, .npy, .npz, plain pickles), and writing
 * safetensors, .npy and .npz. Nothing in a pickle is ever executed.
 *
 * @module
 */

export { type DType, isFloat, itemBytes, type TypedArrayData, type TypedArrays } from "./dtype.ts";
export type { NpyArray, NpyArrayOf, NpyDType, NpyInput } from "./npy_array.ts";
export { readNpy, readNpyFloat32, writeNpy } from "./npy.ts";
export { NpyFile, openNpy } from "./npy_file.ts";
export { NpyWriter, type NpyWriterOptions } from "./npy_writer.ts";
export { readNpz, writeNpz } from "./npz.ts";
export { type TensorInput, writeSafetensors } from "./write_safetensors.ts";
export type { StoredTensor, WeightFile, WeightMetadata } from "./weight_file.ts";
export { openWeights, type OpenWeightsOptions } from "./open_weights.ts";
export { type PickleData, readPickle, type ReadPickleOptions } from "./read_pickle.ts";
export { requireTensor } from "./require_tensor.ts";
export { describeWeights, type DescribeWeightsOptions, type WeightDescription } from "./describe_weights.ts";
