import assert from "node:assert/strict";
import { publishedResults, publishedVerification, setName, STANDARD_SETS } from "@/evaluation/mod.ts";

/** The tables of the Vec2Face README, read here from its text. */
const README = `
IDiff-Face 98.00 85.47 80.45 86.43 90.65 88.20
DCFace 98.55 85.33 82.62 89.70 91.60 89.56
Arc2Face 98.81 91.87 85.16 90.18 92.63 91.73
DigiFace 95.40 87.40 78.87 76.97 78.62 83.45
SynFace 91.93 75.03 70.43 61.63 74.73 74.75
SFace 91.87 73.86 73.20 71.68 77.93 77.71
IDnet 92.58 75.40 74.25 63.88 79.90 79.13
ExFaceGAN 93.50 73.84 71.60 78.92 82.98 80.17
SFace2 95.60 77.11 74.60 77.37 83.40 81.62
Langevin-Disco 96.60 73.89 74.77 80.70 87.77 82.75
HSFace10K 98.87 88.97 85.47 93.12 93.57 92.00 69.47 64.55 92.87 86.91
HSFace20K 98.87 89.87 86.13 93.85 93.65 92.47 75.22 67.55 94.37 88.91
HSFace100K 99.25 90.36 86.75 94.38 94.12 92.97 80.00 70.35 95.58 90.39
HSFace200K 99.23 90.81 87.30 94.22 94.52 93.22 79.85 71.12 95.70 89.86
HSFace300K 99.30 91.54 87.70 94.45 94.58 93.52 81.55 71.35 95.95 90.49
CASIA-WebFace 99.38 96.91 89.78 94.50 93.35 94.79 77.82 68.52 96.95 95.11
`.trim().split("\n").map((line) => line.split(" "));

Deno.test("publishedResults() has the three tables of the Vec2Face README", () => {
  const hard = ["hadrian", "eclipse", "sllfw", "doppelver"];
  const found = publishedResults([...STANDARD_SETS, ...hard]);
  for (const [name, ...numbers] of README) {
    const row = found.find((each) => each.name === name)!;
    const expected = numbers.map(Number);
    assert.deepEqual(row.values.slice(0, 5), expected.slice(0, 5), name);
    assert.deepEqual(row.values.slice(5), expected.length > 6 ? expected.slice(6) : Array(4).fill(undefined), name);
    assert.equal(row.average, expected[5], name);
  }
});

/** Rows of other sources, read here from their texts: the five standard sets in the order above, their average. */
const OTHERS = `
VIGFace(S)|99.02 95.09 87.72 90.95 90.00 92.56|VIGFace README
VIGFace(B)|99.48 97.07 90.15 93.62 92.88 94.64|VIGFace README
VIGFace(L)|99.33 97.31 91.12 93.82 92.95 94.91|VIGFace README
HyperFace|98.50 88.83 84.23 86.53 89.40 89.50|VIGFace README
Arc2Face, 60K identities|98.92 94.58 86.45 92.45 93.33 93.14|VIGFace README
CemiFace, 60K identities|99.22 92.84 88.86 92.13 93.03 93.22|VIGFace README
DCFace, 20K identities|98.83 88.40 84.22 90.45 92.38 90.86|Kim et al., CVPR 2023
DCFace, 60K identities|98.58 88.61 85.07 90.97 92.82 91.21|Kim et al., CVPR 2023
DigiFace, 110K identities|96.17 89.81 82.23 81.10 82.55 86.37|Kim et al., CVPR 2023
`.trim().split("\n").map((line) => line.split("|"));

Deno.test("publishedResults() has larger sets and those of other authors, each with where it was read", () => {
  const found = publishedResults(STANDARD_SETS);
  for (const [name, numbers, label] of OTHERS) {
    const row = found.find((each) => each.name === name)!, expected = numbers!.split(" ").map(Number);
    assert.deepEqual([...row.values, row.average], expected, name);
    assert.deepEqual(row.sources.map((source) => source.label), [label], name);
  }
});

Deno.test("publishedResults() has the model zoo of SOTA-Face-Recognition, on hard sets too", () => {
  const found = publishedResults([...STANDARD_SETS, "Hadrian", "Eclipse", "Twins"]);
  const zoo = found.filter(({ sources }) => sources.some(({ label }) => label.includes("model zoo")));
  assert.equal(zoo.length, 19);
  const row = zoo.find(({ name }) => name === "Glint360K (R100, ArcFace, m=0.5)")!;
  assert.deepEqual(row.values, [99.82, 99.07, 94.68, 98.3, 96.15, 95.68, 84.12, 84.67]);
  const [harder] = publishedResults(["IJB-B"], "tar at far 1e-4").filter(({ name }) => name.startsWith("DCFace"));
  assert.deepEqual(harder!.values, [75.12]);
});

Deno.test("published rows have a value for each column, a source, and averages that are means unless a note says so", () => {
  for (const { title, columns, rows, sources } of publishedVerification) {
    assert.ok(rows.length > 0, title);
    for (const { name, values, average, source, note } of rows) {
      assert.equal(values.length, columns.length, name);
      assert.ok(values.every((value) => value > 0 && value <= 100), name);
      assert.match(sources[source]!.url, /^https:\/\//, name);
      if (average === undefined) continue;
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      assert.equal(Math.abs(mean - average) > 0.011, note !== undefined, `${name}: ${mean} printed as ${average}`);
    }
    assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length, title);
  }
});

Deno.test("tables that tell of the same recogniser agree", () => {
  const seen = new Map<string, number>();
  for (const { columns, rows } of publishedVerification) {
    for (const { name, values } of rows) {
      columns.forEach(({ set, figure }, c) => {
        const key = `${name} ${set} ${figure}`;
        assert.equal(seen.get(key) ?? values[c], values[c], key);
        seen.set(key, values[c]!);
      });
    }
  }
});

Deno.test("publishedResults() joins tables, sorts by average, and finds figures other than accuracy", () => {
  const found = publishedResults(["LFW", "nothing"]);
  const averages = found.flatMap(({ average }) => average ?? []);
  assert.deepEqual(averages, averages.toSorted((a, b) => b - a));
  assert.deepEqual(found.find(({ name }) => name === "HSFace300K")!.values, [99.3, undefined]);
  assert.equal(found.find(({ name }) => name === "VFace300K")!.average, 94.93);
  assert.ok(found.find(({ name }) => name === "CASIA-WebFace")!.sources.length >= 3);
  assert.deepEqual(publishedResults(["nothing"]), []);
  const ijb = publishedResults(["IJB-C"], "tar at far 1e-4");
  assert.deepEqual([ijb[0]!.name, ijb[0]!.values], ["WebFace12M (ViT KPRPE, AdaFace)", [97.82]]);
  assert.match(ijb[0]!.notes.join(), /0.01 % is meant/);
});

Deno.test("setName() brings spellings together", () => {
  assert.deepEqual(["CFPFP", "cfp-fp", "AgeDB-30", "agedb", "IJB-B", "African_test"].map(setName), [
    ...["cfp_fp", "cfp_fp", "agedb_30", "agedb_30", "ijbb", "african_test"],
  ]);
});
