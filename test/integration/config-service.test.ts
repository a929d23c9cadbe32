import assert from 'node:assert/strict';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Configuration } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { defaultConfYaml } from '#libs/settings/conf-text.ts';
import { parseConfYaml } from '#libs/settings/conf-yaml.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { configProcess, peersText, says, WAIT_MS } from '#test/support/programs/config-process.ts';

const KEY = IdentityKey.fromSeed(new Uint8Array(32).fill(11));

/** The next state of a watch, or a failed test when it does not come. */
async function next(
  watch: AsyncIterator<{ configuration: Configuration | undefined }>,
): Promise<Configuration> {
  const late = sleep(WAIT_MS, undefined, { ref: false }).then(() => assert.fail('no change seen'));
  const { value } = await Promise.race([watch.next(), late]);
  assert.ok(value?.configuration !== undefined);
  return value.configuration;
}

function keysOf({ peers }: Configuration): readonly (number | undefined)[] {
  return peers.map(({ publicKey }) => publicKey[0]);
}

describe('the config service over its socket', () => {
  test('P2P-30 P2P-33 serves what the files say, and the identity, and filters a bad peer', async (t) => {
    const own = await configProcess(t);
    await writeFile(own.conf, defaultConfYaml(KEY.secretBase64()), { mode: 0o600 });
    await writeFile(own.peers, `${peersText(1)}    - public_key: bad\n`);
    const running = own.run();
    await says(running, 'service started');
    const { configuration } = await own.client.getConfiguration({});
    assert.ok(configuration);
    assert.equal(configuration.generation, 1n);
    assert.deepEqual(configuration.networkAddresses, ['/ip4/0.0.0.0/tcp/9000', '/ip6/::/tcp/9000']);
    assert.equal(configuration.connectionTimeoutMs, 10_000n);
    assert.equal(configuration.exchangeIntervalMs, 30_000n);
    assert.equal(configuration.delinquentTimeoutMs, 60_000n);
    assert.equal(configuration.logging?.fileSizeBytesMax, 10_485_760n);
    assert.deepEqual(keysOf(configuration), [1]);
    assert.deepEqual(
      configuration.rejectedPeers.map(({ index }) => index),
      [1],
    );
    const { privateKey } = await own.client.getIdentity({});
    assert.ok(IdentityKey.fromBytes(privateKey).equals(KEY));
    await says(running, '"message":"peer filtered"');

    running.child.kill('SIGTERM');
    assert.equal(await running.exit(), 0);
  });

  test('P2P-32 P2P-54 P2P-55 P2P-66 tells a watcher of edits, keeps the old at an invalid one, and logs no key', async (t) => {
    const own = await configProcess(t);
    await writeFile(own.conf, defaultConfYaml(KEY.secretBase64()), { mode: 0o600 });
    await writeFile(own.peers, peersText(1));
    const running = own.run();
    await says(running, 'service started');
    const watch = own.client.watchConfiguration({})[Symbol.asyncIterator]();
    assert.deepEqual(keysOf(await next(watch)), [1]);

    await writeFile(`${own.peers}.new`, peersText(1, 2));
    await rename(`${own.peers}.new`, own.peers);
    assert.deepEqual(keysOf(await next(watch)), [1, 2]);

    await writeFile(own.peers, peersText(1, 2, 3));
    assert.deepEqual(keysOf(await next(watch)), [1, 2, 3]);

    const refused = '"message":"configuration refused, the one in force stays"';
    await writeFile(own.peers, 'peers: [');
    await says(running, refused, 1);
    await writeFile(own.peers, '');
    await says(running, refused, 2);
    await writeFile(own.conf, `a: [${KEY.secretBase64()}`);
    await says(running, refused, 3);
    const { configuration } = await own.client.getConfiguration({});
    assert.equal(configuration?.generation, 3n);

    await writeFile(own.peers, peersText(4));
    const text = defaultConfYaml(KEY.secretBase64());
    await writeFile(own.conf, text.replace('level: info', 'level: warn').replace('tcp/9000', 'tcp/9001'));
    running.child.kill('SIGHUP');
    const last = await next(watch);
    assert.deepEqual([keysOf(last), last.logging?.level, last.generation], [[4], 'warn', 4n]);
    assert.deepEqual(last.networkAddresses, ['/ip4/0.0.0.0/tcp/9001', '/ip6/::/tcp/9000']);

    running.child.kill('SIGTERM');
    assert.equal(await running.exit(), 0);
    for (const secret of [KEY.secretBase64(), KEY.secretBase64().slice(0, 40)]) {
      assert.ok(!running.output.all.includes(secret));
    }
  });

  test('P2P-58 survives a storm of SIGHUPs with the last configuration in force', async (t) => {
    const own = await configProcess(t);
    const running = own.run();
    await says(running, 'service started');
    for (let fill = 1; fill <= 20; fill++) {
      await writeFile(own.peers, peersText(fill));
      running.child.kill('SIGHUP');
      await sleep(10);
    }
    const end = performance.now() + WAIT_MS;
    for (;;) {
      const { configuration } = await own.client.getConfiguration({});
      if (configuration?.peers[0]?.publicKey[0] === 20) break;
      assert.ok(performance.now() < end);
      await sleep(20);
    }
  });
});

describe('the config service as a process', () => {
  test('P2P-51 P2P-52 P2P-66 LOG-12 makes conf.yaml, keeps the identity over a restart and shows no key', async (t) => {
    const own = await configProcess(t);
    const first = own.run();
    await says(first, '"message":"service started"');
    await says(first, '"message":"BTC Federation Node starting with config"');
    assert.equal((await stat(own.conf)).mode & 0o777, 0o600);
    assert.equal((await stat(join(own.home, 'run'))).mode & 0o777, 0o700);
    const text = await readFile(own.conf, 'utf8');
    const { identity } = parseConfYaml(text).configuration;
    first.child.kill('SIGTERM');
    assert.equal(await first.exit(), 0);

    const second = own.run();
    await says(second, '"message":"service started"');
    assert.equal(await readFile(own.conf, 'utf8'), text);
    assert.ok(IdentityKey.fromBytes((await own.client.getIdentity({})).privateKey).equals(identity));
    for (const { output } of [first, second]) assert.ok(!output.all.includes(identity.secretBase64()));
  });

  for (const [id, name, conf, peers, message] of [
    [
      'P2P-53',
      'an invalid conf.yaml',
      defaultConfYaml(KEY.secretBase64()).replace('level: info', 'level: INFO'),
      'peers: []',
      'Failed to load configuration: configuration validation failed: logging config validation failed: logging.level must be one of: debug, info, warn, error',
    ],
    [
      'P2P-34',
      'a corrupted peers.yaml',
      defaultConfYaml(KEY.secretBase64()),
      'peers: [',
      'Failed to start network manager: bootstrap validation failed: failed to load peers: failed to parse peer file: line ',
    ],
    [
      'P2P-34',
      'a peers.yaml of zero bytes',
      defaultConfYaml(KEY.secretBase64()),
      '',
      'failed to load peers: failed to parse peer file: zero bytes',
    ],
  ] as const) {
    test(`${id} ends with exit code 1 and the text on stderr for ${name}`, async (t) => {
      const own = await configProcess(t);
      await writeFile(own.conf, conf, { mode: 0o600 });
      await writeFile(own.peers, peers);
      const running = own.run();
      let stderr = '';
      running.child.stderr?.on('data', (data) => {
        stderr += data;
      });
      assert.equal(await running.exit(), 1);
      assert.ok(stderr.includes(message), stderr);
      assert.equal(stderr.trimEnd().split('\n').length, 1);
      assert.ok(!running.output.all.includes(KEY.secretBase64()));
    });
  }

  test('P2P-35 P2P-59 leaves files that parse when it is killed while it writes', async (t) => {
    const own = await configProcess(t);
    for (let round = 0; round < 6; round++) {
      await rm(own.conf, { force: true });
      const running = own.run();
      await untilNamed(own.home, /^conf\.yaml/);
      running.child.kill('SIGKILL');
      await running.exit();
      const text = await readFile(own.conf, 'utf8').catch(() => undefined);
      if (text !== undefined) assert.ok(parseConfYaml(text).configuration.identity.halvesAgree);
    }
    const last = own.run();
    await says(last, 'service started');
    assert.deepEqual(
      (await readdir(own.home)).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });
});

/** Waits until the folder holds a name like that: the moment in which the file is being written. */
async function untilNamed(folder: string, pattern: RegExp): Promise<void> {
  const end = performance.now() + WAIT_MS;
  while (!(await readdir(folder)).some((name) => pattern.test(name))) {
    assert.ok(performance.now() < end, 'nothing was written');
    await new Promise(setImmediate);
  }
}
