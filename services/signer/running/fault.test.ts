import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { SignatureScheme } from '#libs/crypto/signature-scheme.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { type SignerHome, signerHome } from '#test/support/signer/signer-home.ts';
import { LATCH_FILE_NAME } from '../words/file-names.ts';
import type { OpenCoreOptions } from './key-at-work.ts';
import { openCore } from './open-core.ts';

/** Signs as the real one, until a bit of its replies is told to fall over. */
function faultyMachine() {
  let isFaulty = false;
  const schemes: typeof schemeByName = (name, options): SignatureScheme => {
    const real = schemeByName(name, options);
    return {
      ...real,
      loadKey(secret) {
        const key = real.loadKey(secret);
        return {
          publicKey: key.publicKey,
          close: () => key.close(),
          async sign(message) {
            const signature = await key.sign(message);
            return isFaulty ? signature.map((byte, at) => (at === 99 ? byte ^ 4 : byte)) : signature;
          },
        };
      },
    };
  };
  const fall = (to: boolean): void => {
    isFaulty = to;
  };
  return { schemes, fall };
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'signed',
    (error: Error & { detail?: { code: string } }) => error.detail?.code ?? error.message,
  );

function optionsOf({ config }: SignerHome, part: Partial<OpenCoreOptions>): OpenCoreOptions {
  const log = memoryLogger();
  return {
    ...{
      folder: config.SIGNER_FOLDER,
      protocol: 'hotstuff',
      backend: 'auto' as const,
      log,
      mayBeLocked: true,
    },
    onServing: () => {},
    ...part,
  };
}

test('a signature that the machine computed wrongly latches the key, over restarts, until its operator unlocks it', async () => {
  await using home = await signerHome('slh-dsa-sha2-128f');
  const { schemes, fall } = faultyMachine();
  const serving: boolean[] = [];
  const latch = join(home.config.SIGNER_FOLDER, LATCH_FILE_NAME);
  let core = await openCore(optionsOf(home, { schemes, onServing: (is) => void serving.push(is) }));
  const { session } = await core.api.openSession();
  assert.equal(await codeOf(core.api.sign(await home.others.prepare(1, 0, session))), 'signed');
  fall(true);
  const spoiled = await home.others.prepare(2, 0, session);
  assert.equal(await codeOf(core.api.sign(spoiled)), 'SIGNER_FAULT_DETECTED');
  fall(false);
  assert.equal(await codeOf(core.api.sign(spoiled)), 'SIGNER_LATCHED');
  const { fault, locked } = await core.api.getSigner();
  assert.match(fault, /does not verify/);
  assert.deepEqual([locked, core.isServing, serving], [true, false, [false]]);
  const { rows } = await core.admin.listAuditRows({ after: 0n });
  assert.ok(rows.some(({ outcome, kind }) => outcome === 'LOCKED' && /does not verify/.test(kind)));
  await core.close();

  core = await openCore(optionsOf(home, { schemes }));
  assert.deepEqual([core.isServing, (await core.admin.getCustody()).fault], [false, fault]);
  assert.equal(await codeOf(core.api.sign(spoiled)), 'SIGNER_LATCHED');
  await core.admin.unlock({ passphrase: Buffer.alloc(0) });
  assert.deepEqual([core.isServing, (await core.admin.getCustody()).fault], [true, '']);
  assert.ok(!existsSync(latch));
  // Its slot was taken by the very statement: the signature that was never kept is made now.
  const made = await core.api.sign(spoiled);
  assert.equal(made.repeatedSignature, false);
  await core.close();
});

test('a latched key without a socket for its operator does not start, and says what to do', async () => {
  await using home = await signerHome('slh-dsa-sha2-128f');
  const { schemes, fall } = faultyMachine();
  const core = await openCore(optionsOf(home, { schemes, mayBeLocked: false }));
  const { session } = await core.api.openSession();
  fall(true);
  await codeOf(core.api.sign(await home.others.prepare(1, 0, session)));
  await core.close();
  await assert.rejects(openCore(optionsOf(home, { mayBeLocked: false })), {
    detail: { code: 'CUSTODY_KEY_LATCHED', path: join(home.config.SIGNER_FOLDER, LATCH_FILE_NAME) },
    message: /Move the key to a machine that you trust/,
  });
});

test('a signer that is set to sign deterministically computes twice, in JavaScript', async () => {
  await using home = await signerHome('slh-dsa-sha2-128f');
  const asked: unknown[] = [];
  const schemes: typeof schemeByName = (name, options) => {
    asked.push(options);
    return schemeByName(name, options);
  };
  const core = await openCore(optionsOf(home, { schemes, signing: 'deterministic' }));
  assert.deepEqual(asked, [{ backend: 'auto', signing: 'deterministic' }]);
  assert.equal((await core.api.getSigner()).backend, 'portable');
  await core.close();
  const native = optionsOf(home, { signing: 'deterministic', backend: 'native' });
  await assert.rejects(openCore(native), /cannot sign deterministically/);
});
