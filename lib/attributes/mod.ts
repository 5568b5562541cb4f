/**
 * Attribute operation (AttrOP): gradient descent on the identity vector until the face has what was asked for.
 *
 * @module
 */

export * from "./adam.ts";
export * from "./angle_schedule.ts";
export * from "./attribute_graph.ts";
export * from "./attribute_session.ts";
export * from "./distance_objective.ts";
export * from "./estimator_input.ts";
export * from "./estimator_text.ts";
export * from "./excess.ts";
export * from "./face_decoder.ts";
export * from "./feature_network.ts";
export * from "./generate_to_targets.ts";
export * from "./identity_objective.ts";
export * from "./objective.ts";
export * from "./onnx_estimator.ts";
export * from "./onnx_files.ts";
export * from "./onnx_pose_network.ts";
export * from "./optimise.ts";
export * from "./optimise_as_reference.ts";
export * from "./pose_network.ts";
export * from "./pose_objective.ts";
export * from "./pose_output.ts";
export * from "./presets.ts";
export * from "./quality_objective.ts";
export * from "./refine_identities.ts";
export * from "./score_output.ts";
export * from "./target_objective.ts";
