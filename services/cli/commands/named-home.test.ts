import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Command } from 'commander';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { programOf } from '../program.ts';
import type { CommandContext } from './context.ts';

const scratch = mkdtempSync(join(tmpdir(), 'btcfed-no-home-'));
const nowhere = join(scratch, 'nowhere');
const empty = join(scratch, 'empty');
mkdirSync(empty);
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Any file that can be read, and any words that an argument of a command takes. */
const FILE = new URL(import.meta.url).pathname;
const HASH = 'ab'.repeat(32);
const WORDS: Readonly<Record<string, string>> = {
  hash: HASH,
  digest: HASH,
  file: FILE,
  share: FILE,
  name: 'm0',
  member: 'm0',
};
const VALUES: Readonly<Record<string, string>> = {
  '--genesis': FILE,
  '--shares': '3',
  '--threshold': '2',
  '--reason': 'a test',
};

interface CommandWithHome {
  readonly path: readonly string[];
  /** The other arguments that it needs. */
  readonly rest: readonly string[];
}

/** Every command that takes a home, but those that make one. */
function commandsWithHome(): readonly CommandWithHome[] {
  const context = { terminal: { out: () => {}, note: () => {} }, env: {} } as unknown as CommandContext;
  const visit = (command: Command, path: readonly string[]): readonly CommandWithHome[] => [
    ...(command.options.some(({ long }) => long === '--home') ? [{ path, rest: restOf(command) }] : []),
    ...command.commands.flatMap((child) => visit(child, [...path, child.name()])),
  ];
  const makers = new Set(['init', 'node', 'up']);
  return visit(programOf(context), []).filter(({ path }) => !makers.has(path.join(' ')));
}

function restOf(command: Command): readonly string[] {
  const words = command.registeredArguments
    .filter(({ required }) => required)
    .map((each) => WORDS[each.name()] ?? each.name());
  const options = command.options
    .filter(({ mandatory, long }) => mandatory && long !== '--home')
    .flatMap(({ long }) => [long ?? '', VALUES[long ?? ''] ?? join(scratch, 'out')]);
  return [...options, ...words];
}

const isOfFederation = ({ path }: CommandWithHome): boolean => path[0] === 'up' || path[0] === 'top';

describe('F-48 a folder that is no home is a fault of the command line', () => {
  const commands = commandsWithHome();

  test('F-48 of all commands that take one, but those that make it', () => {
    assert.ok(commands.length > 60, String(commands.length));
  });

  for (const command of commands) {
    const { path, rest } = command;
    test(`F-48 for ${path.join(' ')}: exit code 64, the folder, what is missing, and the cure`, async () => {
      const { code, notes, out } = await runCommandLine(...path, '--home', nowhere, ...rest);
      assert.deepEqual([code, out], [EXIT_CODES.usage, ''], notes);
      assert.match(notes, new RegExp(`^btcfed: ${nowhere} is no home of a node`));
      assert.match(notes, isOfFederation(command) ? /there is no such folder/ : /there is no \S+conf\.yaml/);
      assert.match(notes, /name (a home|one) by --home, or make/);
    });

    if (!isOfFederation(command))
      test(`F-48 for ${path.join(' ')}: so is a folder without a conf.yaml, and nothing is written into it`, async () => {
        const { code, notes } = await runCommandLine(...path, '--home', empty, ...rest);
        assert.equal(code, EXIT_CODES.usage, notes);
        assert.throws(() => rmSync(join(empty, 'signer'), { recursive: true }), /ENOENT/);
      });
  }

  test('F-48 and said in JSON to a program', async () => {
    const { code, out } = await runCommandLine('status', '--home', nowhere, '--json');
    const { error } = JSON.parse(out) as {
      readonly error: { readonly code: string; readonly message: string };
    };
    assert.deepEqual([code, error.code], [EXIT_CODES.usage, 'CLI_UNUSABLE']);
    assert.match(error.message, /is no home of a node/);
  });
});
