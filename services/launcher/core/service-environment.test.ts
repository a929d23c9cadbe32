import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadConfig } from '#libs/service/load-config.ts';
import { configConfig } from '#services/config/config.ts';
import { consensusConfig } from '#services/consensus/config.ts';
import { gatewayConfig } from '#services/gateway/config.ts';
import { signerConfig } from '#services/signer/config.ts';
import type { MemberFacts } from './member-facts.ts';
import { memberPaths } from './member-home.ts';
import { serviceEnvironment } from './service-environment.ts';
import { SERVICE_NAMES } from './service-names.ts';

const facts: MemberFacts = {
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
    file: { path: '/homes/m0/logs/x.log', sizeBytesMax: 1024 },
    console: 'off',
    place: { folder: '/homes/m0/logs', terminal: 'plain' },
  },
  passphraseFile: '/run/credentials/passphrase',
  snapshotBlocks: '5000',
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
    const token = { OPENSSL_CONF: '/etc/btcfed/openssl.cnf', P11_KIT_SERVER_ADDRESS: undefined };
    for (const name of SERVICE_NAMES) {
      const told = serviceEnvironment(name, { ...facts, token });
      assert.equal(told['OPENSSL_CONF'], name === 'signer' ? '/etc/btcfed/openssl.cnf' : undefined);
      assert.equal('P11_KIT_SERVER_ADDRESS' in told, false);
      loadConfig(name, SCHEMAS[name], told);
    }
  });

  test('F-16: the signer is told a niceness that a person set, and else none', () => {
    assert.equal('SIGNER_NICENESS' in serviceEnvironment('signer', facts), false);
    assert.equal(serviceEnvironment('signer', { ...facts, niceness: '5' })['SIGNER_NICENESS'], '5');
  });

  test('P2P-94 a service is told where to serve its metrics, where that is set', () => {
    const metrics = { signer: '127.0.0.1:9465' };
    assert.equal(
      serviceEnvironment('signer', { ...facts, metrics })['SIGNER_METRICS_LISTEN'],
      '127.0.0.1:9465',
    );
    assert.equal(serviceEnvironment('gateway', { ...facts, metrics })['GATEWAY_METRICS_LISTEN'], undefined);
    const env = serviceEnvironment('signer', { ...facts, metrics });
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

  test('the process with the key learns nothing about events', () => {
    assert.doesNotMatch(JSON.stringify(serviceEnvironment('signer', facts)), /NATS|nats/);
  });
});
