import assert from "node:assert/strict";
import { type Findings, judge, overall, type Verdict } from "@/doctor/mod.ts";
import { againstFindings, illSet, WELL, wellSet } from "./_findings.ts";

const grades = (findings: Findings) =>
  Object.fromEntries(judge(findings).map(({ measure, grade }) => [measure, grade]));

Deno.test("judge() finds a good set good, and asks for nothing to be done", () => {
  const verdicts = judge(WELL);
  assert.ok(verdicts.length >= 11);
  for (const { measure, grade, advice } of verdicts) assert.deepEqual([grade, advice], ["good", ""], measure);
  assert.match(verdicts[0]!.finding, /All images can be read/);
  assert.deepEqual(overall(verdicts), { grade: "good", sentence: `All ${verdicts.length} checks are good.` });
});

Deno.test("judge() finds defects poor, says how many there are and what to do", () => {
  const verdicts = judge({ set: illSet() });
  const poor = verdicts.filter(({ grade }) => grade === "poor");
  assert.deepEqual(poor.map(({ measure }) => measure), [
    ...["unreadable", "uniqueness", "merged", "consistency", "mislabelled", "duplicates", "singles"],
  ]);
  assert.ok(poor.every(({ advice, finding, value }) => advice.length > 20 && finding.includes(value)));
  assert.match(overall(verdicts).sentence, /^Not fit as it is: unreadable images, identities too much alike, /);
});

Deno.test("judge() tells fair from good and poor at the limits", () => {
  const at = (separated: number) =>
    grades({ set: { ...wellSet(), uniqueness: { threshold: 0.4, separated, kept: 1 } } });
  assert.deepEqual([0.92, 0.919, 0.8, 0.799].map((value) => at(value).uniqueness), ["good", "fair", "fair", "poor"]);
  const set = { ...wellSet(), singles: 0.05 };
  assert.equal(overall(judge({ set })).grade, "fair");
});

Deno.test("judge() says what could not be measured and does not count it", () => {
  const { pose: _, ...set } = wellSet();
  const verdicts = judge({ set });
  const turned = verdicts.find(({ measure }) => measure === "yaw-spread")!;
  assert.deepEqual([turned.grade, turned.value], ["unknown", "–"]);
  assert.match(turned.finding, /no pose estimator/);
  assert.equal(overall(verdicts).grade, "good");
});

Deno.test("judge() does not praise what a single identity, or a single image of each, cannot fail", () => {
  const one = judge({ set: { ...wellSet(), identities: 1 } });
  const of = (measure: string, verdicts: readonly Verdict[]) => verdicts.find((each) => each.measure === measure)!;
  for (const measure of ["uniqueness", "merged", "mislabelled"]) {
    const { grade, finding } = of(measure, one);
    assert.deepEqual([grade, finding], ["unknown", "Not judged: there is a single identity."]);
  }
  assert.equal(overall(one).sentence, `Not fit as it is: a single identity (1 of ${one.length - 3} checks).`);
  const singles = of("consistency", judge({ set: { ...wellSet(), singles: 1 } }));
  assert.deepEqual([singles.grade, singles.value], ["unknown", "97 %"]);
});

Deno.test("judge() judges leakage only against a reference, and forgives it to paired sets", () => {
  const leakageOf = (findings: Findings): Verdict | undefined =>
    judge(findings).find(({ measure }) => measure === "leakage");
  assert.equal(leakageOf(WELL), undefined);
  assert.equal(leakageOf({ ...WELL, against: againstFindings(0) })!.grade, "good");
  assert.equal(leakageOf({ ...WELL, against: againstFindings(0.005) })!.grade, "fair");
  const found = leakageOf({ ...WELL, against: againstFindings(0.5) })!;
  assert.deepEqual([found.grade, found.finding], [
    "poor",
    "50 % of the images look like an identity of real (cosine above 0.4).",
  ]);
  const paired = leakageOf({ ...WELL, against: againstFindings(0.5, true) })!;
  assert.match(paired.finding, /this is expected and not judged/);
  assert.deepEqual([paired.grade, paired.value, paired.advice], ["unknown", "50 %", ""]);
});
