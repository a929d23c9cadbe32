import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  clientTls,
  environmentOf,
  killSigner,
  SIGNER_MAIN,
  type SignerClient,
  type SignerHome,
  type SignerProcess,
  signerClient,
  signerHome,
  spawnSigner,
} from '#test/support/signer/signer-home.ts';
import { until } from '#test/support/within.ts';

const isConflict = (error: Error & { detail?: { errorCode?: string } }): boolean =>
  error.detail?.errorCode === 'SIGNER_CONFLICTING_SLOT';

/** Runs `use` against a real signer process, which is killed afterwards. */
async function withSigner(
  home: SignerHome,
  use: (client: SignerClient, signer: SignerProcess) => Promise<void>,
): Promise<void> {
  const signer = await spawnSigner(home);
  const client = signerClient(signer.address, clientTls(home));
  try {
    await use(client, signer);
  } finally {
    client.close();
    await killSigner(signer);
  }
}

/** Waits until the record has grown: then the slot is taken, and the signature is still being made. */
async function untilRecorded(home: SignerHome, bytesBefore: number): Promise<void> {
  await until('a new record', async () => (await walBytes(home)) !== bytesBefore);
  await setTimeout(20);
}

async function walBytes({ config }: SignerHome): Promise<number> {
  return (await stat(join(config.SIGNER_FOLDER, 'signer.db-wal'))).size;
}

describe('a signer that is killed', () => {
  test('between record and signature keeps the slot for what was recorded', async () => {
    await using home = await signerHome('slh-dsa-sha2-256s');
    await withSigner(home, async (client, signer) => {
      const wanted = await home.others.prepare(7);
      const bytesBefore = await walBytes(home);
      const reply = assert.rejects(client.sign(wanted), { name: 'RemoteError' });
      await untilRecorded(home, bytesBefore);
      await killSigner(signer);
      await reply;
    });

    const database = new DatabaseSync(join(home.config.SIGNER_FOLDER, 'signer.db'));
    const row = database.prepare('SELECT view, signature FROM slot').get();
    database.close();
    assert.deepEqual({ ...row }, { view: 7, signature: null }, 'recorded, not signed');

    await withSigner(home, async (client) => {
      await assert.rejects(client.sign(await home.others.prepare(7, 1)), isConflict);
      const wanted = await home.others.prepare(7);
      const made = await client.sign(wanted);
      assert.equal(made.repeatedSignature, false);
      assert.deepEqual(await client.sign(wanted), { ...made, repeatedSignature: true });
    });
  });

  test('at any moment never forgets a signature that left it', async () => {
    await using home = await signerHome('slh-dsa-sha2-128f');
    // The signer leads view 4, so that nobody else can propose there.
    for (const [view, delayMs] of [
      [1, 0],
      [2, 4],
      [3, 9],
      [5, 14],
      [6, 40],
    ] as const) {
      const [wanted, other] = [await home.others.prepare(view), await home.others.prepare(view, 1)];
      let released: Uint8Array | undefined;
      await withSigner(home, async (client, signer) => {
        const reply = client.sign(wanted).then(
          ({ signature }) => {
            released = signature;
          },
          () => undefined,
        );
        await setTimeout(delayMs);
        await killSigner(signer);
        await reply;
      });
      if (released === undefined) continue;
      const before = released;
      await withSigner(home, async (client) => {
        await assert.rejects(client.sign(other), isConflict);
        const { signature, repeatedSignature } = await client.sign(wanted);
        assert.deepEqual([signature, repeatedSignature], [before, true]);
      });
    }
  });
});

describe('a signer that must not start', () => {
  test('ends with code 1 and one sentence that says why and what to do', async () => {
    await using home = await signerHome('slh-dsa-sha2-128f');
    await rm(join(home.config.SIGNER_FOLDER, 'signer.db'));
    const failed = promisify(execFile)(process.execPath, [SIGNER_MAIN], { env: environmentOf(home.config) });
    await assert.rejects(failed, (error: Error & { code?: unknown; stderr?: string }) => {
      assert.equal(error.code, 1);
      assert.match(
        error.stderr ?? '',
        /^signer: signer record .*signer\.db: it is gone, .*retire the key.*\n$/,
      );
      return true;
    });
  });
});
