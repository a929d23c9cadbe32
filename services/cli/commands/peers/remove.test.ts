import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { encodeBase64 } from '#libs/settings/base64.ts';
import { defaultConfYaml } from '#libs/settings/conf-text.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { memberFileText } from '#services/launcher/adapters/member-file.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-peers-'));
after(() => rmSync(base, { recursive: true, force: true }));

const identity = (seed: number): IdentityKey => IdentityKey.fromSeed(new Uint8Array(32).fill(seed));
const textKey = (seed: number): string => encodeBase64(identity(seed).publicKey);

const MINE = `# mine
peers:
    # stays
    - public_key: "${textKey(2)}"
      addresses: [/ip4/192.0.2.2/tcp/9000] # at home
    - public_key: ${textKey(3)}
      addresses: [/ip4/192.0.2.3/tcp/9000]
`;

function homeWith(peers: string): string {
  const home = mkdtempSync(join(base, 'h-'));
  writeFileSync(join(home, 'conf.yaml'), defaultConfYaml(identity(1).secretBase64()), { mode: 0o600 });
  writeFileSync(join(home, 'peers.yaml'), peers);
  return home;
}

/** The member.json of a member; it moved since its entry was written. */
function memberJson(home: string, seed: number): string {
  const file = join(home, 'dave.json');
  const facts = { name: 'dave', scheme: 'slh-dsa-sha2-128f', consensusPublicKey: new Uint8Array(32).fill(7) };
  const at = { gatewayPublicKey: identity(seed).publicKey, addresses: ['/dns4/dave.example/tcp/9000'] };
  writeFileSync(file, memberFileText({ ...facts, ...at }));
  return file;
}

const peersOf = (home: string): string => readFileSync(join(home, 'peers.yaml'), 'utf8');

describe('btcfed peers remove', () => {
  test('takes out the member of a member.json, and nothing else that a person wrote', async () => {
    const home = homeWith(MINE);
    const { code, out } = await runCommandLine('peers', 'remove', memberJson(home, 3), '--home', home);
    assert.deepEqual([code, out], [0, `removed ${identity(3).peerId} at /ip4/192.0.2.3/tcp/9000`]);
    assert.equal(peersOf(home).includes(textKey(3)), false);
    for (const kept of ['# mine', '# stays', textKey(2), '# at home'])
      assert.ok(peersOf(home).includes(kept), kept);
  });

  test('with --json it names the file and what was removed', async () => {
    const home = homeWith(MINE);
    const { out } = await runCommandLine('peers', 'remove', memberJson(home, 2), '--home', home, '--json');
    assert.deepEqual(JSON.parse(out), {
      file: join(home, 'peers.yaml'),
      peers: [{ peerId: identity(2).peerId, publicKey: textKey(2), addresses: ['/ip4/192.0.2.2/tcp/9000'] }],
    });
    assert.ok(peersOf(home).includes(textKey(3)));
  });

  test('refuses a member that is not there, and a file that is none, and writes nothing', async () => {
    const home = homeWith(MINE);
    const strange = await runCommandLine('peers', 'remove', memberJson(home, 4), '--home', home);
    assert.deepEqual([strange.code, strange.out], [2, '']);
    assert.match(strange.notes, /peers\.yaml has no peer of .*dave\.json: nothing was removed/);
    const itself = await runCommandLine('peers', 'remove', memberJson(home, 1), '--home', home);
    assert.match(itself.notes, /this is the member of this home itself/);
    const nothing = await runCommandLine('peers', 'remove', join(home, 'no.json'), '--home', home);
    assert.equal(nothing.code, 1);
    assert.equal(peersOf(home), MINE);
  });
});
