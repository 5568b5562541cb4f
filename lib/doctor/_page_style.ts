/** How the page looks: system letters, white, narrow enough to read; on paper as on the screen. */
export const STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 0 20px 60px; max-width: 1100px; color: #1a1a1a; background: #ffffff;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 28px 0 4px; }
h2 { font-size: 1.3rem; margin: 44px 0 8px; padding-top: 12px; border-top: 1px solid #cccccc; }
h3 { font-size: 1.05rem; margin: 24px 0 6px; }
p { max-width: 46em; margin: 6px 0 10px; }
.quiet { color: #595959; font-size: 0.9rem; }
a { color: #005a8f; }
:focus-visible { outline: 3px solid #005a8f; outline-offset: 2px; }
.skip { position: absolute; left: -1000px; }
.skip:focus { left: 20px; top: 8px; padding: 8px 12px; background: #ffffff; z-index: 10; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 12px 0; padding: 0; }
.overall { display: flex; gap: 14px; align-items: center; margin: 16px 0; padding: 14px 18px; border: 2px solid; border-radius: 6px; }
.overall.good { border-color: #005a8f; } .overall.fair { border-color: #8a5d00; }
.overall.poor { border-color: #b34700; } .overall.unknown { border-color: #595959; }
.overall p { margin: 0; font-size: 1.1rem; }
.mark { display: inline-flex; gap: 6px; align-items: center; font-weight: 600; white-space: nowrap; }
.mark svg .line { fill: none; stroke: #ffffff; stroke-width: 2; }
.scroll { overflow-x: auto; margin: 10px 0 16px; }
table { border-collapse: collapse; font-size: 0.92rem; width: 100%; }
caption { text-align: left; font-weight: 600; padding: 4px 0; }
th, td { text-align: left; vertical-align: top; padding: 6px 12px 6px 0; border-bottom: 1px solid #e6e6e6; }
thead th { border-bottom: 1px solid #767676; }
tbody th { font-weight: 500; }
#verdicts th:first-child { min-width: 15em; } #verdicts td:nth-child(3), #verdicts td:nth-child(4):not(:nth-last-child(2)) { white-space: nowrap; } #verdicts td:nth-last-child(-n+2) { min-width: 14em; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(504px, 1fr)); gap: 8px 16px; }
figure { margin: 8px 0 14px; min-width: 0; }
.drawing { overflow-x: auto; }
.figure { max-width: none; }
figcaption { font-size: 0.88rem; color: #404040; max-width: 40em; }
.strip figcaption { max-width: none; }
.strip img { display: block; max-width: 100%; height: auto; border: 1px solid #e6e6e6; }
details { margin: 6px 0; } summary { cursor: pointer; padding: 4px 0; color: #005a8f; }
code { font: 0.9em ui-monospace, "Liberation Mono", "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
@media (max-width: 560px) { .figures { grid-template-columns: 1fr; } }
@media print { nav, .skip { display: none; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }
`;
