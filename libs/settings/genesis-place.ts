import { invalidGenesis } from './invalid-genesis.ts';
import type { SettingsError } from './settings-error.ts';
import { placeInJson } from './yaml-place.ts';

/** The key that a fault begins with: `members[2].weight: `. */
const KEY = /^(?<path>[a-z_]+(?:\[\d+\]|\.\w+)*): /;

/** Values that a message gains nothing by. */
const SHAPES = ['a list', 'a section with keys of its own'];

/** The same fault with its line in the file, and the value that stands there. */
export function placedFault(fault: SettingsError, text: string): SettingsError {
  const path = KEY.exec(fault.plain)?.groups?.['path'];
  const { line, value = 'missing' } = path === undefined ? { line: 0 } : placeInJson(text, path);
  if (line === 0) return fault;
  const [, first = fault.plain, more = ''] = /^(.*?)(; \d+ more faults?)?$/s.exec(fault.plain) ?? [];
  const isTold = SHAPES.includes(value) || says(first, value);
  return invalidGenesis(`line ${line}: ${first}${isTold ? '' : `; it is ${value}`}${more}`, {
    cause: fault.cause,
  });
}

/** Whether a sentence has the value already: as it is, or as a word of its own. */
function says(sentence: string, value: string): boolean {
  const word = value.replace(/^"(.*)"$/, '$1');
  return (value !== word && sentence.includes(value)) || sentence.split(/[^\w.]+/).includes(word);
}
