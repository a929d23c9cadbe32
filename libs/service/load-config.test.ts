import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { z } from 'zod';
import { ConfigError, type Environment, loadConfig } from './load-config.ts';

const schema = z.strictObject({
  SIGNER_LISTEN: z.string().min(3),
  SIGNER_RETRIES: z.coerce.number().int().default(4),
});

const load = (env: Environment) => loadConfig('signer', schema, env);

function refusal(env: Environment): string {
  try {
    load(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return assert.fail('accepted');
}

describe('loadConfig', () => {
  test('reads what has the prefix of the service and nothing else', () => {
    const { config, platform } = load({ SIGNER_LISTEN: 'a:1', GATEWAY_LISTEN: 'b', PATH: '/bin' });
    assert.deepEqual(config, { SIGNER_LISTEN: 'a:1', SIGNER_RETRIES: 4 });
    assert.deepEqual(platform, {
      LOG_LEVEL: 'info',
      LOG_FILE_BYTES_MAX: 10_485_760,
      LOG_FILE_COUNT_MAX: 10,
      LOG_TERMINAL: 'none',
      STOP_TIMEOUT_MS: 5000,
      TRACING_SAMPLE: 1,
    });
    assert.ok(Object.isFrozen(config));
  });

  test('takes platform settings without their being in the schema', () => {
    const { platform } = load({ SIGNER_LISTEN: 'a:1', SIGNER_LOG_LEVEL: 'debug', SIGNER_LOG_FILE: '/x' });
    assert.deepEqual(platform, {
      LOG_LEVEL: 'debug',
      LOG_FILE: '/x',
      LOG_FILE_BYTES_MAX: 10_485_760,
      LOG_FILE_COUNT_MAX: 10,
      LOG_TERMINAL: 'none',
      STOP_TIMEOUT_MS: 5000,
      TRACING_SAMPLE: 1,
    });
  });

  test('gives a platform setting to a schema that declares it, also behind a transform', () => {
    const declaring = z.strictObject({ SIGNER_LOG_LEVEL: z.string() });
    assert.deepEqual(loadConfig('signer', declaring, { SIGNER_LOG_LEVEL: 'warn' }).config, {
      SIGNER_LOG_LEVEL: 'warn',
    });
    const piped = declaring.transform((all) => all.SIGNER_LOG_LEVEL);
    assert.equal(loadConfig('signer', piped, { SIGNER_LOG_LEVEL: 'warn' }).config, 'warn');
  });

  test('turns a dash in the name into an underscore', () => {
    const one = z.strictObject({ LIGHT_CLIENT_X: z.string() });
    assert.equal(loadConfig('light-client', one, { LIGHT_CLIENT_X: 'y' }).config.LIGHT_CLIENT_X, 'y');
  });

  test('names every bad field and shows no value', () => {
    const message = refusal({
      SIGNER_LISTEN: 'h2',
      SIGNER_RETRIES: 'hunter2',
      SIGNER_PASWORD: 'hunter2',
      SIGNER_LOG_LEVEL: 'hunter2',
    });
    for (const name of ['SIGNER_LISTEN', 'SIGNER_RETRIES', 'SIGNER_PASWORD: unknown', 'SIGNER_LOG_LEVEL']) {
      assert.match(message, new RegExp(name));
    }
    assert.doesNotMatch(message, /hunter2|h2/);
  });

  test('names a field that is missing', () => {
    assert.match(refusal({}), /SIGNER_LISTEN/);
    assert.match(refusal({ SIGNER_LISTEN: undefined }), /SIGNER_LISTEN/);
  });
});
