/** Reads JSON files. */

/** Reads a file that holds a JSON object. */
export function readJson(path: string): Record<string, unknown> {
  const text = Deno.readTextFileSync(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot read "${path}": it is not JSON`, {
      cause: error,
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new SyntaxError(`Cannot read "${path}": it is not a JSON object`);
}
