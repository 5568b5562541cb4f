import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import {
  type Findings,
  makeReport,
  parseConditions,
  reportPage,
  type Strip,
  type StripSections,
} from "@/doctor/mod.ts";
import { againstFindings, illSet, WELL, wellSet } from "./_findings.ts";

const CONTEXT = { made: "today", recogniser: "mini & co", pose: "mini", threshold: "It was given." };
const STRIP: Strip = { title: 'two of "Ada" <b>', jpeg: Uint8Array.of(255, 216), width: 20, height: 10 };
const NONE: StripSections = {
  ...{ drawn: [STRIP], best: [], worst: [], leastVaried: [], merged: [], mislabelled: [] },
  ...{ outliers: [], duplicates: [], leaked: [] },
};

/** The page as a document, its scripts not run. */
async function page(findings: Findings, strips = NONE, conditions = "images<100,fid>1") {
  const html = await reportPage(makeReport(findings, CONTEXT, parseConditions(conditions)), strips);
  assert.ok(html.startsWith("<!doctype html>"));
  return new JSDOM(html).window.document;
}

const FULL: Findings = { set: illSet(), compare: wellSet("other"), against: againstFindings(0.2, true) };

Deno.test("reportPage() has a section for everything, and every link leads to one", async () => {
  const document = await page(FULL);
  const ids = [...document.querySelectorAll("section")].map(({ id }) => id);
  assert.deepEqual(ids, [
    ...["verdicts", "conditions", "identities", "labels", "variation", "reference", "numbers", "method"],
  ]);
  for (const link of document.querySelectorAll("a[href]")) {
    const target = link.getAttribute("href")!;
    assert.ok(target.startsWith("#") && document.querySelector(target) !== null, target);
  }
  const all = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  assert.equal(new Set(all).size, all.length);
  assert.equal(document.querySelectorAll(".figure").length, 12);
});

Deno.test("reportPage() asks for nothing from elsewhere", async () => {
  const document = await page(FULL);
  const policy = document.querySelector("meta[http-equiv=Content-Security-Policy]")!.getAttribute("content")!;
  assert.match(policy, /^default-src 'none'/);
  for (const element of document.querySelectorAll("[src], link[href]")) {
    assert.match(element.getAttribute("src") ?? element.getAttribute("href")!, /^data:/);
  }
});

Deno.test("reportPage() shows names as they are", async () => {
  const document = await page(FULL);
  assert.equal(document.querySelectorAll("i, b").length, 0);
  const text = document.body.textContent!;
  for (const name of ["<i>3.jpg</i>", 'p"1"', "a & b.jpg", "mini & co"]) assert.ok(text.includes(name), name);
  assert.equal(document.querySelector("img")!.getAttribute("alt"), STRIP.title);
});

Deno.test("reportPage() can be read aloud and by keyboard", async () => {
  const document = await page(FULL);
  assert.equal(document.documentElement.getAttribute("lang"), "en");
  assert.equal(document.querySelector("body > *")!.getAttribute("href"), "#verdicts");
  for (const table of document.querySelectorAll("table")) {
    assert.ok(table.querySelector("caption")!.textContent !== "");
    const columns = table.querySelectorAll("thead th[scope=col]").length;
    for (const row of table.querySelectorAll("tbody tr")) assert.equal(row.children.length, columns, row.textContent!);
    assert.equal(table.parentElement!.getAttribute("tabindex"), "0");
  }
  for (const image of document.querySelectorAll("img")) assert.ok(image.getAttribute("alt") !== "");
  for (const figure of document.querySelectorAll(".figure")) assert.ok(figure.getAttribute("aria-label")!.length > 10);
  const levels = [...document.querySelectorAll("h1, h2, h3")].map(({ tagName }) => Number(tagName[1]));
  levels.forEach((level, k) => assert.ok(k === 0 ? level === 1 : level - levels[k - 1]! <= 1));
});

Deno.test("reportPage() tells grades by word and shape, not by colour alone", async () => {
  const document = await page(FULL);
  const shapes = new Map<string, string>();
  for (const mark of document.querySelectorAll(".mark")) {
    const shape = mark.querySelector("svg > :first-child")!.outerHTML, word = mark.textContent!.trim();
    assert.equal(shapes.get(word) ?? shape, shape);
    shapes.set(word, shape);
  }
  assert.equal(new Set(shapes.values()).size, shapes.size);
  assert.ok(shapes.has("good") && shapes.has("poor"));
});

Deno.test("reportPage() leaves out what there is nothing to say of", async () => {
  const { pose: _, quality: __, ...bare } = wellSet();
  const document = await page(
    { set: { ...bare, leftOut: [{ section: "Pose", reason: "no weights" }] } },
    NONE,
    "images<1",
  );
  assert.equal(document.querySelector("#reference"), null);
  assert.equal(document.querySelectorAll("#variation .figure").length, 2);
  assert.match(document.querySelector("#labels")!.textContent!, /No image lies where it does not belong/);
  assert.match(document.querySelector("#method")!.textContent!, /Pose: no weights/);
  assert.doesNotMatch((await page(WELL)).body.textContent!, /undefined|NaN|\[object/);
});

Deno.test("reportPage() puts two sets side by side", async () => {
  const document = await page(FULL);
  const heads = [...document.querySelectorAll("#verdicts thead th")].map((cell) => cell.textContent);
  assert.deepEqual(heads, ["question", "verdict", "ill", "other", "what was found", "what to do"]);
  assert.match(document.querySelector("#figure-0")!.getAttribute("aria-label")!, /ill, other/);
});

Deno.test("reportPage() says which condition fails and why", async () => {
  const document = await page(WELL);
  const rows = [...document.querySelectorAll("#conditions tbody tr")].map((row) =>
    [...row.children].map((cell) => cell.textContent)
  );
  assert.deepEqual(rows, [["images<100", "40", "fails"], ["fid>1", "–", "fails: it could not be measured"]]);
});
