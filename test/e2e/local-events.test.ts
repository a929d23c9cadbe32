import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'nats';
import { FACTS_STREAM } from '#libs/events/facts-stream.ts';
import { until } from '#test/support/within.ts';

const CLI = new URL('../../services/cli/main.ts', import.meta.url).pathname;

/** Generous: four members start on a machine that may be busy. */
const START_MS = 300_000;

test('F-04 F-47: `up` says how far its start is, and the facts of all its members stand in the stream that its reader file opens', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-up-'));
  const submit = join(folder, 'submit.json');
  writeFileSync(submit, JSON.stringify({ transactions: ['0a', '0b'] }));
  const home = join(folder, 'home');
  const up = spawn(process.execPath, [CLI, 'up', '--home', home, '--submit', submit], {
    env: { PATH: process.env['PATH'] ?? '', CONSENSUS_TRANSACTION_EVENTS: 'on' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  up.stderr.on('data', (data) => {
    said += data;
  });
  const ended = once(up, 'close');
  try {
    const file = join(home, 'nats', 'reader.url');
    await until('the file for readers', () => existsSync(file) || up.exitCode !== null, START_MS);
    const { username: user, password: pass, host } = new URL(readFileSync(file, 'utf8').trim());
    const reader = await connect({ servers: host, user, pass });
    const { streams } = await reader.jetstreamManager();
    const finalOf = async (): Promise<Record<string, number>> => {
      const subjects_filter = 'btcfed.*.*.consensus.transaction.final.v1';
      return (await streams.info(FACTS_STREAM, { subjects_filter })).state.subjects ?? {};
    };
    const isComplete = async (): Promise<boolean> => {
      const counts = Object.values(await finalOf());
      return counts.length === 4 && counts.every((count) => count === 2);
    };
    await until('two final transactions of four members', isComplete, START_MS);
    await reader.close();
    assert.match(
      said,
      /starting the 17 services of 4 members …\n[\s\S]*all services run; the members connect/,
    );
  } finally {
    up.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
});
