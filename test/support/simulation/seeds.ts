/** The first `count` seeds, behind one that is known to show the fault soon. */
export function* firstSeeds(count: number, soon?: number): Iterable<number> {
  if (soon !== undefined) yield soon;
  for (let seed = 1; seed <= count; seed++) if (seed !== soon) yield seed;
}
