/**
 * The text of `--help`.
 */
import { bare, type TaskSpec } from "./_arguments.ts";

/**
 * Text of `--help`: purpose, usage, options with defaults and units, examples.
 *
 * @param spec What the task takes.
 * @returns Several lines ending in a line break.
 */
export function helpText(spec: TaskSpec): string {
  const rows = spec.options.map((option): [string, string] => {
    const notes = [
      ...(option.unit === undefined ? [] : [option.unit]),
      ...(option.default === undefined || option.default === false ? [] : [`default ${option.default}`]),
      ...(option.repeat === true ? ["may be repeated"] : []),
    ];
    const head = `--${bare(option.flag)}${option.value === undefined ? "" : ` ${option.value}`}`;
    return [
      head,
      `${option.help}${notes.length > 0 ? ` (${notes.join("; ")})` : ""}`,
    ];
  });
  if (spec.positionals) {
    rows.unshift([spec.positionals.value, spec.positionals.help]);
  }
  rows.push(["--help", "show this text"]);
  const width = Math.min(28, Math.max(...rows.map(([head]) => head.length)));
  const lines = rows.map(([head, text]) =>
    head.length > width ? `  ${head}\n  ${" ".repeat(width)}  ${text}` : `  ${head.padEnd(width)}  ${text}`
  );
  return [
    spec.summary,
    "",
    `Usage: ${spec.usage}`,
    "",
    "Options:",
    ...lines,
    "",
    "Examples:",
    ...spec.examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}
