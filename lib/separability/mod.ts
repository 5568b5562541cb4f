/**
 * How many identities of a set are well separated: exact, in one pass, for every number of identities.
 *
 * @module
 */

export * from "./report.ts";
export * from "./separability.ts";
