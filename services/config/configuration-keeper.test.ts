import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { type ConfTextValues, confYaml } from '#libs/settings/conf-text.ts';
import { parseConfYaml } from '#libs/settings/conf-yaml.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import type { PeerEntry } from '#libs/settings/peer-entry.ts';
import { NO_PEERS } from '#libs/settings/peers-yaml.ts';
import { ConfigurationError } from '#libs/settings-files/configuration-error.ts';
import { FileImage } from '#libs/settings-files/file-image.ts';
import type { LoadedSettings } from '#libs/settings-files/home-files.ts';
import { ConfigurationKeeper } from './configuration-keeper.ts';
import type { Configuration } from './core/configuration.ts';
import type { Participant } from './ports.ts';

const privateKey = IdentityKey.fromSeed(new Uint8Array(32).fill(1)).secretBase64();

function settings(values: Partial<ConfTextValues> = {}, more: Partial<LoadedSettings> = {}): LoadedSettings {
  const text = confYaml({ privateKey, ...values });
  const { configuration, warnings } = parseConfYaml(text);
  const peers = more.peers ?? NO_PEERS;
  const peersImage = FileImage.of(JSON.stringify(peers));
  return { node: configuration, peers, warnings, confImage: FileImage.of(text), peersImage, ...more };
}

/** A keeper over files whose content is `files.now`. */
async function keeperOf(first: LoadedSettings, own: readonly Participant[] = []) {
  const log = memoryLogger();
  const published: bigint[] = [];
  const files = {
    now: async (): Promise<LoadedSettings> => first,
    copies: 0,
    saves: [] as (readonly PeerEntry[])[],
    reads: 0,
    open: async () => first,
    reload: async () => {
      files.reads += 1;
      return files.now();
    },
    keepCopies: async () => {
      files.copies += 1;
    },
    savePeers: async (_: LoadedSettings, memory: readonly PeerEntry[]) => {
      files.saves.push(memory);
      const list = { peers: memory, rejected: [] };
      return { list, image: FileImage.of(JSON.stringify(list)) };
    },
  };
  const events = { configurationChanged: (generation: bigint) => void published.push(generation) };
  const keeper = await ConfigurationKeeper.open({ files, events, log, own, nowS: () => 1_000 });
  return { keeper, files, log, published };
}

function messages(log: ReturnType<typeof memoryLogger>, level: string): string[] {
  return log.lines.filter((line) => line.level === level).map(({ message }) => message);
}

describe('ConfigurationKeeper', () => {
  test('P2P-55 puts a change into force, tells watchers and publishes it', async () => {
    const { keeper, files, log, published } = await keeperOf(settings());
    const watch = keeper.watch(new AbortController().signal)[Symbol.asyncIterator]();
    assert.equal((await watch.next()).value.generation, 1n);
    files.now = async () => settings({ logLevel: 'debug' });
    await keeper.reload('SIGHUP');
    assert.equal(keeper.current.node.logging.level, 'debug');
    assert.equal((await watch.next()).value.generation, 2n);
    assert.deepEqual(published, [2n]);
    assert.deepEqual(messages(log, 'info'), ['configuration key changed', 'configuration in force']);
  });

  test('P2P-54 keeps the old configuration when the files are refused, with one error line', async () => {
    const { keeper, files, log, published } = await keeperOf(settings());
    const before = keeper.current;
    files.now = async () => {
      throw new ConfigurationError('Failed to load configuration: x', {
        code: 'CONFIG_CONF_REFUSED',
        class: 'configuration',
      });
    };
    await keeper.reload('file changed');
    assert.equal(keeper.current, before);
    assert.deepEqual(published, []);
    assert.deepEqual(messages(log, 'error'), ['configuration refused, the one in force stays']);
    assert.equal(log.lines.filter(({ level }) => level !== 'debug').length, 1);

    files.now = async () => settings({ logLevel: 'warn' });
    await keeper.reload('file changed');
    assert.equal(keeper.current.generation, 2n);
  });

  test('P2P-58 merges a storm of requests into one reload that runs and one after it', async () => {
    const { keeper, files } = await keeperOf(settings());
    const gate = Promise.withResolvers<void>();
    let running = 0;
    files.now = async () => {
      running += 1;
      assert.equal(running, 1, 'two reloads at once');
      await gate.promise;
      running -= 1;
      return settings({ logLevel: files.reads === 2 ? 'error' : 'debug' });
    };
    const first = keeper.reload('SIGHUP');
    await new Promise(setImmediate);
    const all = [first, ...Array.from({ length: 20 }, () => keeper.reload('SIGHUP'))];
    gate.resolve();
    await Promise.all(all);
    assert.equal(files.reads, 2);
    assert.equal(keeper.current.node.logging.level, 'error');
  });

  test('P2P-58 never runs two reloads at once, whenever the requests come', async () => {
    const { keeper, files, log } = await keeperOf(settings());
    let running = 0;
    files.now = async () => {
      running += 1;
      assert.equal(running, 1, 'two reloads at once');
      if (files.reads < 5) void keeper.reload('SIGHUP');
      await new Promise(setImmediate);
      if (files.reads < 5) void keeper.reload('SIGHUP');
      running -= 1;
      return settings();
    };
    await keeper.reload('SIGHUP');
    for (let turn = 0; turn < 1_000 && files.reads < 5; turn++) await new Promise(setImmediate);
    await keeper.close();
    assert.equal(files.reads, 5);
    assert.deepEqual(messages(log, 'error'), []);
  });

  test('P2P-59 waits for a running reload when it is closed', async () => {
    const { keeper, files, published } = await keeperOf(settings());
    files.now = async () => {
      await new Promise(setImmediate);
      return settings({ logLevel: 'debug' });
    };
    void keeper.reload('SIGHUP');
    await keeper.close();
    assert.deepEqual(published, [2n]);
  });

  test('says once that a key needs a restart, and again when it comes back', async () => {
    const { keeper, files, log } = await keeperOf(settings());
    files.now = async () => settings({ clientAddress: '127.0.0.1:1' });
    await keeper.reload('SIGHUP');
    await keeper.reload('SIGHUP');
    assert.deepEqual(messages(log, 'warn'), ['configuration key needs a restart']);
    assert.equal(keeper.current.generation, 1n);
    files.now = async () => settings();
    await keeper.reload('SIGHUP');
    files.now = async () => settings({ clientAddress: '127.0.0.1:2' });
    await keeper.reload('SIGHUP');
    assert.equal(messages(log, 'warn').length, 2);
  });

  test('P2P-33 names each filtered peer and each warning once, not at every reload', async () => {
    const rejected = Array.from({ length: 102 }, (_, index) => ({ index, reason: 'bad' }));
    const bad = settings({}, { peers: { peers: [], rejected }, warnings: ['odd'] });
    const { keeper, log } = await keeperOf(bad);
    const warnings = messages(log, 'warn');
    assert.equal(warnings.filter((message) => message === 'peer filtered').length, 100);
    assert.deepEqual(log.lines.at(-1)?.fields, { file: 'peers.yaml', count: 2 });
    assert.deepEqual(warnings[0], 'configuration warning');
    await keeper.reload('file changed');
    assert.equal(messages(log, 'warn').length, warnings.length);
  });

  test('is quiet about a file event that changed nothing, and answers SIGHUP', async () => {
    const { keeper, log } = await keeperOf(settings());
    await keeper.reload('file changed');
    assert.deepEqual(
      log.lines.filter(({ level }) => level !== 'debug'),
      [],
    );
    await keeper.reload('SIGHUP');
    assert.deepEqual(messages(log, 'info'), ['configuration unchanged']);
  });

  test('ends the watches when it is closed', async () => {
    const { keeper } = await keeperOf(settings());
    const watch = keeper.watch(new AbortController().signal)[Symbol.asyncIterator]();
    await watch.next();
    const next = watch.next();
    await keeper.close();
    assert.equal((await next).done, true);
  });
});

/** A participant that notes its calls, and refuses when asked to. */
function participant(service: Participant['service'], notes: string[], refuse?: () => Error | undefined) {
  const proposals: Configuration[] = [];
  return {
    service,
    proposals,
    prepare: async (proposal: Configuration) => {
      notes.push(`${service} prepare`);
      proposals.push(proposal);
      const error = refuse?.();
      if (error !== undefined) throw error;
    },
    commit: async () => void notes.push(`${service} commit`),
    rollBack: async () => void notes.push(`${service} rollBack`),
    peersInForce: (peers: readonly PeerEntry[]) => void notes.push(`${service} peers ${peers.length}`),
  };
}

function refusal(errorClass: 'configuration' | 'recoverable'): ConfigurationError {
  const detail = { code: 'CONFIG_PARTICIPANT_REFUSED', class: errorClass, service: 'gateway' } as const;
  return new ConfigurationError('gateway refuses: port in use', detail);
}

describe('a reload as a transaction', () => {
  test('P2P-57 prepares all in the order of dependency, keeps copies, and then commits all', async () => {
    const notes: string[] = [];
    const own = (['consensus', 'gateway', 'signer'] as const).map((name) => participant(name, notes));
    const { keeper, files } = await keeperOf(settings(), own);
    files.now = async () => settings({ logLevel: 'debug' });
    files.keepCopies = async () => void notes.push(`copies at generation ${keeper.current.generation}`);
    const { outcome, liveKeys, generation } = await keeper.reload('SIGHUP');
    assert.deepEqual([outcome, liveKeys, generation], ['committed', ['logging.level'], 2n]);
    assert.deepEqual(notes, [
      'signer prepare',
      'gateway prepare',
      'consensus prepare',
      'copies at generation 1',
      'signer commit',
      'gateway commit',
      'consensus commit',
    ]);
  });

  test('P2P-57 P2P-60 rolls back everybody who was asked, in reverse, when one refuses', async () => {
    const notes: string[] = [];
    const own = [
      participant('signer', notes),
      participant('gateway', notes, () => refusal('configuration')),
      participant('consensus', notes),
    ];
    const { keeper, files, log, published } = await keeperOf(settings(), own);
    const before = keeper.current;
    files.now = async () => settings({ logLevel: 'debug' });
    const report = await keeper.reload('SIGHUP');
    assert.deepEqual(notes, ['signer prepare', 'gateway prepare', 'gateway rollBack', 'signer rollBack']);
    assert.deepEqual(
      [report.outcome, report.reason, report.errorClass, files.copies],
      ['rolled-back', 'gateway refuses: port in use', 'configuration', 0],
    );
    assert.deepEqual([keeper.current, published], [before, []]);
    assert.deepEqual(messages(log, 'error'), ['reload rolled back, every service keeps what was in force']);
    const phases = log.lines.filter(({ message }) => message === 'reload phase').map(({ fields }) => fields);
    assert.deepEqual(phases, [
      { phase: 'validating' },
      { phase: 'updating' },
      { phase: 'rolling_back' },
      { phase: 'failed' },
    ]);
    assert.equal(keeper.status().phase, 'failed');
  });

  test('P2P-57 P2P-62 P2P-65 rolls back when no copy of what was in force can be kept', async () => {
    const notes: string[] = [];
    const { keeper, files } = await keeperOf(settings(), [participant('gateway', notes)]);
    files.now = async () => settings({ connectionTimeoutMs: 11_000 });
    files.keepCopies = async () => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    const { outcome, errorClass } = await keeper.reload('SIGHUP');
    assert.deepEqual([outcome, errorClass], ['rolled-back', 'fatal']);
    assert.deepEqual(notes, ['gateway prepare', 'gateway rollBack']);
    assert.equal(keeper.current.node.connectionTimeoutMs, 10_000);
  });

  for (const [code, errorClass] of [
    ['FILE_LOCK_TIMEOUT', 'recoverable'],
    [undefined, 'configuration'],
    ['ENOSPC', 'fatal'],
    ['EACCES', 'fatal'],
  ] as const) {
    test(`P2P-65 the line of a refused configuration and its report tell the class: ${code} is ${errorClass}`, async () => {
      const { keeper, files, log } = await keeperOf(settings());
      files.now = () => Promise.reject(Object.assign(new Error('no'), code === undefined ? {} : { code }));
      const report = await keeper.reload('SIGHUP');
      assert.equal(report.errorClass, errorClass);
      const classes = log.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields['class']);
      assert.deepEqual(classes, [errorClass]);
      await keeper.close();
    });
  }

  test('P2P-57 one that fails after the decision changes nothing for the others', async () => {
    const notes: string[] = [];
    const lost = participant('signer', notes);
    lost.commit = () => Promise.reject(refusal('recoverable'));
    const { keeper, files, log } = await keeperOf(settings(), [lost, participant('consensus', notes)]);
    files.now = async () => settings({ logLevel: 'debug' });
    assert.equal((await keeper.reload('SIGHUP')).outcome, 'committed');
    assert.equal(notes.at(-1), 'consensus commit');
    assert.deepEqual(messages(log, 'error'), ['a service did not follow a reload and is told anew']);
  });

  test('P2P-61 asks nobody whose keys did not change', async () => {
    const notes: string[] = [];
    const own = [participant('gateway', notes), participant('consensus', notes)];
    const { keeper, files } = await keeperOf(settings(), own);
    files.now = async () => settings({ connectionTimeoutMs: 11_000 });
    await keeper.reload('SIGHUP');
    assert.deepEqual(notes, ['gateway prepare', 'gateway commit']);
  });

  test('P2P-63 a key of the next start is told once, and nothing comes into force', async () => {
    const notes: string[] = [];
    const consensus = participant('consensus', notes);
    const { keeper, files, published } = await keeperOf(settings(), [consensus]);
    files.now = async () => settings({ clientAddress: '127.0.0.1:9' });
    const report = await keeper.reload('SIGHUP');
    assert.deepEqual([report.outcome, report.restartKeys], ['committed', ['services.client_address']]);
    assert.notEqual(consensus.proposals[0]?.node.services.clientAddress, '127.0.0.1:9');
    assert.equal((await keeper.reload('SIGHUP')).outcome, 'unchanged');
    assert.deepEqual([notes.length, keeper.current.generation, published], [2, 1n, []]);
  });

  test('P2P-57 somebody who comes while a reload runs is told what is in force after it', async () => {
    const notes: string[] = [];
    const gate = Promise.withResolvers<void>();
    const slow = participant('signer', notes);
    slow.prepare = () => gate.promise;
    const { keeper, files } = await keeperOf(settings(), [slow]);
    files.now = async () => settings({ logLevel: 'debug' });
    const reload = keeper.reload('SIGHUP');
    let welcomed: bigint | undefined;
    const joined = keeper.join(participant('gateway', notes), ({ generation }) => {
      welcomed = generation;
    });
    gate.resolve();
    await Promise.all([reload, joined]);
    assert.deepEqual([welcomed, notes], [2n, ['signer commit']]);
    assert.deepEqual(keeper.status().participants, ['signer', 'gateway']);
  });

  test('P2P-68 tries again after a failure that may pass, and not after one that a person must mend', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const notes: string[] = [];
    let error: ConfigurationError | undefined = refusal('recoverable');
    const { keeper, files } = await keeperOf(settings(), [participant('gateway', notes, () => error)]);
    files.now = async () => settings({ connectionTimeoutMs: 11_000 });
    const settled = async () => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      await keeper.peer(new Uint8Array());
    };
    await keeper.reload('SIGHUP');
    t.mock.timers.tick(1_000);
    await settled();
    assert.deepEqual([keeper.status().lastReport?.trigger, files.reads], ['retry', 2]);
    error = refusal('configuration');
    t.mock.timers.tick(2_000);
    await settled();
    assert.equal(files.reads, 3);
    t.mock.timers.tick(60_000);
    await settled();
    assert.equal(files.reads, 3);
  });
});

describe('learned peers', () => {
  const peer = (fill: number, more: Partial<PeerEntry> = {}): PeerEntry => ({
    publicKey: new Uint8Array(32).fill(fill),
    addresses: [`/ip4/1.1.1.1/tcp/${fill}`],
    learned: true,
    lastSeenS: 900,
    ...more,
  });

  test('P2P-31 P2P-44 are in force at once, told to watchers, and on disk before the end', async () => {
    const { keeper, files, published } = await keeperOf(settings());
    const { rejected } = await keeper.updatePeers({ seen: [peer(5)], removed: [] });
    assert.deepEqual([rejected, published, keeper.current.generation], [[], [2n], 2n]);
    assert.deepEqual(keeper.peer(new Uint8Array(32).fill(5)), peer(5));
    assert.equal(keeper.status().unsavedPeerCount, 1);
    await keeper.close();
    assert.deepEqual([files.saves, keeper.status().unsavedPeerCount], [[[peer(5)]], 0]);
  });

  test('a peer that was seen again is no news for watchers', async () => {
    const { keeper, published } = await keeperOf(settings());
    await keeper.updatePeers({ seen: [peer(5)], removed: [] });
    await keeper.updatePeers({ seen: [peer(5, { lastSeenS: 950 })], removed: [] });
    assert.deepEqual(published, [2n]);
    assert.equal(keeper.peer(new Uint8Array(32).fill(5))?.lastSeenS, 950);
  });

  test('P2P-67 are told to who works with peers, between reloads, and once', async () => {
    const notes: string[] = [];
    const own = [participant('signer', notes), participant('gateway', notes)];
    const { keeper } = await keeperOf(settings(), own);
    await keeper.updatePeers({ seen: [peer(5), peer(6)], removed: [] });
    await keeper.updatePeers({ seen: [peer(5, { lastSeenS: 950 })], removed: [] });
    assert.deepEqual(notes, ['gateway peers 2']);
    await keeper.close();
    assert.deepEqual(notes, ['gateway peers 2']);
  });

  test('P2P-38 P2P-67 that a person adds while the file is written are told, too', async () => {
    const notes: string[] = [];
    const { keeper, files } = await keeperOf(settings(), [participant('gateway', notes)]);
    const write = files.savePeers;
    files.savePeers = (last, memory) => write(last, [...memory, peer(9)]);
    await keeper.updatePeers({ seen: [peer(5)], removed: [] });
    await keeper.close();
    assert.deepEqual(notes, ['gateway peers 1', 'gateway peers 2']);
  });

  test('P2P-38 P2P-67 a hand edit and a learned peer are both in force after a reload', async () => {
    const { keeper, files } = await keeperOf(settings());
    await keeper.updatePeers({ seen: [peer(5)], removed: [] });
    const byHand = { publicKey: new Uint8Array(32).fill(9), addresses: ['/ip4/1.1.1.1/tcp/9'] };
    files.now = async () => settings({}, { peers: { peers: [byHand], rejected: [] } });
    assert.equal((await keeper.reload('file changed')).outcome, 'committed');
    assert.deepEqual(keeper.current.peers.peers, [byHand, peer(5)]);
  });

  test('P2P-39 stay in memory while the file cannot be written, with one error line, and are written later', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { keeper, files, log } = await keeperOf(settings());
    const write = files.savePeers;
    files.savePeers = async () => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    };
    await keeper.updatePeers({ seen: [peer(5)], removed: [] });
    for (const pauseMs of [1_000, 1_000, 2_000]) {
      t.mock.timers.tick(pauseMs);
      await keeper.updatePeers({ seen: [], removed: [] });
    }
    assert.deepEqual(messages(log, 'error'), ['peers cannot be saved, the list in memory goes on']);
    assert.equal(keeper.current.peers.peers.length, 1);
    files.savePeers = write;
    await keeper.close();
    assert.deepEqual(messages(log, 'info').at(-1), 'peers are on disk again');
    assert.equal(files.saves.length, 1);
  });
});
