import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { LaunchFacts } from '../core/launch-facts.ts';
import { memberPaths } from '../core/member-home.ts';
import { homeLocks } from './home-locks.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-locks-'));
after(() => rmSync(base, { recursive: true, force: true }));

function member(name: string): LaunchFacts {
  return {
    name,
    paths: memberPaths(join(base, name)),
    chainId: 'local',
    hasChain: true,
    clientTls: undefined,
    clientAddress: '127.0.0.1:1',
    signerAddress: '127.0.0.1:2',
    natsUrl: undefined,
    log: { level: 'info', file: undefined, console: 'off', place: { folder: '/nowhere', terminal: 'none' } },
  };
}

describe('homes', () => {
  test('are held by one start at a time, and said to be', async () => {
    const first = homeLocks([member('alice')]);
    await first.start();
    await assert.rejects(homeLocks([member('alice')]).start(), {
      message: `alice runs already from ${join(base, 'alice')}: stop it first, or take another home`,
    });
    await first.stop();
    const second = homeLocks([member('alice')]);
    await second.start();
    await second.stop();
  });

  test('are all let go when one of them is held', async () => {
    const carol = homeLocks([member('carol')]);
    await carol.start();
    await assert.rejects(homeLocks([member('bob'), member('carol')]).start());
    const bob = homeLocks([member('bob')]);
    await bob.start();
    await Promise.all([bob.stop(), carol.stop()]);
  });
});
