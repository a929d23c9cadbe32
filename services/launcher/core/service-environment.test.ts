import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadConfig, platformSettings } from '#libs/service/load-config.ts';
import { configConfig } from '#services/config/config.ts';
import { consensusConfig } from '#services/consensus/config.ts';
import { gatewayConfig } from '#services/gateway/config.ts';
import { signerConfig } from '#services/signer/config.ts';
import type { LaunchFacts } from './launch-facts.ts';
import { memberPaths } from './member-home.ts';
import { ofSeveralMembers, PASSED_ON } from './passed-on.ts';
import { serviceEnvironment } from './service-environment.ts';
import { SERVICE_NAMES } from './service-names.ts';

const facts: LaunchFacts = {
  name: 'm0',
  paths: memberPaths('/homes/m0'),
  chainId: 'local',
  hasChain: true,
  clientTls: undefined,
  clientAddress: '127.0.0.1:7101',
  signerAddress: '127.0.0.1:7102',
  natsUrl: 'nats://127.0.0.1:4222',
  log: {
    level: 'warn',
    file: { path: '/homes/m0/logs/x.log', sizeBytesMax: 1024, fileCountMax: 3 },
    console: 'off',
    place: { folder: '/homes/m0/logs', terminal: 'plain' },
  },
  passedOn: { SIGNER_PASSPHRASE_FILE: '/run/credentials/passphrase', CONSENSUS_SNAPSHOT_BLOCKS: '5000' },
};

const SCHEMAS = {
  config: configConfig,
  signer: signerConfig,
  gateway: gatewayConfig,
  consensus: consensusConfig,
};

describe('serviceEnvironment', () => {
  for (const name of SERVICE_NAMES) {
    test(`the ${name} service accepts its settings, with events and without`, () => {
      const { platform } = loadConfig(name, SCHEMAS[name], serviceEnvironment(name, facts));
      assert.equal(platform.LOG_LEVEL, 'warn');
      assert.equal(platform.LOG_FILE, '/homes/m0/logs/x.log');
      assert.equal(platform.LOG_FILE_BYTES_MAX, 1024);
      assert.equal(platform.LOG_FILE_COUNT_MAX, 3);
      assert.equal(platform.LOG_CONSOLE, 'off');
      assert.deepEqual([platform.LOG_FOLDER, platform.LOG_TERMINAL], ['/homes/m0/logs', 'plain']);
      loadConfig(name, SCHEMAS[name], serviceEnvironment(name, { ...facts, natsUrl: undefined }));
    });

    test(`the ${name} service is told nothing that is not its own`, () => {
      const prefix = `${name.toUpperCase()}_`;
      const names = Object.keys(serviceEnvironment(name, facts));
      assert.deepEqual(
        names.filter((each) => !each.startsWith(prefix)),
        [],
      );
    });
  }

  test('the signer alone is told how to find the token of its key', () => {
    const passedOn = {
      OPENSSL_CONF: '/etc/btcfed/openssl.cnf',
      P11_KIT_SERVER_ADDRESS: undefined,
      SIGNER_BACKEND: '',
    };
    for (const name of SERVICE_NAMES) {
      const told = serviceEnvironment(name, { ...facts, passedOn });
      assert.equal(told['OPENSSL_CONF'], name === 'signer' ? '/etc/btcfed/openssl.cnf' : undefined);
      assert.equal('P11_KIT_SERVER_ADDRESS' in told, false);
      loadConfig(name, SCHEMAS[name], told);
    }
  });

  test('F-16: the signer is told a niceness that a person set, and else none', () => {
    assert.equal('SIGNER_NICENESS' in serviceEnvironment('signer', facts), false);
    const passedOn = { SIGNER_NICENESS: '5' };
    assert.equal(serviceEnvironment('signer', { ...facts, passedOn })['SIGNER_NICENESS'], '5');
  });

  test('the signer of one node is told where the mirror of its record lies, and the signers of several are not', () => {
    const passedOn = { SIGNER_MIRROR_FILE: '/mnt/other-disk/m0.mirror', SIGNER_NICENESS: '5' };
    const told = serviceEnvironment('signer', { ...facts, passedOn });
    assert.equal(
      loadConfig('signer', signerConfig, told).config.SIGNER_MIRROR_FILE,
      '/mnt/other-disk/m0.mirror',
    );
    const ofMany = serviceEnvironment('signer', { ...facts, passedOn: ofSeveralMembers(passedOn) });
    assert.deepEqual([ofMany['SIGNER_MIRROR_FILE'], ofMany['SIGNER_NICENESS']], [undefined, '5']);
  });

  test('F-44: each service is told to show its metrics on a socket of the home, and the names in their labels', () => {
    const member = { ...facts, metricsAddress: '[::1]:9100' };
    const told = SERVICE_NAMES.map((name) =>
      loadConfig(name, SCHEMAS[name], serviceEnvironment(name, member)),
    );
    const labels = { METRICS_MEMBER: 'm0', METRICS_CHAIN: 'local' };
    for (const [at, { platform }] of told.entries()) {
      const service = SERVICE_NAMES[at] ?? assert.fail();
      const { METRICS_LISTEN, METRICS_MEMBER, METRICS_CHAIN } = platform;
      assert.equal(METRICS_LISTEN, `unix:${facts.paths.metricsSockets[service]}`);
      assert.deepEqual({ METRICS_MEMBER, METRICS_CHAIN }, labels);
    }
  });

  test('F-44: a variable of the caller wins over conf.yaml, for its service alone', () => {
    const passedOn = { GATEWAY_METRICS_LISTEN: '10.0.0.1:1' };
    const listen = (name: (typeof SERVICE_NAMES)[number], metricsAddress?: string) =>
      serviceEnvironment(name, { ...facts, passedOn, metricsAddress })[
        `${name.toUpperCase()}_METRICS_LISTEN`
      ];
    assert.equal(listen('gateway', '127.0.0.1:7106'), '10.0.0.1:1');
    assert.equal(listen('consensus', '127.0.0.1:7106'), `unix:${facts.paths.metricsSockets.consensus}`);
    assert.deepEqual([listen('gateway'), listen('consensus')], ['10.0.0.1:1', undefined]);
  });

  test('P2P-94 a service is told where to serve its metrics, where that is set', () => {
    const passedOn = { SIGNER_METRICS_LISTEN: '127.0.0.1:9465' };
    const env = serviceEnvironment('signer', { ...facts, passedOn });
    assert.equal(env['SIGNER_METRICS_LISTEN'], '127.0.0.1:9465');
    assert.equal(serviceEnvironment('gateway', { ...facts, passedOn })['GATEWAY_METRICS_LISTEN'], undefined);
    assert.equal(loadConfig('signer', signerConfig, env).platform.METRICS_LISTEN, '127.0.0.1:9465');
  });

  test('F-04: a service gets its own key of the nats-server, and the signer none', () => {
    const natsUrls = { config: 'nats://c@x', gateway: 'nats://g@x', consensus: 'nats://k@x' };
    const told = SERVICE_NAMES.map((name) =>
      serviceEnvironment(name, { ...facts, natsUrl: undefined, natsUrls }),
    );
    const urls = told.map((env, at) => env[`${SERVICE_NAMES[at]?.toUpperCase()}_NATS_URL`]);
    assert.deepEqual(urls, ['nats://c@x', undefined, 'nats://g@x', 'nats://k@x']);
  });

  test('the signer is told the protocol of the genesis, and one without a chain none', () => {
    const told = serviceEnvironment('signer', { ...facts, protocol: 'pbft' });
    assert.equal(loadConfig('signer', signerConfig, told).config.SIGNER_PROTOCOL, 'pbft');
    assert.equal('SIGNER_PROTOCOL' in serviceEnvironment('signer', facts), false);
  });

  test('the process with the key learns nothing about events', () => {
    assert.doesNotMatch(JSON.stringify(serviceEnvironment('signer', facts)), /NATS|nats/);
  });
});

/** Settings of a service that nothing here sets, with the reason. */
const LEFT_ALONE: Readonly<Record<string, string>> = {
  SIGNER_CLIENT_NAME: 'the certificates of a home have the name that is the default',
  CONSENSUS_SIGNER_NAME: 'the certificates of a home have the name that is the default',
  CONFIG_STOP_TIMEOUT_MS: 'the supervisor bounds the stop of every service by itself',
  SIGNER_STOP_TIMEOUT_MS: 'the supervisor bounds the stop of every service by itself',
  GATEWAY_STOP_TIMEOUT_MS: 'the supervisor bounds the stop of every service by itself',
  CONSENSUS_STOP_TIMEOUT_MS: 'the supervisor bounds the stop of every service by itself',
};

/** A member with every setting. */
const TOLD_ALL: LaunchFacts = {
  ...facts,
  protocol: 'hotstuff',
  clientTls: { certificate: '/tls/client.crt', key: '/tls/client.key', ca: '/tls/ca.crt' },
};

test('the collector of conf.yaml is told to all services but the signer, and a variable of the caller wins', () => {
  const tracing = { endpoint: 'http://127.0.0.1:4318', sample: 0.5 };
  const told = (service: (typeof SERVICE_NAMES)[number], passedOn = {}) =>
    Object.entries(serviceEnvironment(service, { ...facts, tracing, passedOn }))
      .filter(([name]) => name.includes('_TRACING_'))
      .map(([, value]) => value);
  for (const service of ['config', 'gateway', 'consensus'] as const) {
    assert.deepEqual(told(service), ['http://127.0.0.1:4318', '0.5']);
  }
  // The process with the key calls nobody, unless a person says so to it.
  assert.deepEqual(told('signer'), []);
  assert.deepEqual(told('signer', { SIGNER_TRACING_ENDPOINT: 'http://c' }), ['http://c']);
  assert.deepEqual(told('consensus', { CONSENSUS_TRACING_ENDPOINT: 'http://c' }), ['http://c', '0.5']);
});

test('facts of transactions are asked of consensus where conf.yaml does, and a variable of the caller wins', () => {
  const told = (service: (typeof SERVICE_NAMES)[number], more: Partial<LaunchFacts>) =>
    serviceEnvironment(service, { ...facts, ...more })['CONSENSUS_TRANSACTION_EVENTS'];
  assert.equal(told('consensus', { transactionEvents: true }), 'on');
  assert.equal(told('consensus', { transactionEvents: false }), undefined);
  assert.equal(told('gateway', { transactionEvents: true }), undefined);
  const passedOn = { CONSENSUS_TRANSACTION_EVENTS: 'off' };
  assert.equal(told('consensus', { transactionEvents: true, passedOn }), 'off');
});

describe('no setting of a service is forgotten', () => {
  for (const service of SERVICE_NAMES) {
    test(`the ${service} service: each comes from the home or from the caller, or has a reason not to`, () => {
      const prefix = `${service.toUpperCase()}_`;
      const all = [
        ...Object.keys(SCHEMAS[service].shape),
        ...Object.keys(platformSettings.shape).map((name) => prefix + name),
      ];
      const fromHome = [TOLD_ALL, { ...TOLD_ALL, hasClientMatrix: true }].flatMap((member) =>
        Object.keys(serviceEnvironment(service, member)),
      );
      const known = new Set<string>([...fromHome, ...PASSED_ON[service], ...Object.keys(LEFT_ALONE)]);
      assert.deepEqual(
        all.filter((name) => !known.has(name)),
        [],
      );
      const dead = Object.keys(LEFT_ALONE).filter((name) => name.startsWith(prefix) && !all.includes(name));
      assert.deepEqual(dead, []);
    });
  }

  test('what is passed on reaches its service and no other', () => {
    const names = Object.values(PASSED_ON).flat();
    const passedOn = Object.fromEntries(names.map((name) => [name, '1']));
    for (const service of SERVICE_NAMES) {
      const told = Object.keys(serviceEnvironment(service, { ...facts, passedOn }));
      const reached = told.filter((name) => names.some((each) => each === name));
      assert.deepEqual(reached.sort(), [...PASSED_ON[service]].sort());
    }
  });
});
