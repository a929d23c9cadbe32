import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { withFileLock } from '#libs/files/file-lock.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import { NO_PEERS, parsePeersYaml, peersYaml } from '#libs/settings/peers-yaml.ts';
import { FileImage } from './file-image.ts';
import { type LoadedPeers, readPeersFile } from './peers-file.ts';
import { savePeers } from './save-peers.ts';

const ownPublicKey = IdentityKey.fromSeed(new Uint8Array(32).fill(7)).publicKey;
const NOTHING: LoadedPeers = { list: NO_PEERS, image: FileImage.of(undefined) };
const peer = (fill: number, more: Partial<PeerEntry> = {}): PeerEntry => ({
  publicKey: new Uint8Array(32).fill(fill),
  addresses: [`/ip4/10.0.0.${fill}/tcp/1`],
  ...more,
});

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'btcfed-peers-'));
});
afterEach(() => rm(home, { recursive: true }));

const path = () => join(home, 'peers.yaml');
const fileText = () => readFile(path(), 'utf8');
const save = (last: LoadedPeers, memory: readonly PeerEntry[]) =>
  savePeers(path(), { last, memory, ownPublicKey });

async function given(text: string): Promise<LoadedPeers> {
  await writeFile(path(), text, { mode: 0o644 });
  return readPeersFile(path(), NOTHING, ownPublicKey);
}

describe('savePeers', () => {
  test('P2P-31 P2P-45 makes the file for its owner alone, and what it gives back is what it wrote', async () => {
    const saved = await save(NOTHING, [peer(1, { learned: true })]);
    assert.equal((await stat(path())).mode & 0o777, 0o600);
    assert.equal(saved.image.checksum, FileImage.of(await fileText()).checksum);
    assert.deepEqual(parsePeersYaml(await fileText()), saved.list);
  });

  test('P2P-38 merges with what a person wrote meanwhile, keeps comments, mode and a copy', async () => {
    const last = await given(peersYaml([peer(1)]));
    const edited = `# my words\n${peersYaml([peer(1), peer(2)])}`;
    await writeFile(path(), edited);
    const saved = await save(last, [peer(1), peer(3, { learned: true })]);
    assert.deepEqual(saved.list.peers, [peer(1), peer(2), peer(3, { learned: true })]);
    assert.match(await fileText(), /^# my words\n/);
    assert.equal((await stat(path())).mode & 0o777, 0o644);
    const copies = (await readdir(home)).filter((name) => name.startsWith('peers.yaml.backup.'));
    assert.equal(copies.length, 1);
    assert.equal(await readFile(join(home, copies[0] ?? ''), 'utf8'), edited);
  });

  test('P2P-34 leaves alone a file that a person broke', async () => {
    const last = await given(peersYaml([peer(1)]));
    for (const broken of ['peers: [', '']) {
      await writeFile(path(), broken);
      await assert.rejects(save(last, [peer(1), peer(2)]), { name: 'ConfigurationError' });
      assert.equal(await fileText(), broken);
    }
  });

  test('P2P-36 P2P-65 writes nothing while somebody holds the lock, and says that it may pass', async () => {
    const last = await given(peersYaml([peer(1)]));
    const before = await fileText();
    await withFileLock(join(home, '.settings.lock'), { mode: 'shared', timeoutMs: 100 }, async () => {
      await assert.rejects(save(last, [peer(1), peer(2)]), {
        detail: { code: 'CONFIG_PEERS_REFUSED', class: 'recoverable' },
      });
      assert.equal(await fileText(), before);
    });
    await save(last, [peer(1), peer(2)]);
    assert.notEqual(await fileText(), before);
  });

  test('P2P-39 P2P-65 says which failures are the machine', async () => {
    await mkdir(path());
    await assert.rejects(save(NOTHING, [peer(1)]), {
      detail: { code: 'CONFIG_PEERS_REFUSED', class: 'fatal' },
    });
  });

  test('P2P-41 a thousand learned peers are one write', async () => {
    const last = await given(peersYaml([peer(1)]));
    const many = Array.from({ length: 1_000 }, (_, index) => {
      const publicKey = new Uint8Array(32);
      new DataView(publicKey.buffer).setUint32(0, index + 1);
      return { publicKey, addresses: ['/ip4/10.0.0.1/tcp/1'], learned: true };
    });
    const saved = await save(last, [peer(1), ...many]);
    assert.equal(saved.list.peers.length, 1_001);
    assert.equal(parsePeersYaml(await fileText()).peers.length, 1_001);
    assert.equal((await readdir(home)).filter((name) => name.endsWith('.tmp')).length, 0);
  });

  test('touches nothing when there is nothing to write', async () => {
    const text = `peers:   [ ]   # as I like it\n`;
    const last = await given(text);
    await save(last, []);
    assert.equal(await fileText(), text);
  });
});

describe('FileImage', () => {
  test('F-62: P2P-37 has a checksum of 64 hex digits that any flipped byte changes, and none without a file', () => {
    assert.equal(FileImage.of(undefined).checksum, '');
    assert.equal(
      FileImage.of('').checksum,
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'it is SHA-256',
    );
    const text = peersYaml([1, 2, 3, 4].map((fill) => peer(fill)));
    const bytes = Buffer.from(text);
    const seen = new Set([FileImage.of(text).checksum]);
    for (const at of bytes.keys()) {
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 1;
      seen.add(FileImage.of(flipped).checksum);
    }
    assert.equal(seen.size, bytes.length + 1);
    for (const checksum of seen) assert.match(checksum, /^[0-9a-f]{64}$/);
  });

  test('P2P-66 LOG-16 shows its text in no way of printing', () => {
    const image = FileImage.of('private_key: secret');
    assert.doesNotMatch(`${image} ${JSON.stringify({ image })} ${String(Object.entries(image))}`, /secret/);
  });
});
