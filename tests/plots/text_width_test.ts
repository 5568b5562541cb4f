import assert from "node:assert/strict";
import sharp from "sharp";
import { plainText, textWidth, wrapText } from "@/plots/mod.ts";

Deno.test("textWidth() is at least what this machine's sans-serif font needs, and not much more", async () => {
  for (const text of ["mini: generated centres", "WebFace4M", "Well-separated identities (t = 0.4)", "100K"]) {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="100"><text x="10" y="60" font-size="50"
      font-family="Arial, Helvetica, Liberation Sans, DejaVu Sans, sans-serif">${text}</text></svg>`;
    const { info } = await sharp(new TextEncoder().encode(svg)).flatten({ background: "#fff" }).trim()
      .toBuffer({ resolveWithObject: true });
    const width = textWidth(text, 50);
    assert.ok(info.width <= width && info.width > width * 0.75, `${text}: drawn ${info.width}, measured ${width}`);
  }
});

Deno.test("textWidth() knows letters beyond ASCII", () => {
  assert.equal(textWidth("°", 10), 5);
  assert.equal(textWidth("人", 10), 10);
  assert.equal(textWidth("", 10), 0);
});

Deno.test("wrapText() breaks at spaces, and inside words that are too long", () => {
  const text = "centres of generated images";
  const lines = wrapText(text, 10, 90);
  assert.equal(lines.join(" "), text);
  assert.ok(lines.length > 1 && lines.every((line) => textWidth(line, 10) <= 90), lines.join("|"));
  assert.deepEqual(wrapText("abcdef", 10, 20), ["abc", "def"]);
  assert.deepEqual(wrapText("short", 10, 90), ["short"]);
});

Deno.test("plainText() takes the meaning out of markup and line breaks", () => {
  assert.equal(plainText("<a href='x'>\n&amp;"), "&lt;a href='x'&gt; &amp;amp;");
});
