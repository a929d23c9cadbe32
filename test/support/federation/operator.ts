import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AskLine } from '#services/cli/adapters/ask-line.ts';
import { runProgram } from '#services/cli/program.ts';
import type { LocalMembers } from './local-members.ts';

/** One command line of btcfed; its answer, which is one JSON object. */
export async function btcfed(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, out, notes } = await runBtcfed(args);
  assert.equal(code, 0, notes);
  return JSON.parse(out) as Record<string, unknown>;
}

/**
 * Runs one command line of btcfed; returns its exit code, its answer, and its notes to a person. `askLine` answers as
 * that person.
 */
export async function runBtcfed(args: readonly string[], askLine?: AskLine) {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await runProgram([...args, '--json'], {
    askLine,
    terminal: {
      out: (line) => void out.push(line),
      note: (line) => void notes.push(line),
      isInteractive: false,
    },
    env: {},
    root: new URL('../../..', import.meta.url).pathname,
    node: process.execPath,
    readInput: () => assert.fail('nothing is read'),
    interruption: () => assert.fail('nothing has to be stopped'),
    sinceStartMs: () => 0,
  });
  return { code, out: out.join(''), notes: notes.join('\n') };
}

/** Generous: the machine may be busy with other tests. */
const KNOWN_MS_MAX = 300_000;
const POLL_MS = 100;

/** Votes at a member for a change that was proposed at another one: as soon as this one knows of it, as an operator would. */
export async function approveChange(home: string, digest: string): Promise<void> {
  const isKnown = async (): Promise<boolean> => {
    const { ballots } = await btcfed('members', 'list', '--home', home);
    return JSON.stringify(ballots).includes(digest);
  };
  for (const end = Date.now() + KNOWN_MS_MAX; !(await isKnown()); await sleep(POLL_MS)) {
    assert.ok(Date.now() < end, `${home} never heard of change ${digest}`);
  }
  await btcfed('members', 'approve', digest, '--home', home, '--yes');
}

/** The home of somebody who wants to join, made by the commands that an operator types; its ports are the spare ones. */
export async function joiningHome(federation: LocalMembers, name: string): Promise<string> {
  const home = join(federation.folder, name);
  const port = federation.sparePort;
  const addresses = [
    '--client-address',
    `127.0.0.1:${port + 1}`,
    '--signer-address',
    `127.0.0.1:${port + 2}`,
    '--metrics-address',
    `127.0.0.1:${port + 6}`,
  ];
  const listen = ['--listen', `/ip4/127.0.0.1/tcp/${port}`, '--announce', `/ip4/127.0.0.1/tcp/${port}`];
  await btcfed('init', '--home', home, '--name', name, ...listen, ...addresses);
  const genesis = (federation.members[0] ?? assert.fail()).facts.paths.genesis;
  await btcfed(
    'init',
    '--home',
    home,
    '--genesis',
    genesis,
    '--join',
    '--member',
    ...federation.members.map(({ facts }) => facts.paths.memberFile),
  );
  return home;
}
