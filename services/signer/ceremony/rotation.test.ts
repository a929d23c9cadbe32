import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { keyId } from '#libs/crypto/key-id.ts';
import type { BegunEpoch } from '#libs/custody/handed-over.ts';
import { genesisRoot } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import { preparedKey } from '../key/prepared-key.ts';
import { beginRotation, finishRotation, isSucceeded } from '../record/succession.ts';
import { openCustody } from '../running/custody.ts';
import { auditOfRecord } from './audit-log.ts';
import { bindSigner, createSignerKey } from './init.ts';
import { recordFacts } from './record-facts.ts';
import { abandonRotation, prepareRotation } from './rotation.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-rotation-'));
after(() => rmSync(base, { recursive: true, force: true }));

const CHAIN = toDigest('c'.repeat(64));
const SCHEME = 'slh-dsa-sha2-128f';
const member = (publicKey: Uint8Array) => ({ name: 'm0', publicKey: new Uint8Array(publicKey), weight: 1n });

/** A signer whose next key is prepared, and the epoch that will know it. */
async function prepared() {
  const folder = join(mkdtempSync(join(base, 'f-')), 'signer');
  const publicKey = await createSignerKey({ folder, scheme: SCHEME });
  const first = { members: [member(publicKey)], root: genesisRoot(toDigest('9'.repeat(64))) };
  await bindSigner({ protocol: 'hotstuff', folder, chainDigest: CHAIN, first });
  const nextKey = await prepareRotation({ folder });
  const root = { view: toView(40n), height: toHeight(12n), digest: toDigest('8'.repeat(64)) };
  const epoch: BegunEpoch = {
    set: validatorSet(toEpoch(1n), [member(nextKey)]),
    root,
    table: HOTSTUFF_TABLE,
  };
  return { folder, publicKey, nextKey, epoch };
}

const open = (folder: string) => openCustody({ folder, protocol: 'hotstuff', backend: 'auto' });

/** The findings of a start: the key that would sign, and its starting epoch and view. */
async function found(folder: string) {
  await finishRotation({ folder });
  const { key, ledger, custodian, quarantine } = await open(folder);
  const { epoch, session, viewFrom, proven } = custodian.state;
  ledger.close();
  key.close();
  return { publicKey: Buffer.from(key.publicKey), epoch, session, viewFrom, proven, quarantine };
}

describe('a key that follows another', () => {
  test('signs from the epoch on that knows it, in the session that goes on, and the old one is gone', async () => {
    const { folder, publicKey, nextKey, epoch } = await prepared();
    const { secret_key: secret } = JSON.parse(readFileSync(join(folder, 'signer.key'), 'utf8'));
    assert.deepEqual((await found(folder)).publicKey, Buffer.from(publicKey), 'nothing began yet');
    await beginRotation({ folder }, { epoch, session: 7n });
    assert.deepEqual(await found(folder), {
      publicKey: Buffer.from(nextKey),
      ...{ epoch: 1n, session: 7n, viewFrom: 40n, proven: 40n, quarantine: undefined },
    });
    const archive = join(folder, `before-${keyId(nextKey)}`);
    const { state, owner, audit } = await recordFacts({ folder: archive });
    assert.deepEqual(
      [state.epoch, keyId(owner.publicKey)],
      [0n, keyId(publicKey)],
      'the record of the old key can still be read',
    );
    assert.equal((await auditOfRecord({ folder: archive })).head.sequence, audit.sequence);
    await assert.rejects(open(archive), { message: /the secret was destroyed when the key was retired/ });
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    for (const { parentPath, name } of files) {
      assert.equal(readFileSync(join(parentPath, name)).includes(secret.slice(0, 64)), false, name);
    }
    await finishRotation({ folder });
    assert.equal(await preparedKey(folder), undefined);
  });

  test('follows only when the members of an epoch know it and not the old one', async () => {
    const { folder, publicKey, nextKey } = await prepared();
    const stranger = new Uint8Array(32).fill(5);
    const succeeds = (...keys: readonly Uint8Array[]) =>
      isSucceeded(
        folder,
        publicKey,
        validatorSet(
          toEpoch(1n),
          keys.map((key, i) => ({ ...member(key), name: `m${i}` })),
        ),
      );
    assert.equal(await succeeds(nextKey, stranger), true);
    assert.equal(await succeeds(publicKey, nextKey), false);
    assert.equal(await succeeds(stranger), false);
    assert.equal(await succeeds(publicKey), false);
  });

  test('is given up while nothing speaks for it yet, and another may be prepared', async () => {
    const { folder, nextKey, epoch } = await prepared();
    const file = readFileSync(join(folder, 'next', 'signer.key'), 'utf8');
    assert.equal(keyId(await abandonRotation(folder)), keyId(nextKey));
    assert.equal(existsSync(join(folder, 'next')), false);
    await assert.rejects(abandonRotation(folder), { message: /next\/signer\.key: it is missing/ });
    assert.notDeepEqual(await prepareRotation({ folder }), nextKey);
    await abandonRotation(folder);
    mkdirSync(join(folder, 'next'));
    writeFileSync(join(folder, 'next', 'signer.key'), file, { mode: 0o600 });
    await beginRotation({ folder }, { epoch, session: 7n });
    await assert.rejects(abandonRotation(folder), { message: /its epoch began, .* cannot be abandoned/ });
    assert.deepEqual((await found(folder)).publicKey, Buffer.from(nextKey));
  });

  test('is prepared once, for a key that is bound, and cannot sign before its time', async () => {
    const { folder } = await prepared();
    await assert.rejects(prepareRotation({ folder }), { message: /next\/signer\.key: it exists already/ });
    await assert.rejects(open(join(folder, 'next')), { message: /signer\.db: it is gone/ });
    const unbound = join(mkdtempSync(join(base, 'u-')), 'signer');
    await createSignerKey({ folder: unbound, scheme: SCHEME });
    await assert.rejects(prepareRotation({ folder: unbound }), { message: /is not bound to a genesis yet/ });
  });

  const strace = spawnSync('strace', ['-V'], { timeout: 120_000 }).status === 0;
  const skip = strace ? false : 'strace is not installed: no crash is tried between two steps';
  test('is put in place whole, wherever a crash interrupts it', { skip }, async () => {
    const { folder, nextKey, epoch } = await prepared();
    await beginRotation({ folder }, { epoch, session: 7n });
    /** Whether the process was killed at this call of that kind; in either case the next start fixes the rest. */
    const isKilled = async (call: string, count: number): Promise<boolean> => {
      const crashed = join(mkdtempSync(join(base, 'c-')), 'signer');
      cpSync(folder, crashed, { recursive: true });
      const { signal } = finishedUnderStrace(crashed, `inject=${call}:signal=KILL:when=${count}`);
      const { publicKey, quarantine } = await found(crashed);
      const moment = `${call} ${count}`;
      assert.deepEqual([publicKey, quarantine], [Buffer.from(nextKey), undefined], moment);
      assert.equal(existsSync(join(crashed, 'next')), false, moment);
      const archive = readdirSync(crashed).find((name) => name.startsWith('before-')) ?? '';
      assert.deepEqual(readdirSync(join(crashed, archive)), ['audit.key', 'signer.db', 'signer.key'], moment);
      const secrets = Object.keys(JSON.parse(readFileSync(join(crashed, archive, 'signer.key'), 'utf8')));
      assert.equal(secrets.includes('secret_key'), false, moment);
      return signal !== null;
    };
    const kills: string[] = [];
    for (const call of ['mkdir', 'rename', 'unlink', 'fsync', 'pwrite64']) {
      for (let count = 1; await isKilled(call, count); count++) kills.push(`${call} ${count}`);
    }
    assert.ok(kills.includes('rename 4') && kills.length >= 8, kills.join(', '));
  });
});

function finishedUnderStrace(folder: string, inject: string) {
  const script = `
    import { finishRotation } from ${JSON.stringify(new URL('../record/succession.ts', import.meta.url).pathname)};
    await finishRotation({ folder: process.argv[1] });`;
  const node = [process.execPath, '--input-type=module-typescript', '-e', script, folder];
  return spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', inject, ...node], { timeout: 300_000 });
}
