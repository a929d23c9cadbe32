import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files of coverage in a folder that are whole. A process that is killed while it exits leaves a part of one, as
 * tests of sudden ends do, and the report of Node would say nothing at all because of it.
 */
export function soundFiles(folder: string): readonly string[] {
  const paths = readdirSync(folder).map((file) => join(folder, file));
  return paths.filter((path) => isJson(readFileSync(path, 'utf8')));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
