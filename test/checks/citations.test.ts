import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { citationsIn, FAMILIES, PROTOCOL_FAMILIES } from './citations/citation.ts';
import { Library } from './citations/library.ts';
import { requirementRows, tableProblems, testsById } from './citations/requirement-table.ts';
import { isWritten, readTracked, testTexts, trackedFiles } from './citations/tracked-files.ts';

const files = trackedFiles() ?? [];
const library = new Library(files, readTracked);
const testsOfIds = testsById(testTexts(files));
const families = [...FAMILIES, ...PROTOCOL_FAMILIES].filter((family) =>
  files.includes(`test/requirements/${family}.md`),
);
const noGit = files.length === 0 && 'this is no checkout of git';

/** The citations in a text of `file` that lead nowhere. */
function problems(text: string, file = 'libs/protocol/quorum.ts'): readonly string[] {
  return citationsIn(text).flatMap((citation) => library.problem(citation, file) ?? []);
}

describe('what is cited can be opened', { skip: noGit }, () => {
  test('every citation in code, tests and documents leads to a tracked file, and to its heading or row', () => {
    const dead = files
      .filter(isWritten)
      .flatMap((file) => problems(readTracked(file), file).map((problem) => `${file}: ${problem}`));
    assert.deepEqual(dead, []);
  });

  for (const family of families) {
    test(`${family}: the tests of each row name its id, and rows without a test say why`, () => {
      const rows = requirementRows(readTracked(`test/requirements/${family}.md`));
      assert.ok(rows.length > 0 && rows.every(({ id }) => id.startsWith(`${family}-`)));
      assert.deepEqual(tableProblems(rows, testsOfIds), []);
    });
  }
});

test('texts.md promises the messages and codes that other tests hold the program to', () => {
  const texts = readTracked('test/requirements/texts.md');
  const section = (from: string, to: string) =>
    texts.slice(texts.indexOf(`## ${from} `), texts.indexOf(`## ${to} `));
  const messages = [...section('5.2', '5.4').matchAll(/`(?<message>[A-Z][^`/]+)`/g)].map(
    ([, own = '']) => own,
  );
  const codes = [...section('5.5', 'A.1').matchAll(/\b[A-Z_]+(?=, |,\n|\.\n)/g)].map(([own]) => own);
  const held = readTracked('test/architecture/messages.test.ts');
  const known = readTracked('libs/engine/ports/operator-codes.ts');
  assert.deepEqual([messages.length, codes.length], [46, 27]);
  assert.deepEqual(
    messages.filter((own) => !held.includes(`  '${own}',\n`)),
    [],
  );
  assert.deepEqual(
    codes.filter((own) => !known.includes(`  '${own}',\n`)),
    [],
  );
});

/** Ids that are no ids are put together here, so that this file cites nothing that there is not. */
const invented = (family: string): string => `${family}-${999}`;

describe('a citation that was invented is refused', { skip: noGit }, () => {
  test('no family lacks its file', () => {
    for (const family of FAMILIES) assert.ok(families.includes(family), family);
  });

  for (const family of FAMILIES) {
    test(`of ${family}`, () => {
      const id = invented(family);
      assert.deepEqual(problems(`// Why (${id}).`), [
        `test/requirements/${family}.md has no heading or table row ${id}`,
      ]);
    });
  }

  for (const family of PROTOCOL_FAMILIES) {
    test(`of ${family}, whether its file has come with its protocol or not`, () => {
      const [problem = '', ...others] = problems(`test('${family}-2.${999}.9: a');`);
      assert.ok(problem.includes(`test/requirements/${family}.md`) && others.length === 0, problem);
    });
  }

  const nowhere = 99;
  const cases: readonly (readonly [what: string, text: string, problem: RegExp])[] = [
    ['a decision', `DECISIONS ${nowhere}9`, /^DECISIONS\.md has no .* 999$/],
    ['the second of two decisions', `DECISIONS.md 42, ${nowhere}9`, /^DECISIONS\.md has no .* 999$/],
    ['a decision behind a link', `[D](../../DECISIONS.md) ${nowhere}9`, /^DECISIONS\.md has no .* 999$/],
    ['a record of the federation', `ADR-${nowhere}9`, /has no heading or table row ADR.999$/],
    [
      'a section',
      `test/requirements/texts.md ${5}.${nowhere}`,
      /^test\/requirements\/texts\.md has no .* 5\.99$/,
    ],
    ['a row', `test/requirements/contradictions.md row ${nowhere}`, /contradictions\.md has no .* 99$/],
    [
      'a rule',
      `libs/custody/README.md 3.3 rule 2 to rule ${nowhere}`,
      /^libs\/custody\/README\.md has no .* rule 99$/,
    ],
    ['a rule without its document', `C.${nowhere}`, /^libs\/protocol\/hotstuff\/RULES\.md has no .* C\.99$/],
    ['a fault without its document', `B.${nowhere}`, /^libs\/simulation\/README\.md has no .* B\.99$/],
    ['the end of a list', `FORMATS.md, section 4, 5 and ${nowhere}`, /^proto\/FORMATS\.md has no .* 99$/],
    ['the end of a range', `texts.md 2.2 to ${2}.${nowhere}`, /texts\.md has no .* 2\.99$/],
    ['a citation over two lines', `FORMATS.md\n   * ${nowhere}`, /^proto\/FORMATS\.md has no .* 99$/],
    [
      'a title',
      `services/signer/README.md ${'"Nothing of the kind"'}`,
      /no heading or table row Nothing of the kind$/,
    ],
    ['a document', `${'nowhere'}.md`, /^no tracked file is nowhere\.md$/],
    [
      'a document by its path',
      `libs/${'nowhere'}/README.md`,
      /^no tracked file is libs\/nowhere\/README\.md$/,
    ],
    [
      'a document that is named without its file',
      `requirements ${5.2}`,
      /^no tracked file is requirements \(5\.2\)$/,
    ],
  ];
  for (const [what, text, problem] of cases) {
    test(what, () => {
      const found = problems(`// See ${text}.`, 'libs/protocol/at-all.ts');
      assert.equal(found.length, 1, found.join('; '));
      assert.match(found[0] ?? '', problem);
    });
  }
});

test('a name means the file beside the one that cites, the one at the root, or the only one with it', () => {
  const own = new Library(['a/r.txt', 'b/r.txt', 'b/c/only.txt', 'root.txt', 'b/root.txt'], () => '');
  const found = (document: string, file: string) => own.problem({ document }, file);
  assert.equal(found('r.txt', 'a/x.ts'), undefined);
  assert.equal(found('r.txt', 'c/x.ts'), 'r.txt may be a/r.txt or b/r.txt');
  assert.equal(found('only.txt', 'a/x.ts'), undefined);
  assert.equal(found('root.txt', 'c/x.ts'), undefined);
  assert.equal(found('../b/r.txt', 'a/x.ts'), undefined);
  assert.equal(found('../c/r.txt', 'a/x.ts'), 'no tracked file is ../c/r.txt');
});
