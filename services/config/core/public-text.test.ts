import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { confYaml } from '#libs/settings/conf-text.ts';
import { parseConfYaml } from '#libs/settings/conf-yaml.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { NO_PEERS } from '#libs/settings/peers-yaml.ts';
import { firstConfiguration } from './configuration.ts';
import { publicText } from './public-text.ts';

const SNAKE_CASE = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;

const privateKey = IdentityKey.fromSeed(new Uint8Array(32).fill(1)).secretBase64();
const natsUrl = 'nats://reader:password@127.0.0.1:4222';
const { configuration: node, warnings } = parseConfYaml(confYaml({ privateKey, natsUrl }));
const text = publicText(firstConfiguration({ node, peers: NO_PEERS, warnings }));

/** The names of an object and of all objects in it. */
function namesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => [name, ...namesIn(each)]);
}

describe('the configuration in the first line of the log', () => {
  test('F-52 has names in snake_case, also in what lies inside', () => {
    const names = namesIn(JSON.parse(text));
    assert.ok(names.includes('network_addresses') && names.includes('console_output'), text);
    assert.deepEqual(
      names.filter((name) => !SNAKE_CASE.test(name)),
      [],
    );
  });

  test('LOG-16 has neither the key of the node nor the NATS URL', () => {
    assert.ok(!text.includes(privateKey) && !text.includes('password'), text);
  });
});
