import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { reachableFrom, sourceFiles } from './import-graph.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const PROTO = join(ROOT, 'proto/btcfed');
/** All that decides: nothing of it opens, sends, stores or signs anything itself. */
const ENGINE = /^libs\/(protocol|protocols|replica|chain|membership|engine)\//;
const PURE = /^libs\/(assert|bytes|chain|errors|membership|protocol|protocols|replica|shares|engine)\//;
/** The parts of a node, each behind an interface of the engine, and the file that has it. */
const PARTS: Readonly<Record<string, readonly [service: string, file: string]>> = {
  'public API': ['consensus', 'services/consensus/adapters/client-api.ts'],
  'API of operators': ['signer', 'services/signer/running/admin-api.ts'],
  engine: ['consensus', 'libs/engine/engine.ts'],
  network: ['consensus', 'services/consensus/adapters/gateway-link.ts'],
  'connections of the network': ['gateway', 'services/gateway/peers/peer-registry.ts'],
  storage: ['consensus', 'services/consensus/adapters/chain-store.ts'],
  'signing key': ['consensus', 'services/consensus/adapters/signer-client.ts'],
  verification: ['consensus', 'libs/crypto/batch-verifier.ts'],
  metrics: ['consensus', 'services/consensus/adapters/consensus-metrics.ts'],
  clock: ['consensus', 'services/consensus/adapters/system-clock.ts'],
};

/** Names of the calls of each service of the proto files. */
function calls(): ReadonlyMap<string, readonly string[]> {
  const services = readdirSync(PROTO, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.proto'))
    .flatMap((file) => [
      ...readFileSync(join(PROTO, file), 'utf8').matchAll(/^service (?<name>\w+) \{(?<body>[^}]*)\}/gm),
    ]);
  return new Map(
    services.map(({ groups }) => [
      groups?.['name'] ?? '',
      [...(groups?.['body'] ?? '').matchAll(/^ {2}rpc (\w+)\(/gm)].map(([, call]) => call ?? ''),
    ]),
  );
}

describe('F-60: the parts of a node', () => {
  const engine = sourceFiles(ROOT).filter((file) => ENGINE.test(file));

  test('HS-68 HS-46 no file of the engine reaches network, storage, keys, metrics or clock but through an interface', () => {
    assert.ok(engine.length > 100, `${engine.length} files`);
    for (const file of engine) {
      const outside = [...reachableFrom(ROOT, file)].filter((target) => !PURE.test(target));
      assert.deepEqual(
        outside.filter((target) => target !== 'node:crypto'),
        [],
        file,
      );
    }
  });

  for (const [part, [service, file]] of Object.entries(PARTS)) {
    test(`HS-68 the service ${service} has the ${part}`, () => {
      assert.ok(reachableFrom(ROOT, `services/${service}/main.ts`).has(file));
      assert.equal(engine.includes(file), part === 'engine');
    });
  }

  test('HS-68 clients and operators have services of their own, and each service of a node its contract', () => {
    assert.deepEqual([...calls().keys()].sort(), [
      'ConfigService',
      'ConsensusService',
      'GatewayService',
      'OperatorService',
      'SignerAdminService',
      'SignerService',
    ]);
  });
});

describe('F-60: the contracts of the proto files', () => {
  const of = (service: string): readonly string[] => calls().get(service) ?? [];

  test('HS-46 the network sends, to one or to all, receives and names its peers, in one stream and one call', () => {
    assert.deepEqual(of('GatewayService'), ['Attach', 'ListPeers', 'GetGateway']);
    const text = readFileSync(join(PROTO, 'gateway/v1/gateway_service.proto'), 'utf8');
    for (const message of ['SendFrame', 'ReceivedFrame', 'PeerChange'])
      assert.match(text, new RegExp(`^message ${message} \\{`, 'm'));
  });

  test('HS-46 the key signs what it is told the meaning of and shows its public part, and aggregates nothing', () => {
    const signing = of('SignerService').filter((call) => call.startsWith('Sign'));
    assert.deepEqual(signing, ['Sign', 'SignMembershipVote', 'SignAutomaticVote']);
    assert.ok(of('SignerService').includes('GetSigner'));
    const all = [...calls().values()].flat();
    assert.deepEqual(
      all.filter((call) => /aggregat|combine|partial|threshold/i.test(call)),
      [],
    );
  });
});
