/**
 * What an error says about one item of a data set.
 */

/** Why an item cannot be read, when the error is the item's own fault; undefined for all other errors. */
export function itemFault(error: unknown): string | undefined {
  const own = error instanceof SyntaxError || error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.IsADirectory ||
    error instanceof Deno.errors.FilesystemLoop || (error instanceof RangeError && /pixels/.test(error.message));
  return own ? error.message : undefined;
}
