import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { DEFAULT_SCHEME } from '../testnet/federation-home.ts';
import { openWorkspace, type WorkspaceOptions } from './workspace.ts';

const OPTIONS: WorkspaceOptions = {
  members: 4,
  protocol: DEFAULT_PROTOCOL,
  scheme: DEFAULT_SCHEME,
  given: { members: false, protocol: false, scheme: false },
  atDefaultPorts: false,
  terminal: { note: () => {}, out: () => {}, isInteractive: false },
};

describe('homes that are there already', () => {
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'btcfed-workspace-'));
    await openWorkspace({ ...OPTIONS, home: join(folder, 'kept'), votePath: 'all' });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const open = (changes: Partial<WorkspaceOptions>) =>
    openWorkspace({ ...OPTIONS, home: join(folder, 'kept'), ...changes });

  test('are taken with the way of votes that they have, said or not', async () => {
    for (const changes of [{}, { votePath: 'all' as const }])
      assert.equal((await open(changes)).folder, join(folder, 'kept'));
  });

  test('are not taken with another one, nor with other members or another scheme', async () => {
    await assert.rejects(open({ votePath: 'leader' }), /whose votes go to all; leave --vote-path out or/);
    const given = { members: true, protocol: true, scheme: true };
    await assert.rejects(open({ protocol: 'pbft', given }), /runs hotstuff; leave --protocol out or/);
    const other = open({ parameters: [['view_timeout_ms_max', '1']] });
    await assert.rejects(other, /with view_timeout_ms_max=\d+; leave --parameter view_timeout_ms_max out/);
    await assert.rejects(open({ parameters: [['speed_percent', '10']] }), /speed_percent=no such number/);
    assert.equal((await open({ parameters: [['vote_path', 'all']] })).folder, join(folder, 'kept'));
    await assert.rejects(open({ members: 5, given }), /a federation of 4 members; leave --members out/);
    await assert.rejects(
      open({ scheme: 'slh-dsa-sha2-256s', given }),
      /signs by slh-dsa-sha2-128f; leave --scheme out/,
    );
  });
});
