/** The first `count` seeds, after one that is known to show soon what is looked for. */
export function* firstSeeds(count: number, soon?: number): Iterable<number> {
  if (soon !== undefined) yield soon;
  for (let seed = 1; seed <= count; seed++) if (seed !== soon) yield seed;
}
