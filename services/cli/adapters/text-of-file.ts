import { readFileSync } from 'node:fs';

/**
 * A file of the kernel as text; undefined where there is none, or this user may not read it: the caller judges it as
 * unknown.
 */
export function textOfFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
