import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PASSED_ON } from '#services/launcher/core/passed-on.ts';
import { coreConfig } from '#services/signer/config-core.ts';
import { judgeMachine } from './doctor-rules.ts';
import type { FolderFacts, MachineFacts, ProcessFacts } from './machine-facts.ts';

const FOLDER: FolderFacts = {
  path: '/var/lib/signer',
  fileSystem: 'ext4',
  mountOptions: ['rw', 'relatime'],
  freeBytes: 5e9,
  files: [{ path: '/var/lib/signer/signer.key', mode: 0o600, isOwn: true }],
  isMirrorBeside: false,
  key: 'sealed',
};
const CORE: ProcessFacts = {
  corePid: 77,
  nodeVersion: '24.21.0',
  opensslVersion: '3.5.8',
  poolSize: '6',
  coreLimit: '0',
  swappedKib: 0,
  hasWritableCode: false,
};
const SOUND: MachineFacts = {
  process: CORE,
  cores: 2,
  swaps: [],
  ptraceScope: 2,
  hasEcc: true,
  tokenProvider: undefined,
  folder: FOLDER,
};

const inCore = (change: Partial<ProcessFacts>) => ({ process: { ...CORE, ...change } });

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
    ['an old Node', inCore({ nodeVersion: '24.20.9' }), {}, 'failure node'],
    ['an old OpenSSL', inCore({ opensslVersion: '3.4.1' }), {}, 'failure openssl'],
    ['swap', { swaps: ['/dev/sda2'] }, {}, 'warning swap'],
    ['swap that cannot be found out', { swaps: undefined }, {}, 'warning swap'],
    ['core dumps', inCore({ coreLimit: 'unlimited' }), {}, 'warning core dumps'],
    ['a limit of dumps that cannot be seen', inCore({ coreLimit: undefined }), {}, 'warning core dumps'],
    ['no core that answers', inCore({ corePid: undefined }), {}, 'warning process'],
    ['memory of the core on swap', inCore({ swappedKib: 4 }), {}, 'failure memory on swap'],
    ['memory that cannot be seen', inCore({ swappedKib: undefined }), {}, 'warning memory on swap'],
    [
      'memory to write and execute',
      inCore({ hasWritableCode: true }),
      {},
      'warning memory to write and execute',
    ],
    [
      'maps that cannot be seen',
      inCore({ hasWritableCode: undefined }),
      {},
      'warning memory to write and execute',
    ],
    ['ptrace for all', { ptraceScope: 0 }, {}, 'warning ptrace scope'],
    ['a kernel without Yama', { ptraceScope: undefined }, {}, 'warning ptrace scope'],
    ['memory without correction', { hasEcc: false }, {}, 'warning error-correcting memory'],
    [
      'the usual pool on five cores',
      { ...inCore({ poolSize: undefined }), cores: 5 },
      {},
      'warning thread pool',
    ],
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

  test('advises no variable but those that "btcfed node" or a core of its own takes', () => {
    const checks = judgeMachine({ ...SOUND, folder: { ...FOLDER, isMirrorBeside: true } });
    const advised = checks.flatMap(({ cure }) => cure.match(/\bSIGNER_\w+/g) ?? []);
    const taken: readonly string[] = [...PASSED_ON.signer, ...Object.keys(coreConfig.shape)];
    assert.deepEqual(advised, ['SIGNER_MIRROR_FILE', 'SIGNER_CORE_MIRROR_FILE']);
    assert.ok(advised.every((name) => taken.includes(name)));
  });

  test('finds nothing in a thread for each core, and in 64 of them on more cores, as "btcfed node" sets it', () => {
    for (const [poolSize, cores] of [
      [undefined, 4],
      ['5', 5],
      ['64', 192],
    ] as const)
      assert.deepEqual(findings({ ...inCore({ poolSize }), cores }), []);
  });

  test('takes newer versions, also of a new major number', () => {
    assert.deepEqual(findings(inCore({ nodeVersion: '25.0.0', opensslVersion: '4.0.0' })), []);
  });
});
