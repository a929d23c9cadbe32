import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { toEpoch, toView } from '#libs/chain/ids.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { CertificateKind, HandoverProof } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { headerToWire } from '#libs/wire/block.ts';
import { certificateToWire } from '#libs/wire/certificate.ts';
import { prepareRotation } from '#services/signer/ceremony/rotation.ts';
import { sealKey } from '#services/signer/ceremony/seal-key.ts';
import { readKeyFile } from '#services/signer/key/key-file.ts';
import { RESERVE_BYTES } from '#services/signer/words/limits.ts';
import { copiesInMemory } from '#test/support/programs/process-memory.ts';
import type { StartedService } from '#test/support/signer/hardening/hardened.ts';
import { hardenedSigner, shippedProgram } from '#test/support/signer/hardening/hardened-signer.ts';
import { allowingOnly } from '#test/support/signer/hardening/seccomp-loader.ts';
import { handoverTo } from '#test/support/signer/signer-handovers.ts';
import { type SignerClient, type SignerHome, signerHome } from '#test/support/signer/signer-home.ts';
import { putBytes } from '#test/support/signer/signer-peers.ts';

const SECCOMP = JSON.parse(readFileSync(new URL('seccomp.json', import.meta.url), 'utf8'));
/** Has the kernel refuse what the list for containers does not allow; undefined where it cannot (hardening.test.ts says so). */
const LISTED_CALLS = allowingOnly(
  SECCOMP.syscalls.flatMap(({ names }: { names: readonly string[] }) => names),
  SECCOMP.defaultErrnoRet,
);
const SCHEME = 'slh-dsa-sha2-128f';
const WORDS = { old: 'the passphrase of the old key', next: 'another one, for the key that follows' };
const words = (which: keyof typeof WORDS): Buffer => Buffer.from(WORDS[which]);

/** Code that makes signatures wrong in one bit from one SIGUSR2 to the next, as on a machine that must sign nothing. */
const FAULTY_MACHINE = `
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
const { sign } = crypto;
let isFaulty = false;
process.on('SIGUSR2', () => { isFaulty = !isFaulty; });
crypto.sign = (algorithm, data, key, done) => {
  if (done === undefined) return sign(algorithm, data, key); // The head of the audit log, by another key.
  sign(algorithm, data, key, (error, signature) => {
    if (isFaulty) signature[99] ^= 4;
    done(error, signature);
  });
};
syncBuiltinESMExports();
`;

const codeOf = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => 'no refusal',
    (error: Error & { detail?: { errorCode?: string; code?: string } }) =>
      error.detail?.errorCode ?? error.detail?.code,
  );

/** Ends the first epoch in favour of one that has this key. @returns the block that ended it. */
async function handOver(client: SignerClient, { others }: SignerHome, session: bigint, key: Uint8Array) {
  const { header, certificate, handover } = await handoverTo(others, 1n, others.roster(key));
  const wire = { header: headerToWire(header), certificate: certificateToWire(certificate) };
  const proof = HandoverProof.encode({ ...wire, handover, path: [] }).finish();
  await putBytes(client, others.scope(session), proof, CertificateKind.HANDOVER);
  return { header, digest: certificate.digest, transactions: [transactionOf(handover)] };
}

/** SK.seed and SK.prf, sixteen bytes each: the rest of a secret key is its public part. */
async function secretOf(path: string, passphrase?: Buffer): Promise<Uint8Array> {
  const { secretKey } = await readKeyFile(path, passphrase && (async () => passphrase));
  return secretKey.subarray(0, secretKey.length / 2);
}

/** Anybody may read these of a process of the same user: no passphrase is there, nor anywhere in memory. */
function assertUntold({ child: { pid = 0 } }: StartedService): void {
  for (const told of ['cmdline', 'environ']) {
    const content = readFileSync(`/proc/${pid}/${told}`, 'utf8');
    assert.match(content, /signer-core\.js|SIGNER_CORE_FOLDER/, 'it is what it should be');
    for (const each of Object.values(WORDS)) assert.equal(content.includes(each), false, told);
  }
  for (const each of Object.values(WORDS)) assert.equal(copiesInMemory(pid, Buffer.from(each)), 0, each);
}

describe('the hardened signer, by the commands of its units', () => {
  let program: ReturnType<typeof shippedProgram>;
  before(() => {
    program = shippedProgram();
  });
  after(() => program.remove());

  test('SIG-13 gives its key way to one under another passphrase, signs with that, and has one secret in memory at most', async () => {
    await using home = await signerHome(SCHEME);
    const folder = home.config.SIGNER_FOLDER;
    const oldSecret = await secretOf(join(folder, 'signer.key'));
    await sealKey({ folder, newPassphrase: async () => words('old') });
    const nextKey = await prepareRotation({ folder, passphrase: async () => words('next') });
    const nextSecret = await secretOf(join(folder, 'next', 'signer.key'), words('next'));
    await using signer = await hardenedSigner(program.folder, home, { prefix: LISTED_CALLS ?? [] });
    const { client, admin, core } = signer;
    const copies = () => [oldSecret, nextSecret].map((secret) => copiesInMemory(core.child.pid ?? 0, secret));
    assert.deepEqual(copies(), [0, 0]);
    await admin.unlock({ passphrase: words('old') });
    assert.deepEqual(copies(), [1, 0]);
    const { session } = await client.openSession({});
    await client.sign(await home.others.prepare(1, 0, session));

    const last = await handOver(client, home, session, nextKey);
    const custody = await admin.getCustody();
    assert.deepEqual(Buffer.from(custody.publicKey), Buffer.from(nextKey));
    assert.deepEqual([custody.epoch, custody.locked, custody.mode], [1n, true, 'active']);
    const scope = { ...home.others.scope(session), epoch: 1n };
    const report = { ...home.others.timeout(21, last), scope };
    assert.equal(await codeOf(client.sign(report)), 'SIGNER_LOCKED');
    assert.equal(await codeOf(admin.unlock({ passphrase: words('old') })), 'CRYPTO_SEAL_BROKEN');
    assert.deepEqual(copies(), [0, 0], 'neither by the rotation nor by the wrong passphrase');
    await admin.unlock({ passphrase: words('next') });
    const { signature } = await client.sign(report);
    assert.deepEqual(copies(), [0, 1]);
    assertUntold(core);
    const message = signingBytes(
      { chain: home.others.chain, protocol: 'hotstuff', epoch: toEpoch(1n) },
      timeoutStatement(toView(21n), { view: toView(20n), digest: last.digest }),
    );
    assert.equal(await schemeByName(SCHEME).verify(nextKey, message, signature), true);
    assert.equal(await schemeByName(SCHEME).verify(home.publicKey, message, signature), false);
    assert.equal(existsSync(join(folder, 'next')), false);
    assert.equal(await signer.stop(), 0);

    // The next start finds the files as they were left, and destroys the draft of a key that a crash left.
    writeFileSync(join(folder, 'signer.key.0123abcd.tmp'), 'half a key');
    await using again = await hardenedSigner(program.folder, home);
    await again.admin.unlock({ passphrase: words('next') });
    const repeated = await again.client.sign(report);
    assert.deepEqual([repeated.signature, repeated.repeatedSignature], [signature, true]);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
    assert.equal(await again.stop(), 0);
  });

  test('latches a machine that computes wrongly, over restarts, until its operator lifts that', async () => {
    await using home = await signerHome(SCHEME);
    const latch = join(home.config.SIGNER_FOLDER, 'signer.fault');
    const fault = join(program.folder, 'faulty-machine.js');
    writeFileSync(fault, FAULTY_MACHINE);
    const { others } = home;
    const lost = await (async () => {
      await using signer = await hardenedSigner(program.folder, home, { flags: ['--import', fault] });
      const { client, admin, core } = signer;
      const { session } = await client.openSession({});
      await client.sign(await others.prepare(1, 0, session));
      core.child.kill('SIGUSR2');
      const wanted = await others.prepare(2, 0, session);
      assert.equal(await codeOf(client.sign(wanted)), 'SIGNER_FAULT_DETECTED');
      assert.equal(statSync(latch).mode & 0o777, 0o600);
      // While the machine computes wrongly, nobody can lift the latch.
      assert.equal(await codeOf(admin.unlock({ passphrase: Buffer.alloc(0) })), 'CRYPTO_KEY_MISMATCH');
      assert.equal(await codeOf(client.sign(wanted)), 'SIGNER_LATCHED');
      assert.equal(await signer.stop(), 0);
      return wanted;
    })();
    await using signer = await hardenedSigner(program.folder, home);
    const { client, admin } = signer;
    assert.match((await admin.getCustody()).fault, /does not verify/);
    assert.equal(await codeOf(client.sign(lost)), 'SIGNER_LATCHED');
    await admin.unlock({ passphrase: Buffer.alloc(0) });
    assert.equal(existsSync(latch), false);
    assert.equal((await client.sign(lost)).repeatedSignature, false);
    assert.equal(await signer.stop(), 0);
  });

  test('is locked and unlocked by its operator, also by a credential of systemd at its start', async () => {
    await using home = await signerHome(SCHEME);
    await sealKey({ folder: home.config.SIGNER_FOLDER, newPassphrase: async () => words('old') });
    const credential = join(home.root, 'credentials', 'btcfed-passphrase');
    mkdirSync(join(home.root, 'credentials'), { mode: 0o700 });
    const env = { SIGNER_CORE_PASSPHRASE_FILE: credential };
    writeFileSync(credential, WORDS.next, { mode: 0o400 });
    await assert.rejects(
      hardenedSigner(program.folder, home, { env }),
      /ended with code 1: .*does not open/s,
    );
    rmSync(credential);
    writeFileSync(credential, WORDS.old, { mode: 0o400 });
    await using signer = await hardenedSigner(program.folder, home, { env });
    const { client, admin } = signer;
    const { session } = await client.openSession({});
    const wanted = await home.others.prepare(1, 0, session);
    await client.sign(wanted);
    await admin.lock();
    assert.equal(await codeOf(client.sign(wanted)), 'SIGNER_LOCKED');
    assert.equal(await codeOf(admin.unlock({ passphrase: words('next') })), 'CRYPTO_SEAL_BROKEN');
    await admin.unlock({ passphrase: words('old') });
    assert.equal((await client.sign(wanted)).repeatedSignature, true);
    assert.equal(await signer.stop(), 0);
  });

  test('starts for the first time in a folder that init made: it reserves space, and follows its mirror', async () => {
    await using home = await signerHome(SCHEME);
    const folder = home.config.SIGNER_FOLDER;
    const reserve = join(folder, 'signer.reserve');
    assert.equal(existsSync(reserve), false);
    const sequenceOf = async (): Promise<bigint> => {
      await using signer = await hardenedSigner(program.folder, home);
      const { session } = await signer.client.openSession({});
      await signer.client.sign(await home.others.prepare(Number(session), 0, session));
      const { auditHead } = await signer.admin.getCustody();
      assert.equal(await signer.stop(), 0);
      return auditHead?.sequence ?? 0n;
    };
    const first = await sequenceOf();
    const { size, mode, ino } = statSync(reserve);
    assert.deepEqual([size, mode & 0o777], [RESERVE_BYTES, 0o600]);
    assert.ok((await sequenceOf()) > first);
    assert.equal(statSync(reserve).ino, ino, 'it is kept');
    rmSync(join(folder, 'signer.mirror'));
    await using signer = await hardenedSigner(program.folder, home);
    assert.equal((await signer.admin.getCustody()).mode, 'quarantined');
    assert.equal(await signer.stop(), 0);
  });
});
