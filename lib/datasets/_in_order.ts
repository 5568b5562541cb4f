/**
 * Reading ahead: work on several items at once, results in their order.
 */

/**
 * Gives the results of `work` for each item, in order, with up to `ahead` of them under way. Memory holds `ahead`
 * results at most.
 */
export async function* inOrder<T>(
  items: Iterable<number>,
  ahead: number,
  work: (item: number) => Promise<T>,
): AsyncGenerator<T> {
  const under: Promise<T>[] = [];
  try {
    for (const item of items) {
      const result = work(item);
      result.catch(() => {}); // reported when its turn comes
      under.push(result);
      if (under.length >= ahead) yield await under.shift()!;
    }
    while (under.length > 0) yield await under.shift()!;
  } finally {
    await Promise.allSettled(under);
  }
}
