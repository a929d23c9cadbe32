/** A source file: its path, and its text. */
export interface NamedSource {
  readonly file: string;
  readonly source: string;
}

// The form is fixed by the formatter: a declaration begins its line.
const EXPORTED =
  /^export (?:declare )?(?:abstract )?(?:class|interface|type|const|(?:async )?function\*?) (?<name>\w+)/gm;

/** Exported classes, interfaces, types, constants and functions whose name more than one file declares, each with these files. */
export function declaredTwice(sources: readonly NamedSource[]): readonly string[] {
  const filesByName = new Map<string, Set<string>>();
  for (const { file, source } of sources) {
    for (const { groups } of source.matchAll(EXPORTED)) {
      const name = groups?.['name'] ?? '';
      filesByName.set(name, (filesByName.get(name) ?? new Set()).add(file));
    }
  }
  return [...filesByName]
    .filter(([, files]) => files.size > 1)
    .map(([name, files]) => `${name}: ${[...files].join(', ')}`);
}
