/** What each file imports. Targets that are no key of the graph are packages and built-ins. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** Sets of files each of which needs all others of its set, sorted (Tarjan, 1972). */
export function circlesOf(graph: Graph): readonly (readonly string[])[] {
  const number = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): void => {
    number.set(file, number.size);
    low.set(file, number.size - 1);
    open.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!graph.has(target)) continue;
      if (!number.has(target)) {
        visit(target);
        lower(file, low.get(target));
      } else if (open.includes(target)) lower(file, number.get(target));
    }
    if (low.get(file) !== number.get(file)) return;
    const circle = open.splice(open.indexOf(file));
    if (circle.length > 1) circles.push(circle.sort());
  };
  const lower = (file: string, to = 0): void => void low.set(file, Math.min(low.get(file) ?? 0, to));
  for (const file of graph.keys()) if (!number.has(file)) visit(file);
  return circles;
}

/** Pairs of folders of which each imports from the other, as `a ↔ b`. */
export function mutualFolders(graph: Graph, folderOf: (file: string) => string): readonly string[] {
  const arrows = new Set<string>();
  for (const [file, targets] of graph) {
    for (const target of targets) {
      const [from, to] = [folderOf(file), folderOf(target)];
      if (graph.has(target) && from !== to) arrows.add(`${from} → ${to}`);
    }
  }
  return [...arrows]
    .map((arrow) => arrow.split(' → '))
    .filter(([from = '', to = '']) => from < to && arrows.has(`${to} → ${from}`))
    .map((pair) => pair.join(' ↔ '));
}
