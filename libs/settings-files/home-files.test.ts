import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type MemoryLogger, memoryLogger } from '#libs/log/memory-logger.ts';
import { defaultConfYaml } from '#libs/settings/conf-text.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { peersYaml } from '#libs/settings/peers-yaml.ts';
import { type LoadedSettings, openHome, reloadHome } from './home-files.ts';

const KEY = IdentityKey.fromSeed(new Uint8Array(32).fill(7)).secretBase64();
const ONE_PEER = peersYaml([{ publicKey: new Uint8Array(32).fill(2), addresses: ['/ip4/1.1.1.1/tcp/1'] }]);

let home = '';
let log: MemoryLogger = memoryLogger();

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'btcfed-config-'));
  log = memoryLogger();
});

afterEach(() => rm(home, { recursive: true }));

const conf = () => join(home, 'conf.yaml');
const peers = () => join(home, 'peers.yaml');
const files = () => ({
  open: () => openHome(home, log),
  reload: (last: LoadedSettings) => reloadHome(home, last, log),
});

/** The files in the home, without the lock that every reader takes. */
async function namesInHome(): Promise<string[]> {
  return (await readdir(home)).filter((name) => name !== '.settings.lock');
}

async function writeConf(text: string): Promise<void> {
  await writeFile(conf(), text, { mode: 0o600 });
}

/** Message with which the start is refused; the private key is in it never, nor in any log line. */
async function refusal(): Promise<string> {
  const error = await files()
    .open()
    .then(
      () => assert.fail('accepted'),
      (cause: unknown) => cause,
    );
  assert.ok(error instanceof Error && error.name === 'ConfigurationError', String(error));
  for (let own: unknown = error; own instanceof Error; own = own.cause) assert.ok(!own.message.includes(KEY));
  return error.message;
}

describe('conf.yaml at start', () => {
  test('P2P-51 P2P-66 writes the defaults with a fresh key, readable by its owner only', async () => {
    const { node } = await files().open();
    assert.equal((await stat(conf())).mode & 0o777, 0o600);
    const text = await readFile(conf(), 'utf8');
    assert.equal(text, defaultConfYaml(node.identity.secretBase64()));
    assert.deepEqual(await namesInHome(), ['conf.yaml']);
    assert.ok(!JSON.stringify(log.lines).includes(node.identity.secretBase64()));
  });

  test('P2P-52 keeps the identity over a restart', async () => {
    const first = await files().open();
    const second = await files().open();
    assert.equal(second.node.identity.peerId, first.node.identity.peerId);
    assert.ok(second.node.identity.equals(first.node.identity));
  });

  test('P2P-52 adds a missing key and keeps the comments', async () => {
    await writeConf(`# my own words\n${defaultConfYaml(KEY).replace(/ *private_key: .*\n/, '')}`);
    const { node } = await files().open();
    const text = await readFile(conf(), 'utf8');
    assert.match(text, /^# my own words/);
    assert.ok(text.includes(`private_key: ${node.identity.secretBase64()}`));
    assert.equal((await stat(conf())).mode & 0o777, 0o600);
  });

  test('P2P-53 refuses a broken file without a key and does not write to it', async () => {
    const broken = 'network: {addresses: []}\n';
    await writeConf(broken);
    assert.equal(
      await refusal(),
      'Failed to load configuration: configuration validation failed: network config validation failed: network.addresses cannot be empty (line 1: list one at least, such as "- /ip4/0.0.0.0/tcp/9000")',
    );
    assert.equal(await readFile(conf(), 'utf8'), broken);
  });

  test('refuses an empty file as upstream does, and leaves it empty', async () => {
    await writeConf('');
    assert.match(await refusal(), /network\.addresses cannot be empty \(it is missing; list one/);
    assert.equal(await readFile(conf(), 'utf8'), '');
  });

  for (const [name, text, message] of [
    ['text that is not YAML', 'a: [', /^Failed to load configuration: failed to parse YAML config: line 1/],
    [
      'a bad level',
      defaultConfYaml(KEY).replace('level: info', 'level: x'),
      /^Failed to load configuration: configuration validation failed: logging config validation failed: logging\.level must be one of: debug, info, warn, error \(line 29: it is "x"\)$/,
    ],
    [
      'a bad key',
      defaultConfYaml(KEY.slice(1)),
      /^Failed to load configuration: configuration validation failed: node config validation failed: private key must be valid base64: /,
    ],
  ] as const) {
    test(`P2P-53 refuses ${name} with the promised text`, async () => {
      await writeConf(text);
      assert.match(await refusal(), message);
    });
  }

  test('says why a file cannot be read', async () => {
    await mkdir(conf());
    assert.match(
      await refusal(),
      /^Failed to load configuration: failed to read config file conf\.yaml: EISDIR/,
    );
  });

  test('P2P-53 refuses bytes that are not UTF-8, and leaves them as they are', async () => {
    const bytes = Buffer.concat([Buffer.from('version: 1\nnode:\n  name: '), Buffer.from([0xff, 0x0a])]);
    await writeFile(conf(), bytes, { mode: 0o600 });
    assert.equal(
      await refusal(),
      'Failed to load configuration: failed to parse YAML config: line 3 is not UTF-8 text',
    );
    assert.deepEqual(await readFile(conf()), bytes);
  });

  test('refuses a file that is far too large without reading it', async () => {
    await writeConf('#'.repeat(1024 * 1024 + 1));
    assert.match(await refusal(), /failed to read config file conf\.yaml: larger than 1048576 bytes/);
  });

  test('says why the defaults cannot be written', async () => {
    await rm(home, { recursive: true });
    const message = await refusal();
    await mkdir(home);
    assert.match(message, /^Failed to load configuration: failed to create default config file: ENOENT/);
  });

  test('P2P-66 closes a file that others may read, and says so', async () => {
    await writeConf(defaultConfYaml(KEY));
    await chmod(conf(), 0o644);
    await files().open();
    assert.equal((await stat(conf())).mode & 0o777, 0o600);
    assert.deepEqual(
      log.lines.map(({ level, fields }) => [level, fields['mode']]),
      [['warn', '0644']],
    );
  });
});

test('P2P-35 removes what a killed write left, and nothing else', async () => {
  for (const name of [
    'conf.yaml.0a1b2c3d.tmp',
    'peers.yaml.00000000.tmp',
    'conf.yaml.tmp',
    'xconf.yaml.00000000.tmp',
  ]) {
    await writeFile(join(home, name), 'x');
  }
  await files().open();
  assert.deepEqual((await namesInHome()).sort(), ['conf.yaml', 'conf.yaml.tmp', 'xconf.yaml.00000000.tmp']);
});

describe('peers.yaml at start', () => {
  beforeEach(() => writeConf(defaultConfYaml(KEY)));

  test('P2P-25 takes a missing file as standalone', async () => {
    assert.deepEqual((await files().open()).peers, { peers: [], rejected: [] });
  });

  test('P2P-33 uses the good entry beside a bad one and drops the own key', async () => {
    const own = IdentityKey.fromBase64(KEY).publicKey;
    const entries = peersYaml([{ publicKey: own, addresses: ['/ip4/1.1.1.1/tcp/1'] }])
      .split('\n')
      .slice(3);
    await writeFile(peers(), `${ONE_PEER}    - public_key: x\n${entries.join('\n')}`);
    const list = (await files().open()).peers;
    assert.equal(list.peers.length, 1);
    assert.deepEqual(
      list.rejected.map(({ index }) => index),
      [1, 2],
    );
  });

  test('P2P-34 keeps a copy of a corrupted file, once, and refuses the start', async () => {
    await writeFile(peers(), 'peers: [\0garbage');
    const message = await refusal();
    assert.match(
      message,
      /^Failed to start network manager: bootstrap validation failed: failed to load peers: failed to parse peer file: line 1.*; a copy is in peers\.yaml\.backup\.\d{8}-\d{6}: fix peers\.yaml/,
    );
    assert.equal(await refusal(), message);
    const backups = (await namesInHome()).filter((name) => name.includes('backup'));
    assert.equal(backups.length, 1);
    assert.equal(await readFile(join(home, backups[0] ?? ''), 'utf8'), 'peers: [\0garbage');

    await writeFile(peers(), 'peers: [other');
    await refusal();
    assert.equal((await namesInHome()).filter((name) => name.includes('backup')).length, 2);
  });

  test('P2P-34 keeps the very bytes of a file that is not even UTF-8, and says which line is not', async () => {
    const garbage = Buffer.concat([Buffer.from(ONE_PEER), Buffer.from([0xff, 0xfe, 0x0a, 0xc3])]);
    await writeFile(peers(), garbage);
    const line = ONE_PEER.split('\n').length;
    const broken = new RegExp(`failed to parse peer file: line ${line} is not UTF-8 text; a copy is in`);
    assert.match(await refusal(), broken);
    // Other garbage is another file: its copy is no more like the first than it is.
    garbage[garbage.length - 4] = 0xfd;
    await writeFile(peers(), garbage);
    await refusal();
    const copies = (await namesInHome()).filter((name) => name.includes('backup')).sort();
    assert.equal(copies.length, 2);
    assert.deepEqual(await readFile(join(home, copies[1] ?? '')), garbage);
  });

  test('refuses a file of zero bytes, and makes no copy of nothing', async () => {
    await writeFile(peers(), '');
    assert.match(
      await refusal(),
      /failed to load peers: failed to parse peer file: zero bytes; write "peers: \[\]"/,
    );
    assert.deepEqual((await namesInHome()).sort(), ['conf.yaml', 'peers.yaml']);
  });

  test('says why a file cannot be read', async () => {
    await mkdir(peers());
    assert.match(await refusal(), /failed to load peers: failed to read peer file: EISDIR/);
  });
});

describe('reload', () => {
  async function opened() {
    await writeConf(defaultConfYaml(KEY));
    await writeFile(peers(), ONE_PEER);
    const all = files();
    return { all, current: await all.open() };
  }

  test('P2P-32 reads what is in the files now', async () => {
    const { all, current } = await opened();
    await writeFile(peers(), 'peers: []\n');
    assert.deepEqual((await all.reload(current)).peers.peers, []);
  });

  test('P2P-39 refuses when peers.yaml is gone or unreadable although there were peers', async () => {
    const { all, current } = await opened();
    await rm(peers());
    await assert.rejects(all.reload(current), {
      detail: { code: 'CONFIG_PEERS_GONE', class: 'configuration' },
    });
    await mkdir(peers());
    await assert.rejects(all.reload(current), { detail: { code: 'CONFIG_PEERS_REFUSED', class: 'fatal' } });
  });

  test('is content without peers.yaml when there were no peers', async () => {
    await writeConf(defaultConfYaml(KEY));
    const all = files();
    assert.deepEqual((await all.reload(await all.open())).peers.peers, []);
  });

  for (const text of ['', 'peers: [']) {
    test(`P2P-54 refuses peers.yaml of ${JSON.stringify(text)} and makes no copy`, async () => {
      const { all, current } = await opened();
      await writeFile(peers(), text);
      await assert.rejects(all.reload(current), {
        detail: { code: 'CONFIG_PEERS_REFUSED', class: 'configuration' },
      });
      assert.deepEqual((await namesInHome()).sort(), ['conf.yaml', 'peers.yaml']);
    });
  }

  test('P2P-54 refuses a conf.yaml that is gone, broken or without a key, and writes nothing', async () => {
    const { all, current } = await opened();
    const withoutKey = defaultConfYaml(KEY).replace(/ *private_key: .*\n/, '');
    await rm(conf());
    await assert.rejects(all.reload(current), /failed to read config file conf\.yaml: it is gone/);
    for (const text of ['a: [', withoutKey]) {
      await writeConf(text);
      await assert.rejects(all.reload(current), {
        detail: { code: 'CONFIG_CONF_REFUSED', class: 'configuration' },
      });
      assert.equal(await readFile(conf(), 'utf8'), text);
    }
  });
});
