import assert from "node:assert/strict";
import { type Figure, figureParts } from "@/plots/mod.ts";
import { PLOTLY_CONFIG } from "../../lib/plots/_plotly.ts";

const figure = (description: string): Figure => ({
  data: [{ type: "scatter", x: [1, 2], y: [3, 4], name: "</script><b>" }],
  layout: { width: 300, height: 200 },
  description,
});

Deno.test("figureParts() has plotly.js once and an element of its own for each figure", async () => {
  const { script, elements } = await figureParts([figure("one"), figure("two")], { zoom: 1 });
  assert.match(script, /^<script>/);
  assert.equal(script.match(/<\/script/gi)!.length, 1);
  assert.deepEqual(elements.map((element) => /id="([^"]*)"/.exec(element)![1]), ["figure-0", "figure-1"]);
  assert.deepEqual(elements.map((element) => /aria-label="([^"]*)"/.exec(element)![1]), ["one", "two"]);
});

Deno.test("figureParts() lets no text of a figure become markup", async () => {
  const { elements: [element] } = await figureParts([figure('<img src=x onerror="alert(1)">')]);
  assert.doesNotMatch(element!, /<img|<b>/);
  assert.equal(element!.match(/<\/script>/g)!.length, 1);
});

Deno.test("figures have no button that sends their data away", () => {
  assert.ok(PLOTLY_CONFIG.modeBarButtonsToRemove.includes("sendChartToCloud"));
});
