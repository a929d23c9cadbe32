import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Production code changed so that the row of one requirement does not hold any more. */
export interface RowMutation {
  /** Name of its file: the id, and a word where a row has several. */
  readonly name: string;
  /** The requirement, such as `HS-11`. */
  readonly row: string;
  /** The row as it is then, in a few words. */
  readonly breaks: string;
  /** Path from the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

const FOLDER = join(import.meta.dirname, 'mutations');
const FIELDS = ['row', 'breaks', 'file', 'find', 'replace'] as const;

/** All mutations, by name. @throws Error for a file that does not hold one. */
export function rowMutations(folder = FOLDER): readonly RowMutation[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => mutationOf(file, readFileSync(join(folder, file), 'utf8')));
}

/** @throws Error unless the text has all the fields, and no other. */
export function mutationOf(file: string, text: string): RowMutation {
  const fields: Record<string, unknown> = parse(text);
  const strange = Object.keys(fields).filter((field) => !FIELDS.some((known) => known === field));
  if (strange.length > 0) throw new Error(`${file}: unknown field ${strange.join(', ')}`);
  const textOf = (field: (typeof FIELDS)[number]): string => {
    const value = fields[field];
    if (typeof value !== 'string') throw new Error(`${file}: ${field} must be a text`);
    return value.replace(/\n$/, '');
  };
  const [row, breaks, path, find, replace] = FIELDS.map(textOf) as [string, string, string, string, string];
  if (!file.startsWith(row)) throw new Error(`${file}: its name must begin with the row, ${row}`);
  return { name: file.replace(/\.yaml$/, ''), row, breaks, file: path, find, replace };
}

/** The text with the mutation in it; undefined when it does not apply any more. */
export function mutated(text: string, { find, replace }: RowMutation): string | undefined {
  const parts = text.split(find);
  return parts.length === 2 ? parts.join(replace) : undefined;
}
