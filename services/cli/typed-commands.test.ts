import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import type { Command } from 'commander';
import { DIAGNOSES, type DiagnosisCode } from '#libs/diagnosis/codes.ts';
import { commandText, type TypedPlace } from '#libs/diagnosis/command-text.ts';
import { finding } from '#libs/diagnosis/finding.ts';
import { COMMANDS_TO_TYPE, type NextCommand } from '#libs/diagnosis/next-command.ts';
import type { ServiceState } from '#services/launcher/core/control-messages.ts';
import { SERVICE_NAMES, type ServiceName } from '#services/launcher/core/service-names.ts';
import type { CommandContext } from './commands/context.ts';
import { withLocalCure } from './core/diagnosis/local-cure.ts';
import { programOf } from './program.ts';

/** A home that a shell would cut into three words. */
const HOME = "/srv/it's a home";
/** Any file that can be read. */
const FILE = new URL(import.meta.url).pathname;

const BY_HOME: TypedPlace = { home: HOME, client: [] };
const BY_ADDRESS: TypedPlace = { home: undefined, client: ['--address', '10.0.0.4:7101', '--tls-ca', FILE] };
const BY_NOTHING: TypedPlace = { home: undefined, client: [] };

/** The words as a shell hands them to a program. */
function wordsOf(line: string): readonly string[] {
  const words = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${line}`], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return words.trimEnd().split('\n');
}

/** Commands that do something without a verb, although they have some. */
const RUN_THEMSELVES: ReadonlySet<string> = new Set(['node', 'up']);

/** The command that a line runs, with its options; a complaint of the program where it runs none. */
async function parsed(line: string): Promise<{ readonly path: string; readonly options: object }> {
  const [program, ...args] = wordsOf(line);
  assert.equal(program, 'btcfed', line);
  const ran: { path: string; options: object }[] = [];
  const shown: string[] = [];
  const root = programOf({
    terminal: { out: () => {}, note: () => {} },
    env: {},
  } as unknown as CommandContext);
  everyCommand(root, [], (command, path) => {
    command.exitOverride().configureOutput({ writeOut: (text) => shown.push(text), writeErr: () => {} });
    if (command.commands.length === 0 || RUN_THEMSELVES.has(path.join(' ')))
      command.action(() => void ran.push({ path: path.join(' '), options: command.opts() }));
  });
  try {
    await root.parseAsync(args, { from: 'user' });
  } catch (error) {
    // Help is what a line may ask for too.
    if (shown.length > 0) return { path: 'help', options: {} };
    throw new Error(`${line}: ${String(error)}`);
  }
  const [only, ...more] = ran;
  assert.ok(only !== undefined && more.length === 0, `${line} runs no command, or several`);
  return only;
}

function everyCommand(
  command: Command,
  path: readonly string[],
  visit: (command: Command, path: readonly string[]) => void,
): void {
  visit(command, path);
  for (const child of command.commands) everyCommand(child, [...path, child.name()], visit);
}

/** The command for a member of which "up" holds these services so. */
function cureOf(state: ServiceState, held: readonly ServiceName[]): NextCommand {
  const services = SERVICE_NAMES.map((service) => {
    const isHeld = held.includes(service);
    return { service, state: isHeld ? state : ('running' as const) };
  });
  const standing = { folder: HOME, members: [{ name: 'm2', clientAddress: '127.0.0.1:7121', services }] };
  const parts = { summary: 'It is so.', evidence: [], members: ['m2'] };
  return withLocalCure(finding('quorum-lost', parts), standing).next;
}

describe('the commands that a diagnosis names', () => {
  for (const [name, next] of Object.entries(COMMANDS_TO_TYPE)) {
    test(`exist and are complete: ${name}`, async () => {
      const isHelp = next.words.at(-1) === '--help';
      const verbs = next.words.filter((word) => !word.startsWith('--')).join(' ');
      for (const place of [BY_HOME, BY_ADDRESS, BY_NOTHING]) {
        const { path, options } = await parsed(commandText(next, place));
        assert.equal(path, isHelp ? 'help' : verbs);
        if (place.home !== undefined && !isHelp)
          assert.equal((options as { home?: string }).home, HOME, 'the home of the person is in it');
      }
    });
  }

  test('are those of the table alone, so that each of them is typed here', () => {
    const known = new Set<NextCommand>(Object.values(COMMANDS_TO_TYPE));
    for (const [code, { next }] of Object.entries(DIAGNOSES)) assert.ok(known.has(next), code);
    assert.equal(
      new Set(Object.values(DIAGNOSES).map(({ next }) => next)).size,
      known.size,
      'and all are named',
    );
  });

  test('name the member to a client as the person named it, and stand for a home that is not known', () => {
    const { askStatus, unlockSigner } = COMMANDS_TO_TYPE;
    assert.equal(
      commandText(askStatus, BY_ADDRESS),
      `btcfed status --address 10.0.0.4:7101 --tls-ca ${FILE}`,
    );
    assert.equal(commandText(unlockSigner, BY_ADDRESS), 'btcfed signer unlock --home HOME');
    assert.equal(commandText(unlockSigner, BY_HOME), "btcfed signer unlock --home '/srv/it'\\''s a home'");
    assert.equal(commandText(askStatus, BY_NOTHING), 'btcfed status');
  });

  for (const state of ['paused', 'down', 'ended'] as const) {
    for (const held of [...SERVICE_NAMES.map((each) => [each]), [...SERVICE_NAMES]]) {
      test(`exist and are complete where "up" has ${held.join(', ')} ${state}`, async () => {
        const { path, options } = await parsed(commandText(cureOf(state, held), BY_NOTHING));
        assert.equal(path, state === 'paused' ? 'up resume' : 'up restart');
        assert.deepEqual({ ...options }, { home: HOME, ...(held.length === 1 && { service: held[0] }) });
      });
    }
  }

  test('are refused by this test when they do not exist', async () => {
    const wrong: NextCommand = { words: ['signer', 'open'], place: 'home' };
    await assert.rejects(parsed(commandText(wrong, BY_HOME)), /signer open/);
    const misfit: NextCommand = { words: ['doctor', '--everything'], place: 'home' };
    await assert.rejects(parsed(commandText(misfit, BY_HOME)), /unknown option/);
  });
});

test('every code is one word for programs, and none says the severity', () => {
  for (const code of Object.keys(DIAGNOSES) as DiagnosisCode[]) assert.match(code, /^[a-z]+(-[a-z]+)*$/);
});
