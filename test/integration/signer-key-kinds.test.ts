import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { toDigest, toEpoch, toHeight, toView, ZERO_DIGEST } from '#libs/chain/ids.ts';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { headBytes } from '#libs/protocol/audit-head.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { blockStatement } from '#libs/protocol/hotstuff/statements.ts';
import { openCore } from '#services/signer/running/open-core.ts';
import { METHODS } from '#services/signer/socket/core-frames.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { signerHome } from '#test/support/signer/signer-home.ts';

const CHAIN = toDigest('c'.repeat(64));
const ED25519_BYTES = 32;

/** The raw public key of an Ed25519 key in PEM. */
function publicOf(pem: Buffer): string {
  const key = createPrivateKey(pem);
  assert.equal(key.asymmetricKeyType, 'ed25519');
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
}

test('SIG-19 a member votes with one key, is known on the network by another, and signs its audit log with a third', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-kinds-'));
  try {
    const { code, notes } = await runCommandLine('testnet', '--members', '4', '--out', join(folder, 'net'));
    assert.equal(code, 0, notes);
    const genesis = JSON.parse(readFileSync(join(folder, 'net', 'm0', 'genesis.json'), 'utf8'));
    assert.match(genesis.scheme, /^slh-dsa-/);
    const keys = new Set<string>();
    for (const [index, member] of genesis.members.entries()) {
      const home = join(folder, 'net', `m${index}`);
      const audit = publicOf(readFileSync(join(home, 'signer', 'audit.key')));
      const gateway = Buffer.from(member.gateway_public_key, 'base64');
      const { node } = parse(readFileSync(join(home, 'conf.yaml'), 'utf8'));
      const seedAndKey = Buffer.from(node.private_key, 'base64');
      assert.deepEqual(seedAndKey.subarray(ED25519_BYTES), gateway);
      const sealed = readFileSync(join(home, 'signer', 'signer.key'), 'utf8');
      assert.ok(!sealed.includes(seedAndKey.subarray(0, ED25519_BYTES).toString('hex')));
      for (const key of [member.consensus_public_key, gateway.toString('hex'), audit]) keys.add(key);
    }
    assert.equal(keys.size, 3 * genesis.members.length, 'no key is of two kinds or of two members');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('SIG-19 what one kind of key signs is nothing that another one signs, and nobody can ask for other bytes', () => {
  const scope = { chain: CHAIN, protocol: 'hotstuff', epoch: toEpoch(0n) };
  const view = toView(1n);
  const vote = signingBytes(
    scope,
    blockStatement('prepare', view, { height: toHeight(1n), digest: ZERO_DIGEST }),
  );
  const head = headBytes(
    { chain: CHAIN, publicKey: new Uint8Array(32) },
    { sequence: 1n, hash: new Uint8Array(32) },
  );
  assert.notDeepEqual(vote.subarray(0, 24), head.subarray(0, 24), 'each begins with a tag of its own');
  // Typed requests only: votes of consensus and of members. No "sign these bytes", and no spending of bitcoin.
  assert.deepEqual(
    Object.keys(METHODS)
      .filter((name) => name.startsWith('sign'))
      .toSorted(),
    ['sign', 'signAutomaticVote', 'signMembershipVote'],
  );
  const manifest = readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8');
  const packages = Object.keys(JSON.parse(manifest).dependencies);
  assert.deepEqual(
    packages.filter((name) => /secp256k1|bitcoin|taproot|frost|noble\/curves/.test(name)),
    [],
  );
});

test('SIG-20 whatever becomes of SHA-256, a chain can be begun with the sets that do without it', async () => {
  const others = schemeNames().filter((name) => name.includes('shake'));
  assert.equal(others.length, schemeNames().length / 2, 'each set has a twin');
  await using home = await signerHome('slh-dsa-shake-128f');
  const options = { folder: home.config.SIGNER_FOLDER, protocol: 'hotstuff', backend: 'auto' } as const;
  const core = await openCore({ ...options, log: memoryLogger(), onServing: () => {} });
  try {
    const { session } = await core.api.openSession();
    const { signature } = await core.api.sign(await home.others.prepare(1, 0, session));
    assert.equal(signature.length, 17_088);
    assert.equal((await core.api.getSigner()).scheme, 'slh-dsa-shake-128f');
  } finally {
    await core.close();
  }
});
