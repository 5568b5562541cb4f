import assert from "node:assert/strict";
import { checkConditions, makeReport, measuredValues, MEASURES, measureText, parseConditions } from "@/doctor/mod.ts";
import { againstFindings, WELL } from "./_findings.ts";

Deno.test("parseConditions() reads all operators, percentages and small numbers", () => {
  const read = parseConditions(" leakage > 1e-3,consistency<=90% , EER>=.05,yaw-within<-2");
  assert.deepEqual(read.map(({ measure, operator, limit }) => [measure, operator, limit]), [
    ["leakage", ">", 0.001],
    ["consistency", "<=", 0.9],
    ["eer", ">=", 0.05],
    ["yaw-within", "<", -2],
  ]);
  assert.equal(read[1]!.text, "consistency<=90%");
});

Deno.test("parseConditions() reads the names of all measures", () => {
  assert.equal(new Set(MEASURES.map(({ name }) => name)).size, MEASURES.length);
  for (const { name } of MEASURES) assert.equal(parseConditions(`${name}>0.5`)[0]!.measure, name);
});

Deno.test.each<[string, string, RegExp]>([
  ["", "SyntaxError", /the condition "": expected a name/],
  ["leakage", "SyntaxError", /such as "leakage>0.001"/],
  ["leakage=1", "SyntaxError", /one of < <= > >=/],
  ["leakage>1.2.3", "SyntaxError", /and a number/],
  ["leakage>1,", "SyntaxError", /the condition ""/],
  ["beauty>1", "RangeError", /no measure beauty, known are images, identities/],
])("parseConditions() refuses %j with a %s", (text, name, message) => {
  assert.throws(() => parseConditions(text), { name, message });
});

Deno.test("checkConditions() compares, and lets nothing pass that was not measured", () => {
  const values = new Map([["eer", 0.05]]);
  const failed = (text: string) => checkConditions(parseConditions(text), values).map((outcome) => outcome.failed);
  assert.deepEqual(failed("eer<0.05,eer<=0.05,eer>0.05,eer>=0.05,eer<1"), [false, true, false, true, true]);
  assert.deepEqual(failed("fid>1000"), [true]);
});

Deno.test("measuredValues() has what was measured and nothing else", () => {
  const values = measuredValues({ ...WELL, against: againstFindings(0.25, true) });
  assert.deepEqual(["leakage", "fid", "kid", "precision", "class-recall"].map((name) => values.get(name)), [
    ...[0.25, 12.5, 0.25, 0.75, 0.625],
  ]);
  assert.equal(values.has("tar-1e-3"), false);
  assert.equal(measuredValues(WELL).has("leakage"), false);
  const every = MEASURES.filter(({ name }) => !values.has(name)).map(({ name }) => name);
  assert.deepEqual(every, ["tar-1e-3"]);
});

Deno.test("measureText() writes numbers for readers", () => {
  assert.deepEqual([0, 0.5, 12.345, -0.0123, 1234.5].map((value) => measureText(value, "number")), [
    ...["0", "0.5", "12.3", "−0.012", "1234.5"],
  ]);
  assert.equal(measureText(1234567, "whole"), "1,234,567");
  assert.equal(measureText(7.25, "degrees"), "7.25°");
  assert.deepEqual([measureText(null, "share"), measureText(NaN, "levels")], ["–", "–"]);
});

Deno.test("makeReport() puts verdicts, conditions and numbers together as plain data", () => {
  const context = { made: "today", recogniser: "mini", threshold: "given" };
  const report = makeReport(WELL, context, parseConditions("images<100"));
  assert.deepEqual(report.conditions.map(({ failed, value }) => [failed, value]), [[true, 40]]);
  assert.deepEqual([report.kind, report.version, report.measures["images"]], ["doctor", 1, 40]);
  assert.deepEqual(JSON.parse(JSON.stringify(report)).verdicts, report.verdicts);
});
