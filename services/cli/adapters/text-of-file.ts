import { readFileSync } from 'node:fs';

/** A file of the kernel as text; undefined where there is none, or not for this user: what is not known is judged as such. */
export function textOfFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
