/** Lines of some files: the runnable ones, and those that ran. */
export interface Lines {
  readonly found: number;
  readonly hit: number;
}

export interface FolderCoverage extends Lines {
  readonly folder: string;
  readonly percent: number;
  readonly percentMin: number;
  readonly isEnough: boolean;
}

/** The lines of each file of an LCOV report, by its path. A file that is reported twice counts once, with the most that ran. */
export function linesByFile(lcov: string): ReadonlyMap<string, Lines> {
  const files = new Map<string, Lines>();
  for (const record of lcov.split('end_of_record')) {
    const file = /^SF:(.+)$/m.exec(record)?.[1];
    const found = Number(/^LF:(\d+)$/m.exec(record)?.[1] ?? 0);
    const hit = Number(/^LH:(\d+)$/m.exec(record)?.[1] ?? 0);
    if (file === undefined || (files.get(file)?.hit ?? -1) >= hit) continue;
    files.set(file, { found, hit });
  }
  return files;
}

/** How far each folder of the table that has files in the report is covered. */
export function coverageOf(
  files: ReadonlyMap<string, Lines>,
  linesMin: Readonly<Record<string, number>>,
): readonly FolderCoverage[] {
  return Object.entries(linesMin).flatMap(([folder, percentMin]) => {
    const inside = [...files].filter(([file]) => file.startsWith(`${folder}/`)).map(([, lines]) => lines);
    const found = inside.reduce((sum, lines) => sum + lines.found, 0);
    const hit = inside.reduce((sum, lines) => sum + lines.hit, 0);
    if (found === 0) return [];
    const percent = (100 * hit) / found;
    return [{ folder, found, hit, percent, percentMin, isEnough: percent >= percentMin }];
  });
}
