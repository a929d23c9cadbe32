/** The imports of each file. Targets that are not keys of the graph are packages and built-ins. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** Files that need themselves by way of others, and files between two such circles; sorted. */
export function filesInCircles(graph: Graph): readonly string[] {
  const left = new Map([...graph].map(([file, targets]) => [file, new Set(targets)]));
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    const needed = new Set([...left.values()].flatMap((targets) => [...targets]));
    for (const [file, targets] of left) {
      const needs = [...targets].some((target) => target !== file && left.has(target));
      if (!needs || !needed.has(file)) left.delete(file);
    }
  }
  return [...left.keys()].sort();
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
