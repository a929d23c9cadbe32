import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import type { Lines } from './lines.ts';
import { NOT_MEASURED } from './thresholds.ts';

/** The lines of each file of code below `root` that no test loads: the report of coverage leaves such files out. */
export function unloadedFiles(
  root: string,
  reported: ReadonlyMap<string, Lines>,
): ReadonlyMap<string, Lines> {
  const all = globSync('{libs,services}/**/*.ts', { cwd: root, exclude: [...NOT_MEASURED] });
  const unloaded = all.filter((file) => !reported.has(file));
  return new Map(
    unloaded.map((file) => [file, { found: codeLines(readFileSync(join(root, file), 'utf8')), hit: 0 }]),
  );
}

/** Lines that are left without types and comments; none in a file of types alone, which nothing can load. */
function codeLines(text: string): number {
  return transformSync(text, { loader: 'ts' })
    .code.split('\n')
    .filter((line) => line !== '').length;
}
