import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { strangerLimits } from '#services/consensus/adapters/client/limits.ts';
import { commitFloorMs } from '#services/launcher/core/floor.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import type { NodeFolderFacts } from './host-disk.ts';
import type { PortFacts, PortState } from './host-ports.ts';
import { OPEN_FILES_COMFORT } from './host-resources.ts';
import { type HostFacts, judgeHost } from './host-rules.ts';
import { capacities, decisionSignaturesMs } from './host-signatures.ts';

const DAY_MS = 86_400_000;
const MIB = 1_048_576;
const NOW_MS = Date.UTC(2026, 10, 26);
const CHAIN = {
  scheme: 'slh-dsa-sha2-128f',
  members: 4,
  votes: { votings: 3, path: 'leader' },
  viewTimeoutMs: 1_000,
  viewTimeoutMsMax: 16_000,
} as const;
const DATA: NodeFolderFacts = {
  path: '/home/m0/consensus',
  fileSystem: 'ext4',
  mountOptions: ['rw', 'relatime'],
  freeBytes: 5e9,
  of: 'the data',
  inodesFree: 1e6,
  logBytesMax: 0,
};
const LOGS: NodeFolderFacts = { ...DATA, path: '/home/m0/logs', of: 'the logs', logBytesMax: 110e6 };
const PORT: PortFacts = {
  service: 'consensus',
  key: 'services.client_address',
  address: '127.0.0.1:7101',
  state: { kind: 'free' },
};
const GATEWAY: PortFacts = {
  service: 'gateway',
  key: 'network.addresses',
  address: '/ip4/0.0.0.0/tcp/9000',
  state: { kind: 'free' },
};
const CERTIFICATE = { path: '/home/m0/tls/signer.crt', found: [life(-1, 3_650)] };
const COST = { scheme: 'slh-dsa-sha2-128f', signMs: 15, verifyMs: 1, isMeasured: true };
const SOUND: HostFacts = {
  home: '/home/m0',
  isRunning: false,
  versions: { nodeVersion: '24.21.0', opensslVersion: '3.5.8' },
  clock: {
    nowMs: NOW_MS,
    sources: [{ source: 'the kernel', isSynchronised: true, errorMs: 12 }],
    genesisTimeMs: NOW_MS - DAY_MS,
  },
  folders: [DATA, LOGS],
  sync: { samples: 50, medianMs: 0.4, worstMs: 2 },
  ports: [GATEWAY, PORT],
  certificates: [CERTIFICATE],
  modes: { paths: [{ path: '/home/m0', mode: 0o700, isOwn: true, isFolder: true }], exposures: [] },
  memory: { totalBytes: 4096 * MIB, availableBytes: 3000 * MIB, ownBytes: 0 },
  openFiles: { limit: 20_000, pid: undefined },
  swaps: [],
  signatures: { cores: 2, threads: 4, costs: [COST], chain: CHAIN },
};

/** A life that began so many days from now, and ends so many days from now. */
function life(fromDays: number, toDays: number) {
  return { notBeforeMs: NOW_MS + fromDays * DAY_MS, notAfterMs: NOW_MS + toDays * DAY_MS };
}

const failing = (change: Partial<HostFacts>) =>
  judgeHost({ ...SOUND, ...change }).filter(({ verdict }) => verdict !== 'ok');

/** `verdict name` of every check that is not well. */
function findings(change: Partial<HostFacts>): readonly string[] {
  for (const { verdict, cure } of judgeHost({ ...SOUND, ...change }))
    assert.equal(cure === '', verdict === 'ok');
  return failing(change).map(({ verdict, name }) => `${verdict} ${name}`);
}

const inClock = (change: Partial<HostFacts['clock']>) => ({ clock: { ...SOUND.clock, ...change } });
const inData = (change: Partial<NodeFolderFacts>) => ({ folders: [{ ...DATA, ...change }, LOGS] });
const inLogs = (change: Partial<NodeFolderFacts>) => ({ folders: [DATA, { ...LOGS, ...change }] });
const atPort = (state: PortState, isRunning = false, port: PortFacts = PORT) => ({
  isRunning,
  ports: port.service === 'gateway' ? [{ ...port, state }] : [GATEWAY, { ...port, state }],
});
const certified = (...found: readonly ReturnType<typeof life>[]) => ({
  certificates: [{ path: '/x.crt', found }],
});
const withMode = (mode: number, isFolder: boolean, isOwn = true) => ({
  modes: { paths: [{ path: '/home/m0/x', mode, isOwn, isFolder }], exposures: [] },
});
const inMemory = (availableMib: number, ownMib = 0) => ({
  memory: { totalBytes: 4096 * MIB, availableBytes: availableMib * MIB, ownBytes: ownMib * MIB },
});
const signing = (signMs: number, viewTimeoutMsMax: number = CHAIN.viewTimeoutMsMax) => ({
  signatures: { cores: 2, threads: 4, costs: [{ ...COST, signMs }], chain: { ...CHAIN, viewTimeoutMsMax } },
});
const synced = (medianMs: number) => ({ sync: { samples: 3, medianMs, worstMs: 2 * medianMs } });
const EXPOSURE = {
  path: '/home/m0/x',
  found: '/home/m0/x has mode 0644, others may read it',
  cure: 'run chmod 600 /home/m0/x',
};
const HOLDER = { pid: 77, name: 'nginx' };
const METRICS: PortFacts = { ...PORT, service: 'metrics', key: 'metrics.address' };

const FINDINGS: readonly (readonly [
  name: string,
  change: Partial<HostFacts>,
  expected: readonly string[],
])[] = [
  [
    'a clock that the kernel calls wrong',
    inClock({ sources: [{ source: 'the kernel', isSynchronised: false }] }),
    ['warning clock'],
  ],
  ['a clock that nobody knows of', inClock({ sources: [] }), ['warning clock']],
  ['a clock before the genesis', inClock({ genesisTimeMs: NOW_MS + 120_000 }), ['warning clock']],
  ['an old Node', { versions: { nodeVersion: '24.20.9', opensslVersion: '3.5.8' } }, ['failure node']],
  ['an old OpenSSL', { versions: { nodeVersion: '24.21.0', opensslVersion: '3.0.1' } }, ['failure openssl']],
  ['data in memory', inData({ fileSystem: 'tmpfs' }), ['failure file system of the data']],
  ['data on an unknown disk', inData({ fileSystem: undefined }), ['warning file system of the data']],
  [
    'data on a disk without barriers',
    inData({ mountOptions: ['nobarrier'] }),
    ['failure write barriers of the data'],
  ],
  [
    'data on a disk whose mount nobody knows',
    inData({ fileSystem: undefined, mountOptions: [] }),
    ['warning file system of the data', 'warning write barriers of the data'],
  ],
  ['little room for the data', inData({ freeBytes: 999e6 }), ['warning space of the data']],
  ['no room for the data', inData({ freeBytes: 99e6 }), ['failure space of the data']],
  ['logs with less room than they may take', inLogs({ freeBytes: 109e6 }), ['warning space of the logs']],
  ['no room for the logs', inLogs({ freeBytes: 19e6 }), ['failure space of the logs']],
  ['few inodes', inData({ inodesFree: 9_999 }), ['warning inodes of the data']],
  ['no inodes', inLogs({ inodesFree: 99 }), ['failure inodes of the logs']],
  // Seven syncs of a decision: a tenth of a view of a second, and half of it.
  ['slow syncs', synced(15), ['warning synced write']],
  ['syncs that fill the view', synced(72), ['failure synced write']],
  [
    'syncs that could not be tried',
    { sync: { fault: 'this user has no permission' } },
    ['warning synced write'],
  ],
  ['a taken port', atPort({ kind: 'taken', holder: HOLDER }), ['failure port of consensus']],
  ['a port taken by nobody known', atPort({ kind: 'taken' }), ['failure port of consensus']],
  [
    'the same while the node runs',
    atPort({ kind: 'taken' }, true),
    ['warning port of gateway', 'warning port of consensus'],
  ],
  [
    'a stranger beside a node that runs',
    atPort({ kind: 'taken', holder: HOLDER }, true),
    ['warning port of gateway', 'failure port of consensus'],
  ],
  ['a port of the system', atPort({ kind: 'refused', code: 'EACCES' }), ['failure port of consensus']],
  ['a name that no host has', atPort({ kind: 'nameless' }), ['failure port of consensus']],
  [
    'a signer whose host has no such name',
    atPort({ kind: 'nameless' }, false, { ...PORT, service: 'signer' }),
    ['failure port of signer'],
  ],
  ['two services at one port', atPort({ kind: 'shared', service: 'gateway' }), ['failure port of consensus']],
  ['an address of another machine', atPort({ kind: 'elsewhere' }), ['failure port of consensus']],
  [
    'a taken port of metrics',
    atPort({ kind: 'taken', holder: HOLDER }, false, METRICS),
    ['warning port of metrics'],
  ],
  ['a gateway without any address', atPort({ kind: 'taken' }, false, GATEWAY), ['failure port of gateway']],
  ['a certificate that expired', certified(life(-10, -1)), ['failure certificate']],
  ['one that expires now', certified(life(-10, 0)), ['failure certificate']],
  ['one of two that expired', certified(life(-10, 3_650), life(-10, -1)), ['failure certificate']],
  ['one that is not valid yet', certified(life(1, 365)), ['failure certificate']],
  ['one that ends in 29 days', certified(life(-100, 29)), ['warning certificate']],
  ['one of a week that ends in two days', certified(life(-5, 2)), ['warning certificate']],
  ['a file without a certificate', certified(), ['failure certificate']],
  [
    'a missing certificate',
    { certificates: [{ path: '/x.crt', found: 'missing' }] },
    ['failure certificate'],
  ],
  [
    'one that may not be read',
    { certificates: [{ path: '/x.crt', found: 'unreadable' }] },
    ['warning certificate'],
  ],
  ['a secret that others may read', withMode(0o640, false), ['failure mode']],
  ['a folder that others may write in', withMode(0o720, true), ['failure mode']],
  ['a folder that others may look into', withMode(0o755, true), ['warning mode']],
  ['a file of another user', withMode(0o600, false, false), ['failure owner']],
  ['a key that others may read', { modes: { paths: [], exposures: [EXPOSURE] } }, ['failure mode']],
  ['too little memory', inMemory(639), ['failure memory']],
  ['little memory', inMemory(1_279), ['warning memory']],
  ['swap', { swaps: ['/dev/sda2'] }, ['warning swap']],
  ['few open files', { openFiles: { limit: 2_047, pid: 77 } }, ['warning open files']],
  ['too few open files', { openFiles: { limit: 131, pid: 77 } }, ['failure open files']],
  ['a limit that cannot be seen', { openFiles: { limit: undefined, pid: 77 } }, ['warning open files']],
  ['one core', { signatures: { ...SOUND.signatures, cores: 1 } }, ['warning cores']],
  // Four signatures one after the other.
  ['signatures of half a view', signing(130), ['warning signatures']],
  ['signatures longer than any view', signing(130, 500), ['failure signatures']],
  [
    'a set that carries nobody',
    { signatures: { cores: 2, threads: 4, costs: [{ ...COST, signMs: 3_000 }], chain: undefined } },
    ['warning slh-dsa-sha2-128f'],
  ],
];

describe('btcfed doctor', () => {
  test('finds nothing on a sound machine', () => assert.deepEqual(findings({}), []));

  for (const [name, change, expected] of FINDINGS)
    test(`finds ${name}`, () => assert.deepEqual(findings(change), expected));

  for (const [name, change] of [
    [
      'a clock that one source calls right',
      inClock({
        sources: [
          { source: 'the kernel', isSynchronised: false },
          { source: 'chronyd', isSynchronised: true },
        ],
      }),
    ],
    ['a clock that is a minute before the genesis', inClock({ genesisTimeMs: NOW_MS + 60_000 })],
    ['a host without a chain', { signatures: { ...SOUND.signatures, chain: undefined } }],
    ['logs in memory', inLogs({ fileSystem: 'tmpfs' })],
    ['a file system without inodes', inData({ inodesFree: undefined })],
    ['syncs of 14 ms', synced(14)],
    ['a signer on a host of its own', atPort({ kind: 'elsewhere' }, false, { ...PORT, service: 'signer' })],
    [
      'a node that listens where it should',
      { isRunning: true, ports: [{ ...PORT, state: { kind: 'own' } }] },
    ],
    ['a certificate of a week that has three days left', certified(life(-4, 3))],
    ['a certificate of a year that has 31 days left', certified(life(-334, 31))],
    ['a secret for its user alone', withMode(0o400, false)],
    ['memory that the node itself holds', inMemory(700, 600)],
    ['no limit of open files', { openFiles: { limit: Infinity, pid: 77 } }],
    ['signatures of less than half a view', signing(120)],
  ] as const satisfies readonly (readonly [string, Partial<HostFacts>])[])
    test(`has no complaint of ${name}`, () => assert.deepEqual(findings(change), []));

  test('a gateway that can listen on one of its addresses starts: the other is a warning', () => {
    const other: PortFacts = { ...GATEWAY, address: '/ip6/::/tcp/9000', state: { kind: 'elsewhere' } };
    assert.deepEqual(findings({ ports: [GATEWAY, other] }), ['warning port of gateway']);
    assert.deepEqual(findings({ ports: [{ ...GATEWAY, state: { kind: 'taken' } }, other] }), [
      'failure port of gateway',
      'failure port of gateway',
    ]);
  });

  test('the cure of a view that is too short is one that the rules of the terms allow', () => {
    const cureOf = (change: Partial<HostFacts>) => failing(change).map(({ cure }) => cure);
    const [longer] = cureOf(signing(130));
    assert.match(longer ?? '', /--parameter view_timeout_ms=\d+" gives/);
    const [both] = cureOf(signing(130, 500));
    const [, first, longest] =
      /view_timeout_ms=(\d+) --parameter view_timeout_ms_max=(\d+)"/.exec(both ?? '') ?? [];
    assert.ok(Number(first) > 500 && Number(longest) >= Number(first), both);
  });

  test('nobody is told to kill the first process', () => {
    const cureOf = (pid: number) =>
      failing(atPort({ kind: 'taken', holder: { pid, name: 'x' } }))[0]?.cure ?? '';
    assert.match(cureOf(77), /^stop it \("kill 77"\), or change services/);
    assert.match(cureOf(1), /^"systemctl list-sockets" names its unit, stop that, or change services/);
  });

  test('a path whose exposure is told is not told a second time by its mode', () => {
    const { paths } = withMode(0o644, false).modes;
    assert.deepEqual(findings({ modes: { paths, exposures: [EXPOSURE] } }), ['failure mode']);
  });

  test('tells each figure with its unit', () => {
    const told = Object.fromEntries(judgeHost(SOUND).map(({ name, found }) => [name, found]));
    assert.equal(told['clock'], 'synchronised, says the kernel (at most 12 ms off)');
    assert.equal(told['space of the data'], '5000 MB free');
    assert.match(
      told['synced write'] ?? '',
      /^median 0\.4 ms, worst 2 ms of 50 in .*; the 7 of a decision take 2\.8 ms/,
    );
    assert.match(told['certificate'] ?? '', /signer\.crt until 2036-11-23, 3650 days left$/);
    assert.match(told['memory'] ?? '', /^3000 of 4096 MiB available; /);
    assert.match(
      told['slh-dsa-sha2-128f'] ?? '',
      /^sign 15\.0 ms, verify 1\.00 ms; decides within 1 s for up to \d+ members/,
    );
  });

  test('counts the time until a certificate of an hour ends in minutes', () => {
    const hour = { notBeforeMs: NOW_MS - 50 * 60_000, notAfterMs: NOW_MS + 10 * 60_000 };
    assert.match(failing(certified(hour))[0]?.found ?? '', /10 minutes left$/);
  });
});

describe('the cures of btcfed doctor', () => {
  const cures = FINDINGS.flatMap(([, change]) =>
    failing(change).map(({ name, cure }) => [name, cure] as const),
  );
  const SYSTEM =
    'apt-get|chmod|chown|date|du|findmnt|ip|kill|node|ps|ss|swapoff|systemctl|timedatectl|ulimit|vmstat';

  test('name a command each', () => {
    for (const [name, cure] of cures)
      assert.match(
        cure,
        new RegExp(String.raw`(?:^|"|run |, or |\(")(?:btcfed|${SYSTEM}) `),
        `${name}: ${cure}`,
      );
  });

  test('name no command of btcfed that there is not, and no option that it does not take', async () => {
    const named = new Set(cures.flatMap(([, cure]) => cure.match(/btcfed [^"]+/g) ?? []));
    assert.ok(named.size > 5);
    for (const line of named) {
      const typed = line.split(' ').slice(1);
      const options = typed.filter((word) => word.startsWith('--'));
      const words =
        options.length === 0
          ? typed
          : typed.slice(
              0,
              typed.findIndex((word) => word.startsWith('--')),
            );
      const { code, out } = await runCommandLine(...words, '--help');
      assert.equal(code, 0, line);
      assert.ok(out.startsWith(`Usage: ${['btcfed', ...words].join(' ')}`), `${line}: ${out.slice(0, 60)}`);
      for (const option of options) assert.ok(out.includes(` ${option} `), `${line}: ${option}`);
    }
  });
});

describe('the members that these cores carry', () => {
  const votes = CHAIN.votes;

  test('is the work of a decision shared by the cores of all members, each with a machine of its own', () => {
    const cost = { signMs: 1, verifyMs: 1 };
    const shared = commitFloorMs({ ...cost, members: 100, cores: 200, votes });
    assert.equal(decisionSignaturesMs(cost, { members: 100, cores: 2, threads: 4, votes }), shared);
  });

  test('is no less than a proposal and the votes one after the other, however many cores there are', () => {
    const cost = { signMs: 100, verifyMs: 10 };
    assert.equal(decisionSignaturesMs(cost, { members: 4, cores: 1_000, threads: 64, votes }), 4 * 110);
  });

  test('is the largest federation that decides in time, and none where four members do not', () => {
    const carried = (signMs: number, verifyMs: number) => {
      const cost = { ...COST, signMs, verifyMs };
      const [set] = capacities({ cores: 1, threads: 4, costs: [cost], chain: CHAIN });
      return [set?.membersWithinSecond, set?.membersWithinTenSeconds];
    };
    assert.deepEqual(carried(0.001, 0.001), [512, 512]);
    assert.deepEqual(carried(3_000, 1), [0, 0]);
    const [within = 0] = carried(15, 2);
    const ms = (members: number) =>
      decisionSignaturesMs({ signMs: 15, verifyMs: 2 }, { members, cores: 1, threads: 4, votes });
    assert.ok(within > 4 && within < 512 && ms(within) <= 1_000 && ms(within + 1) > 1_000, String(within));
  });

  test('grows with the cores, up to the threads that a service has', () => {
    const of = (cores: number, threads = 8) =>
      capacities({ cores, threads, costs: [{ ...COST, verifyMs: 5 }], chain: undefined })[0]
        ?.membersWithinSecond ?? 0;
    assert.ok(of(8) > of(2) && of(2) > of(1));
    assert.equal(of(64), of(8));
    assert.equal(of(64, 2), of(2), 'an operator who gives it two threads leaves cores idle');
  });
});

test('the limit of open files that is enough lets the client API have all its connections', () => {
  assert.equal(OPEN_FILES_COMFORT, 2 * strangerLimits(100).connectionsMax);
});
