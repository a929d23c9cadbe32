import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseKeptByNpm } from './npm-options.ts';

const NAMES = ['members', 'exit', 'base-port'];

test('refuses options that npm took for its own, and says the line that was meant', () => {
  const refuse = (env: Record<string, string>, ...rest: string[]) =>
    refuseKeptByNpm({ npm_lifecycle_event: 'start', ...env }, NAMES, rest);
  assert.throws(() => refuse({ npm_config_members: 'true' }, '7'), /: npm start -- --members 7$/);
  assert.throws(
    () => refuse({ npm_config_base_port: '9000' }),
    /npm kept --base-port 9000 .*-- --base-port 9000$/,
  );
  assert.throws(
    () => refuse({ npm_config_exit: 'true' }),
    /npm kept --exit for itself; put two dashes before/,
  );
  const env = { npm_lifecycle_event: 'start', npm_config_exit: 'true' };
  assert.throws(() => refuseKeptByNpm(env, NAMES, [], ['kill', 'm2']), /: npm start -- kill m2 --exit$/);
  refuse({ npm_config_registry: 'x', npm_config_members: '' });
  refuseKeptByNpm({ npm_config_exit: 'true' }, NAMES, []);
});
