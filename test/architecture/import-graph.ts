import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { posix } from 'node:path';

/** One import of a source file, with its target; imports of types are included. */
export interface Import {
  readonly file: string;
  /** A file of this repository, `node:fs`, or `npm:name`. */
  readonly target: string;
}

const ROOTS = ['libs', 'services'];

// The form is fixed by the formatter: statements begin a line and end in a semicolon, quotes are single.
const IMPORTS = [
  /^(?:import|export)\b[^;]*?\bfrom ['"](?<target>[^'"]+)['"]/gm,
  /^import ['"](?<target>[^'"]+)['"]/gm,
  /\bimport\(\s*'(?<target>[^']+)'\s*,?\s*\)/g,
];

/** All source files (no tests), as paths from `root`. */
export function sourceFiles(root: string): readonly string[] {
  return ROOTS.flatMap((folder) =>
    readdirSync(posix.join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => posix.join(folder, path))
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts')),
  ).sort();
}

/** The imports of `file`. */
export function importsOf(root: string, file: string): readonly Import[] {
  return importsIn(readFileSync(posix.join(root, file), 'utf8'), file);
}

/** The imports of `source`, as if it were the text of `file`. */
export function importsIn(source: string, file: string): readonly Import[] {
  return specifiersIn(source).map((specifier) => ({ file, target: resolved(specifier, file) }));
}

/** The imports of `source` as they are written. */
export function specifiersIn(source: string): readonly string[] {
  return IMPORTS.flatMap((form) => [...source.matchAll(form)].map((match) => match.groups?.['target'] ?? ''));
}

/** The target of `specifier` in `file`. */
export function resolved(specifier: string, file: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier);
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (specifier.startsWith('node:')) return specifier;
  if (builtinModules.includes(specifier)) return `node:${specifier}`;
  const segments = specifier.split('/');
  return `npm:${segments.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')}`;
}

/** Everything that `file` needs when it is loaded, directly or not; `except` what the files named there bring in. */
export function reachableFrom(
  root: string,
  file: string,
  except: readonly string[] = [],
): ReadonlySet<string> {
  const seen = new Set<string>([file]);
  for (const each of seen) {
    if (!each.endsWith('.ts') || except.includes(each)) continue;
    for (const { target } of importsOf(root, each)) seen.add(target);
  }
  return seen;
}
