import { CONF_KEYS } from './node-configuration.ts';
import type { YamlSection } from './yaml-section.ts';

const NEAR_MISS_EDITS_MAX = 2;
/** Names that look like names. Anything else could be a value in the wrong place, even a key, and is not repeated. */
const PRINTABLE_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;

const SECTIONS: readonly (readonly [string, readonly string[]])[] = Object.entries(CONF_KEYS);
const KNOWN_PATHS = SECTIONS.flatMap(([section, keys]) => [
  section,
  ...keys.map((key) => `${section}.${key}`),
]);

/** One warning per key of conf.yaml that nothing reads: it is ignored, as upstream, but a typo should not be silent. */
export function unknownKeyWarnings(root: YamlSection): readonly string[] {
  const known: readonly string[] = ['version', ...SECTIONS.map(([section]) => section)];
  return [
    ...warningsOf(root, known, ''),
    ...SECTIONS.flatMap(([name, keys]) => warningsOf(root.section(name), keys, `${name}.`)),
  ];
}

function warningsOf(section: YamlSection, known: readonly string[], prefix: string): readonly string[] {
  return section
    .keys()
    .filter(({ name }) => !known.includes(name))
    .map(({ name, line }) => `line ${line}: ${describe(name, prefix)}`);
}

function describe(name: string, prefix: string): string {
  if (!PRINTABLE_NAME.test(name))
    return `unknown key in ${prefix === '' ? 'the top level' : prefix.slice(0, -1)}, ignored`;
  const suggestion = nearest(name);
  const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
  return `unknown key ${prefix}${name}, ignored${hint}`;
}

/** The known key most like `name`, in any section: a key may stand in the wrong one. */
function nearest(name: string): string | undefined {
  return KNOWN_PATHS.map((path) => ({
    path,
    edits: edits(name.toLowerCase(), path.slice(path.lastIndexOf('.') + 1)),
  }))
    .filter((candidate) => candidate.edits <= NEAR_MISS_EDITS_MAX)
    .toSorted((a, b) => a.edits - b.edits)[0]?.path;
}

/** Levenshtein distance: letters to insert, delete or replace. */
function edits(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (let column = 0; column < b.length; column++) {
      const replace = (previous[column] ?? 0) + (letter === b[column] ? 0 : 1);
      current.push(Math.min(replace, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
