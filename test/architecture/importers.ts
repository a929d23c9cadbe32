import type { Table } from './rules.ts';

/** The folders of which one is a library or a service: the rooms within it are in the table itself. */
const isLibrary = (path: string): boolean => path.startsWith('libs/');
const wholeOf = (path: string): string => path.split('/').slice(0, 2).join('/');

/** By library, by importer: the files of the library that the importer may import. */
type Importers = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

/**
 * The table of imports the other way round, as rows of Markdown: each library, and all libraries and services that may
 * import it. An importer of single files has them in brackets. Where most may, the others are named.
 */
export function importerRows(table: Table): readonly string[] {
  const importers = importersIn(table);
  const wholes = [...new Set(Object.keys(table).map(wholeOf))].sort();
  return [...importers]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([library, by]) => {
      const others = wholes.filter((each) => each !== library && !by.has(each));
      const isByMost = by.size > wholes.length / 2;
      const text = isByMost ? `all but ${shortened(others)}` : shortened([...by].sort().map(importerText));
      return `| \`${library}\` | ${text} |`;
    });
}

function importersIn(table: Table): Importers {
  const importers = new Map<string, Map<string, Set<string>>>();
  for (const library of Object.keys(table).map(wholeOf).filter(isLibrary)) importers.set(library, new Map());
  for (const [importer, targets] of Object.entries(table)) {
    for (const target of targets.filter(isLibrary)) {
      const by = importers.get(wholeOf(target));
      if (by === undefined || wholeOf(target) === wholeOf(importer)) continue;
      by.set(wholeOf(importer), (by.get(wholeOf(importer)) ?? new Set()).add(target));
    }
  }
  return importers;
}

function importerText([importer, targets]: readonly [string, ReadonlySet<string>]): string {
  const files = [...targets].filter((target) => target.endsWith('.ts'));
  if (files.length < targets.size) return importer;
  return `${importer} (${files.map((file) => `\`${file.split('/').slice(2).join('/')}\``).join(', ')})`;
}

/** Libraries first, without their folder; then services. */
function shortened(importers: readonly string[]): string {
  const libraries = importers.filter(isLibrary).map((each) => each.replace('libs/', ''));
  const services = importers.filter((each) => !isLibrary(each)).map((each) => each.replace('services/', ''));
  const text = [
    ...(libraries.length === 0 ? [] : [libraries.join(', ')]),
    ...(services.length === 0 ? [] : [`services: ${services.join(', ')}`]),
  ].join('; ');
  return text === '' ? 'nobody' : text;
}
