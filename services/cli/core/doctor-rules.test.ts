import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FolderFacts, judgeMachine, type MachineFacts } from './doctor-rules.ts';

const FOLDER: FolderFacts = {
  path: '/var/lib/signer',
  fileSystem: 'ext4',
  mountOptions: ['rw', 'relatime'],
  freeBytes: 5e9,
  files: [{ path: '/var/lib/signer/signer.key', mode: 0o600, isOwn: true }],
  isMirrorBeside: false,
  key: 'sealed',
};
const SOUND: MachineFacts = {
  nodeVersion: '24.21.0',
  opensslVersion: '3.5.8',
  cores: 2,
  poolSize: '6',
  swaps: [],
  coreLimit: '0',
  ptraceScope: 2,
  hasEcc: true,
  tokenProvider: undefined,
  folder: FOLDER,
};

/** `verdict name` of every check that is not well. */
function findings(change: Partial<MachineFacts>, folder: Partial<FolderFacts> = {}): string[] {
  const checks = judgeMachine({ ...SOUND, ...change, folder: { ...FOLDER, ...folder } });
  for (const { verdict, cure } of checks) assert.equal(cure === '', verdict === 'ok');
  return checks.filter(({ verdict }) => verdict !== 'ok').map(({ verdict, name }) => `${verdict} ${name}`);
}

describe('btcfed signer doctor', () => {
  test('finds nothing on a sound machine', () => assert.deepEqual(findings({}), []));

  for (const type of ['nfs', 'nfs4', 'tmpfs', 'overlay', 'cifs', '9p', 'ramfs']) {
    test(`refuses ${type}`, () =>
      assert.deepEqual(findings({}, { fileSystem: type }), ['failure file system']));
  }

  for (const [name, change, folder, expected] of [
    ['another file system', {}, { fileSystem: 'fuse' }, 'warning file system'],
    ['one that cannot be found out', {}, { fileSystem: undefined }, 'warning file system'],
    ['a disk without barriers', {}, { mountOptions: ['rw', 'nobarrier'] }, 'failure write barriers'],
    ['an old Node', { nodeVersion: '24.20.9' }, {}, 'failure node'],
    ['an old OpenSSL', { opensslVersion: '3.4.1' }, {}, 'failure openssl'],
    ['swap', { swaps: ['/dev/sda2'] }, {}, 'warning swap'],
    ['swap that cannot be found out', { swaps: undefined }, {}, 'warning swap'],
    ['core dumps', { coreLimit: 'unlimited' }, {}, 'warning core dumps'],
    ['ptrace for all', { ptraceScope: 0 }, {}, 'warning ptrace scope'],
    ['a kernel without Yama', { ptraceScope: undefined }, {}, 'warning ptrace scope'],
    ['memory without correction', { hasEcc: false }, {}, 'warning error-correcting memory'],
    ['the usual pool on four cores', { poolSize: undefined, cores: 4 }, {}, 'warning thread pool'],
    ['a mirror on the same disk', {}, { isMirrorBeside: true }, 'warning mirror'],
    ['no mirror', {}, { isMirrorBeside: undefined }, 'failure mirror'],
    ['a key in the clear', {}, { key: 'plain' }, 'warning key'],
    ['a token out of reach', { tokenProvider: 'no provider' }, { key: 'token' }, 'failure token'],
    ['no key', {}, { key: undefined }, 'failure key'],
    ['little room', {}, { freeBytes: 1e6 }, 'warning space'],
    ['a file for others', {}, { files: [{ path: '/k', mode: 0o640, isOwn: true }] }, 'failure mode'],
    ['a file of another user', {}, { files: [{ path: '/k', mode: 0o600, isOwn: false }] }, 'failure owner'],
  ] as const) {
    test(`finds ${name}`, () => assert.deepEqual(findings(change, folder), [expected]));
  }

  test('takes newer versions, also of a new major number', () => {
    assert.deepEqual(findings({ nodeVersion: '25.0.0', opensslVersion: '4.0.0' }), []);
  });
});
