/** A row of `test/requirements/<family>.md`. */
export interface RequirementRow {
  readonly id: string;
  readonly sentence: string;
  /** Test files, or why there are none. */
  readonly proof: string;
}

const ROW = /^\| (?<id>[A-Z0-9]+-[\w.]+) \| (?<sentence>[^|]+) \| (?<proof>[^|]*)\|$/;
const WITHOUT_TEST = /^(?:open$|open: |out of scope: .)/;

export function requirementRows(text: string): readonly RequirementRow[] {
  return text.split('\n').flatMap((line) => {
    const { id, sentence, proof } = ROW.exec(line)?.groups ?? {};
    return id === undefined ? [] : [{ id, sentence: sentence ?? '', proof: (proof ?? '').trim() }];
  });
}

/** Test files by the ids that they name outside comments. */
export function testsById(tests: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const byId = new Map<string, string[]>();
  for (const [file, text] of tests) {
    for (const id of idsNamedIn(text)) byId.set(id, [...(byId.get(id) ?? []), file]);
  }
  return byId;
}

function idsNamedIn(text: string): ReadonlySet<string> {
  const code = text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  return new Set([...code.matchAll(/(?<![\w-])[A-Z][A-Z0-9]*-\d[\w.]*(?<!\.)/g)].map(([id]) => id));
}

/** The faults of the proofs in a family's table, as sentences with advice. */
export function tableProblems(
  rows: readonly RequirementRow[],
  named: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const twice = rows.filter(({ id }, index) => rows.findIndex((row) => row.id === id) < index);
  return [
    ...twice.map(({ id }) => `${id} has two rows`),
    ...rows.flatMap(({ id, proof }) =>
      proofProblems(proof, named.get(id) ?? []).map((own) => `${id}: ${own}`),
    ),
  ];
}

function proofProblems(proof: string, naming: readonly string[]): readonly string[] {
  if (WITHOUT_TEST.test(proof)) {
    return naming.length === 0 ? [] : [`"${proof}", but ${naming[0]} names it: npm run requirements`];
  }
  const files = proof.split(', ').map((file) => file.replaceAll('`', ''));
  return files
    .filter((file) => !naming.includes(file))
    .map((file) => `${file || 'no test'} does not name it: npm run requirements`);
}

/** The table with the proofs of all its rows written anew. A row that no test names keeps its reason, or is open. */
export function withProofs(text: string, named: ReadonlyMap<string, readonly string[]>): string {
  return text
    .split('\n')
    .map((line) => {
      const [row] = requirementRows(line);
      if (row === undefined) return line;
      const files = (named.get(row.id) ?? []).map((file) => `\`${file}\``).join(', ');
      const without = WITHOUT_TEST.test(row.proof) ? row.proof : 'open';
      return `| ${row.id} | ${row.sentence} | ${files || without} |`;
    })
    .join('\n');
}
