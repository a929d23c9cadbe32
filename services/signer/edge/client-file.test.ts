import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { STATEMENT_WORDS } from '#libs/protocols/statement-words.ts';
import { wordsOf } from '#libs/protocols/words-of.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { clientFileText, readClientFile } from './client-file.ts';
import { clientFile } from './client-source.ts';
import { usualGrants } from './usual-grants.ts';

const folder = mkdtempSync(join(tmpdir(), 'btcfed-clients-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'clients.json');

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
const VOTE = { operation: 'vote', protocol: 'hotstuff', phase: 'commit', burst: 1, per_second: 1 };
const SIGN = { operation: 'sign', phase: undefined };
const CLIENT = { name: 'consensus', pins: [A], allow: [VOTE] };
const FILE = { version: 1, clients: [CLIENT] };

const write = (file: unknown): void => writeFileSync(path, JSON.stringify(file));
const withGrant = (change: object) => ({
  ...FILE,
  clients: [{ ...CLIENT, allow: [{ ...VOTE, ...change }] }],
});
const withClient = (change: object) => ({ ...FILE, clients: [{ ...CLIENT, ...change }] });

describe('the file of the client matrix', () => {
  test('comes back as it was written', () => {
    const matrix = [{ name: 'consensus', pins: [A, B], grants: usualGrants('hotstuff', STATEMENT_WORDS) }];
    writeFileSync(path, clientFileText(path, matrix, STATEMENT_WORDS));
    assert.deepEqual(
      readClientFile(path, STATEMENT_WORDS),
      matrix.map((row) => ({ ...row })),
    );
  });

  test('of an earlier version means what it meant: the words for a proposal, a vote of a phase and a timeout', () => {
    const rates = { protocol: 'hotstuff', burst: 3, per_second: 2 };
    const allow = [
      { operation: 'describe', ...rates },
      { operation: 'proposal', ...rates },
      { operation: 'vote', phase: 'pre-commit', ...rates },
      { operation: 'timeout', ...rates },
    ];
    write(withClient({ allow }));
    const given = { protocol: 'hotstuff', rate: { burst: 3, perSecond: 2 } };
    const [row] = readClientFile(path, STATEMENT_WORDS);
    assert.deepEqual(row?.grants, [
      { operation: 'describe', ...given },
      { operation: 'sign', kind: 'proposal', ...given },
      { operation: 'sign', kind: 'pre-commit', ...given },
      { operation: 'sign', kind: 'timeout', ...given },
    ]);
  });

  test('has rules for each protocol that the signer has', () => {
    const words = new Map([...STATEMENT_WORDS, ...wordsOf(new Map([['rounds', ROUNDS_TABLE]]))]);
    const matrix = [{ name: 'consensus', pins: [A], grants: usualGrants('hotstuff', words) }];
    writeFileSync(path, clientFileText(path, matrix, words));
    assert.deepEqual(readClientFile(path, words), matrix);
    assert.throws(() => readClientFile(path, STATEMENT_WORDS), /no such protocol: it has hotstuff/);
    assert.throws(() => clientFileText(path, matrix, STATEMENT_WORDS), /no such protocol: it has hotstuff/);
  });

  for (const [name, file, said] of [
    ['an unknown field', { ...FILE, admin: true }, /file: .*admin/],
    ['an unknown field of a client', withClient({ common_name: 'x' }), /clients\.0: .*common_name/],
    ['an unknown field of a rule', withGrant({ comment: 'x' }), /clients\.0\.allow\.0: .*comment/],
    ['an unknown operation', withGrant({ operation: 'everything' }), /allow\.0\.operation/],
    [
      'a protocol that this version lacks',
      withGrant({ protocol: 'raft' }),
      /allow\.0\.protocol: this version has no such protocol: it has hotstuff/,
    ],
    [
      'an unknown phase',
      withGrant({ phase: 'final' }),
      /allow\.0\.phase: hotstuff has no such vote: one of prepare, pre-commit, commit/,
    ],
    [
      'a phase that is no vote',
      withGrant({ phase: 'timeout' }),
      /allow\.0\.phase: hotstuff has no such vote/,
    ],
    [
      'an unknown kind',
      withGrant({ ...SIGN, kind: 'final' }),
      /allow\.0\.kind: hotstuff has no such statement: one of proposal, prepare, pre-commit, commit, timeout/,
    ],
    ['a kind of every object', withGrant({ ...SIGN, kind: 'constructor' }), /allow\.0\.kind/],
    ['a statement without a kind', withGrant({ ...SIGN, kind: undefined }), /what is signed has a kind/],
    ['a kind without a statement', withGrant({ kind: 'commit' }), /what is signed has a kind/],
    [
      'one statement in an older word and by its kind',
      withClient({ allow: [VOTE, { ...VOTE, ...SIGN, kind: 'commit' }] }),
      /a rule of one client stands there twice: consensus sign hotstuff commit/,
    ],
    ['a vote without a phase', withGrant({ phase: undefined }), /a vote has a phase/],
    ['a phase without a vote', withGrant({ operation: 'timeout' }), /nothing else has one/],
    ['no burst', withGrant({ burst: 0 }), /allow\.0\.burst/],
    ['a rate below nothing', withGrant({ per_second: -1 }), /allow\.0\.per_second/],
    ['a rate above the bound', withGrant({ per_second: 10_001 }), /allow\.0\.per_second/],
    ['no pin', withClient({ pins: [] }), /clients\.0\.pins/],
    ['three pins', withClient({ pins: [A, B, 'c'.repeat(64)] }), /clients\.0\.pins/],
    ['a pin that is none', withClient({ pins: [A.toUpperCase()] }), /SHA-256 in lower-case hex/],
    ['one rule twice', withClient({ allow: [VOTE, VOTE] }), /a rule of one client stands there twice/],
    [
      'one client twice',
      { ...FILE, clients: [CLIENT, { ...CLIENT, pins: [B] }] },
      /a name stands there twice/,
    ],
    [
      'one key for two clients',
      { ...FILE, clients: [CLIENT, { ...CLIENT, name: 'x' }] },
      /a pin stands there twice/,
    ],
    ['another version', { ...FILE, version: 2 }, /version/],
  ] as const) {
    test(`is refused with ${name}, which is named`, () => {
      write(file);
      assert.throws(() => readClientFile(path, STATEMENT_WORDS), {
        message: said,
        detail: { code: 'CUSTODY_CLIENTS_INVALID', path },
      });
    });
  }

  test('is refused when it is no JSON, too long, or not there', () => {
    writeFileSync(path, '{');
    assert.throws(() => readClientFile(path, STATEMENT_WORDS), /it is not JSON/);
    writeFileSync(path, ' '.repeat(300_000));
    assert.throws(() => readClientFile(path, STATEMENT_WORDS), /it is longer than/);
    rmSync(path);
    assert.throws(() => readClientFile(path, STATEMENT_WORDS), {
      detail: { code: 'CUSTODY_FILE_UNREADABLE', path },
    });
  });

  test('gives more at the next start alone, and takes away at once', () => {
    let nowMs = 0;
    const start = () => clientFile({ path, words: STATEMENT_WORDS, log: memoryLogger(), nowMs: () => nowMs });
    write(FILE);
    const running = start();
    write({
      ...FILE,
      clients: [
        { ...CLIENT, pins: [A, B] },
        { ...CLIENT, name: 'new', pins: ['c'.repeat(64)] },
      ],
    });
    nowMs += 1_000;
    assert.deepEqual(
      running.matrix().map(({ name, pins }) => [name, pins]),
      [['consensus', [A]]],
    );
    assert.deepEqual(
      start()
        .matrix()
        .map(({ name, pins }) => [name, pins]),
      [
        ['consensus', [A, B]],
        ['new', ['c'.repeat(64)]],
      ],
    );
    write({ ...FILE, clients: [] });
    nowMs += 999;
    assert.equal(running.matrix().length, 1, 'looked at once in a second');
    nowMs += 1;
    assert.deepEqual(running.matrix(), []);
    write(FILE);
    nowMs += 1_000;
    assert.deepEqual(running.matrix(), [], 'what was taken away comes back at the next start');
  });
});
