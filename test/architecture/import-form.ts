import { posix } from 'node:path';
import { resolved, specifiersIn } from './import-graph.ts';

const FROM_THE_ROOT = /^(?:libs|services|test)\//;

/** One library or service; one folder of `test` or `deploy`, and one room of `test/support`. */
function areaOf(path: string): string {
  const folders = posix.dirname(path).split('/');
  return folders.slice(0, path.startsWith('test/support/') ? 3 : 2).join('/');
}

/**
 * The imports of `source`, were it in `file`, that are not written as they should be, each with the right form: within an area
 * from the file, to another one from the root (`#libs/…`). A file that moves within its area then changes only its own.
 */
export function misspelledImports(source: string, file: string): readonly string[] {
  return specifiersIn(source)
    .filter((specifier) => /^[.#]/.test(specifier))
    .map((specifier) => ({ specifier, wanted: formOf(resolved(specifier, file), file) }))
    .filter(({ specifier, wanted }) => wanted !== undefined && specifier !== wanted)
    .map(({ specifier, wanted }) => `${file}: '${specifier}' is written '${wanted}'`);
}

/** Undefined for a target that has no name from the root, as `deploy` has none. */
function formOf(target: string, file: string): string | undefined {
  if (areaOf(target) !== areaOf(file)) return FROM_THE_ROOT.test(target) ? `#${target}` : undefined;
  const path = posix.relative(posix.dirname(file), target);
  return path.startsWith('.') ? path : `./${path}`;
}
