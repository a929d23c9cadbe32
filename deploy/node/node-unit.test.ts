import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeHomes } from '#test/support/federation/member-homes.ts';
import { claimPortRegion } from '#test/support/network/port-region.ts';
import { runCommandLine as btcfed } from '#test/support/programs/command-line.ts';
import { NodeProcess } from '#test/support/programs/node-process.ts';

const PROGRAM = '/opt/btcfed/services/cli/btcfed.mjs';
const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const UNIT = readFileSync(new URL('btcfed-node.service', import.meta.url), 'utf8');
const TOOL_MS_MAX = 120_000;

/** All values of a key of the unit. */
function valuesOf(key: string): readonly string[] {
  return [...UNIT.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}

describe('the unit of a node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-unit-'));
  const home = join(folder, 'net', 'm0');
  const credentials = join(folder, 'credentials');
  const cache = join(folder, 'cache');
  const [credential = ''] = valuesOf('LoadCredentialEncrypted').map((value) => value.split(':')[0] ?? '');
  let region: Awaited<ReturnType<typeof claimPortRegion>>;
  before(async () => {
    region = await claimPortRegion();
    makeHomes(join(folder, 'net'), { members: 4, basePort: region.basePort });
    mkdirSync(credentials);
    assert.deepEqual(valuesOf('CacheDirectory'), ['btcfed']);
    mkdirSync(cache);
    writeFileSync(join(credentials, credential), 'a passphrase that nobody types\n', { mode: 0o600 });
    const sealed = await btcfed(
      ...['signer', 'seal', '--home', home, '--new-passphrase-file', join(credentials, credential)],
    );
    assert.equal(sealed.code, 0, sealed.notes);
  });
  after(() => {
    region.release();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The command and the environment of the unit, at other places. */
  const started = (): NodeProcess => {
    const [line = ''] = valuesOf('ExecStart');
    const [program, command, ...args] = line.replaceAll('%S/btcfed', home).split(' ');
    assert.deepEqual([program, command], [PROGRAM, 'node']);
    const env = valuesOf('Environment').map((value) => value.replaceAll('%d', credentials).split('='));
    // As systemd tells the folder of CacheDirectory=.
    return new NodeProcess(home, args, { ...Object.fromEntries(env), CACHE_DIRECTORY: cache });
  };

  test('F-51: a sealed key opens at the start by the credential, and nobody types', async () => {
    // The mode in which systemd hands a credential out, where root runs this.
    if (process.getuid?.() === 0) chmodSync(join(credentials, credential), 0o440);
    const node = started();
    try {
      await node.saysOnStderr('m0 serves clients at');
      assert.doesNotMatch(node.stderr, /locked/);
      const { out } = await btcfed('signer', 'status', '--home', home, '--json');
      assert.equal(JSON.parse(out).locked, false);
      assert.deepEqual(readdirSync(cache), ['bundles'], 'the checkout is for reading alone');
    } finally {
      assert.equal(await node.stop(), 0);
    }
  });

  test('F-51: a credential of another key ends the node with the reason', async () => {
    const path = join(credentials, credential);
    chmodSync(path, 0o600);
    writeFileSync(path, 'the passphrase of another key');
    const node = started();
    assert.equal(await node.exit, 1);
    assert.match(node.stderr, /wrong passphrase/);
  });

  test('is one that systemd understands', { skip: systemdMissing() }, () => {
    const path = join(folder, 'btcfed-node.service');
    writeFileSync(path, UNIT.replaceAll(PROGRAM, join(CHECKOUT, 'services/cli/btcfed.mjs')));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], {
      encoding: 'utf8',
      timeout: TOOL_MS_MAX,
    });
    assert.deepEqual([status, stderr.split('\n').filter((each) => each.includes('btcfed-node'))], [0, []]);
  });
});

function systemdMissing(): string | false {
  const { status } = spawnSync('systemd-analyze', ['--version'], { timeout: TOOL_MS_MAX });
  return status === 0 ? false : 'there is no systemd-analyze: install systemd to have it judge the unit';
}
