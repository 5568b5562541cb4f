/** Numbers of element types in ONNX files (TensorProto.DataType). */
import type { DataType } from "./types.ts";

/** TensorProto.DataType of each element type. */
export const TYPE_CODE: Readonly<Record<DataType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
};
