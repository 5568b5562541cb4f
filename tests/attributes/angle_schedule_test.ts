import { type AngleSchedule, histogramSchedule, parseAngleSchedule, scheduledAngle } from "@/attributes/mod.ts";
import assert from "node:assert/strict";

const key = { seed: 5, identity: 2, image: 0 };

function draw(schedule: AngleSchedule, count: number): number[] {
  return Array.from({ length: count }, (_, image) => scheduledAngle(schedule, "yaw", { ...key, image }));
}

Deno.test("parseAngleSchedule() reads degrees and ranges", () => {
  assert.deepEqual(parseAngleSchedule("-30"), { kind: "constant", angle: -30 });
  assert.deepEqual(parseAngleSchedule("uniform:-10:12.5"), { kind: "uniform", from: -10, to: 12.5 });
});

Deno.test("parseAngleSchedule() throws SyntaxError when the text is something else", () => {
  for (const text of ["", "left", "uniform", "uniform:1", "uniform:1:", "uniform:1:2:3", "1:2", "normal:0:3"]) {
    assert.throws(
      () => parseAngleSchedule(text),
      (e) => e instanceof SyntaxError && e.message.includes(`schedule "${text}"`),
    );
  }
});

Deno.test("parseAngleSchedule() throws RangeError when angles are impossible", () => {
  for (const text of ["181", "uniform:10:10", "uniform:10:-10", "uniform:-200:0", "Infinity"]) {
    assert.throws(
      () => parseAngleSchedule(text),
      (e) => e instanceof RangeError && e.message.includes("rising numbers"),
    );
  }
});

Deno.test("scheduledAngle() depends on seed, identity, image and angle, and on nothing else", () => {
  const schedule = parseAngleSchedule("uniform:-60:60");
  const all = [
    scheduledAngle(schedule, "yaw", key),
    scheduledAngle(schedule, "yaw", { ...key, seed: 6 }),
    scheduledAngle(schedule, "yaw", { ...key, identity: 3 }),
    scheduledAngle(schedule, "yaw", { ...key, image: 1 }),
    scheduledAngle(schedule, "pitch", key),
    scheduledAngle(schedule, "roll", key),
  ];
  assert.equal(new Set(all).size, all.length);
  assert.equal(scheduledAngle(schedule, "yaw", key), all[0]);
});

Deno.test("scheduledAngle() spreads a uniform range evenly", () => {
  const angles = draw(parseAngleSchedule("uniform:-60:60"), 2000);
  assert.ok(angles.every((angle) => angle >= -60 && angle <= 60));
  const mean = angles.reduce((a, b) => a + b, 0) / angles.length;
  const square = angles.reduce((a, b) => a + b * b, 0) / angles.length;
  // Four standard errors of the mean (34.6 / sqrt(2000)) and of the mean square.
  assert.ok(Math.abs(mean) < 3.1, `mean ${mean}`);
  assert.ok(Math.abs(square - 1200) < 96, `mean square ${square}`);
});

Deno.test("scheduledAngle() matches a histogram", () => {
  const schedule = histogramSchedule({ edges: [-90, -30, -20, 40, 90], counts: [0, 1, 3, 0] });
  const angles = draw(schedule, 2000), low = angles.filter((angle) => angle < -20);
  assert.ok(angles.every((angle) => angle >= -30 && angle <= 40));
  assert.ok(Math.abs(low.length - 500) < 78, `${low.length} of 500 expected`);
  assert.ok(
    angles.some((angle) => angle > 35) && angles.some((angle) => angle < -28),
    "bins are filled from edge to edge",
  );
});

Deno.test("histogramSchedule() throws TypeError when the form is another", () => {
  for (
    const json of [null, 3, {}, { counts: [] }, { counts: [1] }, { counts: [1], edges: [0] }, {
      counts: ["1"],
      edges: [0, 1],
    }]
  ) {
    assert.throws(
      () => histogramSchedule(json, "h.json"),
      (e) => e instanceof TypeError && e.message.includes("h.json"),
    );
  }
});

Deno.test("histogramSchedule() throws RangeError when edges or counts cannot work", () => {
  for (const edges of [[0, 0], [10, -10], [0, 999]]) {
    assert.throws(
      () => histogramSchedule({ edges, counts: [1] }),
      (e) => e instanceof RangeError && e.message.includes("angles"),
    );
  }
  for (const counts of [[0, 0], [-1, 2], [NaN, 1]]) {
    assert.throws(
      () => histogramSchedule({ low: -9, high: 9, counts }),
      (e) => e instanceof RangeError && e.message.includes("counts"),
    );
  }
});
