import type { Import } from './import-graph.ts';

export type Table = Readonly<Record<string, readonly string[]>>;

/** The folder of the table that holds `path`: the innermost one. */
export function folderOf(path: string, table: Table): string | undefined {
  const folders = Object.keys(table).filter((key) => !key.endsWith('.ts') && path.startsWith(`${key}/`));
  return folders.sort((a, b) => b.length - a.length)[0];
}

/** The imports that the table does not allow, as `file → target`. */
export function refusedImports(imports: readonly Import[], table: Table): string[] {
  return imports.filter((each) => !isAllowed(each, table)).map(({ file, target }) => `${file} → ${target}`);
}

function isAllowed({ file, target }: Import, table: Table): boolean {
  const from = folderOf(file, table);
  const to = folderOf(target, table) ?? target;
  const own = table[file];
  if (own === undefined && from === to) return true;
  const allowed = own ?? (from === undefined ? [] : (table[from] ?? []));
  if (target.startsWith('node:') && allowed.includes('node:*')) return true;
  return allowed.includes(target) || allowed.includes(to);
}

const IMPURE = [
  /\bMath\.random\b/,
  // A type may be named with it (globalThis.Record), where a type parameter hides the name.
  /\bglobalThis\.(?!Record\b)/,
  /\b(?:Date|performance|process|console)\b\s*[.(]/,
  /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/,
  /\b(?:async|await|Promise)\b/,
];

/** Words of `source` that tell of a clock, chance, a promise or the process. Comments and texts do not count. */
export function impureWords(source: string): string[] {
  const code = source
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''");
  return IMPURE.flatMap((word) => word.exec(code)?.[0] ?? []);
}
