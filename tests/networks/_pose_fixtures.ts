/** The pose estimators in the fixtures (tests/oracle/estimators_fixtures.py). */
import type { PoseEstimatorConfig } from "@/networks/mod.ts";

/** The network in pose.pth (training form) and pose_deploy.pth. */
export const TINY_POSE: PoseEstimatorConfig = {
  backbone: { blocks: [2, 1, 2, 1], widths: [8, 8, 8, 16, 24], groups: 2, squeezeExcitation: false },
  input: "bgr01",
  inputSize: 28,
};

/** The network in pose_se.pth (training form). */
export const TINY_POSE_SE: PoseEstimatorConfig = {
  backbone: { blocks: [1, 1, 2, 1], widths: [16, 16, 16, 16, 16], groups: 1, squeezeExcitation: true },
  input: "bgr01",
  inputSize: 28,
};
