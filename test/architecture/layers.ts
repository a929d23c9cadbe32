import { DOMAIN, ENGINE_ROOMS, LEAVES } from './base-layers.ts';
import { SERVICES } from './service-layers.ts';
import { SIMULATION, SIMULATION_ROOMS } from './simulation-layers.ts';
import { CLI, LAUNCHER } from './tool-layers.ts';

/**
 * The architecture, as a table: each folder, and all that its code may import. An unlisted folder may not exist; an
 * unlisted import does not pass. `npm:` and `node:` name packages and built-ins, `node:*` is any built-in. A line for
 * one file replaces that of its folder, and names what it may import of that folder too. Tests are free.
 */

/** Folders that every room of the engine may import. */
const ENGINE = [
  ...DOMAIN,
  'libs/protocols',
  'libs/replica',
  // The line of votes is shared fairly among clients; as pure as the rest.
  'libs/shares',
];

/** Pure: no clock, no chance, no promise, no input or output, so that a test can run them a million times a minute. */
export const PURE: Readonly<Record<string, readonly string[]>> = {
  'libs/assert': [],
  'libs/errors': [],
  'libs/bytes': ['libs/assert'],
  'libs/bytes/sha256.ts': ['node:crypto'],
  'libs/random': ['libs/assert', 'libs/bytes'],
  'libs/shares': ['libs/assert'],
  'libs/chain': ['libs/assert', 'libs/bytes'],
  'libs/protocol': ['libs/assert', 'libs/bytes', 'libs/chain'],
  'libs/protocol/leader': ['libs/assert', 'libs/bytes', 'libs/chain', 'libs/protocol'],
  'libs/protocol/hotstuff': [
    'libs/assert',
    'libs/bytes',
    'libs/chain',
    'libs/protocol',
    'libs/protocol/leader',
  ],
  // Protocols of locked rounds: the core, and each protocol on it.
  'libs/protocol/rounds': ['libs/assert', 'libs/bytes', 'libs/chain', 'libs/protocol'],
  'libs/protocol/pbft': [
    'libs/assert',
    'libs/bytes',
    'libs/chain',
    'libs/protocol',
    'libs/protocol/leader',
    'libs/protocol/rounds',
  ],
  'libs/protocol/dbft': [
    'libs/assert',
    'libs/bytes',
    'libs/chain',
    'libs/protocol',
    'libs/protocol/leader',
    'libs/protocol/rounds',
  ],
  // The protocols by name, for readers of bytes that any of them may have written.
  'libs/protocols': [
    'libs/assert',
    'libs/bytes',
    'libs/chain',
    'libs/protocol',
    'libs/protocol/dbft',
    'libs/protocol/hotstuff',
    'libs/protocol/pbft',
  ],
  'libs/membership': ['libs/assert', 'libs/bytes', 'libs/chain', 'libs/protocol'],
  // Faults that a member can have, in words that members, clients and the tool share.
  'libs/diagnosis': [],
  'libs/custody': ['libs/assert', 'libs/bytes', 'libs/chain', 'libs/membership', 'libs/protocol'],
  'libs/replica': ['libs/assert', 'libs/bytes', 'libs/chain', 'libs/protocol'],
  'libs/custody/tables': [
    'libs/assert',
    'libs/bytes',
    'libs/chain',
    'libs/custody',
    'libs/protocol',
    'libs/protocol/dbft',
    'libs/protocol/leader',
    'libs/protocol/pbft',
  ],
  'libs/custody-model': [
    'libs/assert',
    'libs/bytes',
    'libs/chain',
    'libs/custody',
    'libs/custody/tables',
    'libs/protocol',
    'libs/protocol/hotstuff',
  ],
  // The tables of rounds, searched up to a bound.
  'libs/custody-model/bounded': [
    'libs/assert',
    'libs/chain',
    'libs/custody',
    'libs/custody-model',
    'libs/custody/tables',
    'libs/protocol',
    'libs/random',
  ],
  ...SIMULATION,
  // The engine of a node: all that decides beside the protocol, in rooms whose arrows go one way.
  'libs/engine/ports': ENGINE,
  'libs/engine/application': [...ENGINE, 'libs/engine/ports'],
  'libs/engine/timing': [...ENGINE, 'libs/engine/ports'],
  'libs/engine/trace': [...ENGINE, 'libs/engine/ports'],
  'libs/engine/transactions': [
    ...ENGINE,
    'libs/engine/application',
    'libs/engine/ports',
    'libs/engine/timing',
  ],
  'libs/engine/membership': [
    ...ENGINE,
    'libs/engine/ports',
    'libs/engine/timing',
    'libs/engine/transactions',
  ],
  'libs/engine/evidence': [...ENGINE, 'libs/engine/ports', 'libs/engine/timing'],
  'libs/engine/joining': [...ENGINE, 'libs/engine/ports', 'libs/engine/timing'],
  'libs/engine/suspension': [...ENGINE, 'libs/engine/ports'],
  'libs/engine/bodies': [...ENGINE, 'libs/engine/ports', 'libs/engine/timing'],
  'libs/engine/references': [...ENGINE, 'libs/engine/bodies', 'libs/engine/ports', 'libs/engine/timing'],
  'libs/engine/blocks': [
    ...ENGINE,
    'libs/engine/membership',
    'libs/engine/ports',
    'libs/engine/transactions',
  ],
  'libs/engine/sync': [
    ...ENGINE,
    'libs/engine/blocks',
    'libs/engine/membership',
    'libs/engine/ports',
    'libs/engine/timing',
  ],
  'libs/engine': [
    ...ENGINE,
    'libs/engine/application',
    'libs/engine/blocks',
    'libs/engine/evidence',
    'libs/engine/joining',
    'libs/engine/membership',
    'libs/engine/ports',
    'libs/engine/references',
    'libs/engine/suspension',
    'libs/engine/sync',
    'libs/engine/timing',
    'libs/engine/trace',
    'libs/engine/transactions',
  ],
};

/** A protocol of locked rounds in whole nodes. */
function nodesOfRounds(protocol: string): readonly string[] {
  return [
    `libs/protocol/${protocol}`,
    'libs/protocols',
    'libs/simulation/nodes',
    `libs/simulation/${protocol}`,
    'libs/simulation/rounds',
    'libs/simulation/rounds/nodes',
  ];
}

/** The rooms of the simulator that know a protocol by name. */
const NAMED_ROOMS = ['dbft', 'hotstuff', 'pbft', 'rounds'].map((name) => `libs/simulation/${name}`);

/** The simulator, apart from the rooms that know a protocol by name. */
const JUDGING = [
  ...DOMAIN,
  ...ENGINE_ROOMS,
  ...SIMULATION_ROOMS.filter((each) => !NAMED_ROOMS.includes(each)),
  'libs/random',
  'libs/simulation/nodes',
  'libs/simulation/presets',
];

const OPENTELEMETRY = ['api', 'exporter-trace-otlp-proto', 'resources', 'sdk-trace'].map(
  (name) => `npm:@opentelemetry/${name}`,
);

/** Libraries with an outside: one concern, and one npm package, behind each. None knows a protocol's core. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  'libs/log': ['libs/errors', 'node:*', 'npm:pino'],
  'libs/service': [...LEAVES, 'libs/log', 'libs/metrics', 'libs/tracing', 'node:*', 'npm:zod'],
  // The metrics and the spans say which version runs.
  'libs/service/service-metrics.ts': ['libs/chain', 'libs/log', 'libs/metrics', 'libs/service'],
  'libs/service/service-tracer.ts': [
    'libs/chain',
    'libs/log',
    'libs/metrics',
    'libs/service',
    'libs/tracing',
    'libs/tracing/otlp-tracer.ts',
  ],
  'libs/files': [...LEAVES, 'node:*'],
  // Apart from libs/files, which the edge of the signer does not reach: it reads its key of TLS.
  'libs/key-files': ['libs/errors', 'node:*'],
  'libs/tables': ['npm:cli-table3'],
  'libs/sqlite': [...LEAVES, 'libs/files', 'node:*'],
  'libs/metrics': ['libs/assert', 'node:*', 'npm:prom-client'],
  'libs/tracing': ['libs/log', 'libs/metrics'],
  // OpenTelemetry is behind these files, and loaded with them alone.
  'libs/tracing/otlp-tracer.ts': ['libs/log', 'libs/tracing', 'node:*', ...OPENTELEMETRY],
  'libs/tracing/readable-span.ts': ['libs/tracing', ...OPENTELEMETRY],
  'libs/tracing/counted-exporter.ts': ['libs/log', 'libs/tracing', ...OPENTELEMETRY],
  'libs/events': [...LEAVES, 'libs/log', 'libs/proto', 'libs/service', 'node:*', 'npm:nats'],
  'libs/proto': ['npm:@bufbuild/protobuf'],
  'libs/grpc': [
    ...LEAVES,
    // Keys of TLS lie in files of their user alone.
    'libs/key-files',
    'libs/log',
    // Each server shows its calls.
    'libs/metrics',
    'libs/proto',
    'libs/service',
    'libs/tracing',
    // Shares the resources of a server fairly among its callers.
    'libs/shares',
    'node:*',
    'npm:@bufbuild/protobuf',
    'npm:@grpc/grpc-js',
    'npm:grpc-health-check',
  ],
  'libs/crypto': [...LEAVES, 'node:*', 'npm:@noble/post-quantum'],
  'libs/pki': ['libs/errors', 'node:*'],
  // The one folder that knows how HTTP is served: to members, and to clients.
  'libs/http': [
    'libs/bytes',
    'libs/errors',
    'libs/metrics',
    // A party makes its certificate over the key by which others know it.
    'libs/pki',
    'libs/service',
    'node:*',
    'npm:@fastify/swagger',
    'npm:fastify',
  ],
  'libs/backup': [...LEAVES, 'node:*', 'npm:shamir-secret-sharing'],
  'libs/settings': [
    ...DOMAIN,
    // A genesis names one of them.
    'libs/protocols',
    // A founder proves with it that it has its further keys.
    'libs/crypto/ed25519.ts',
    // A transport has room for so many signatures.
    'libs/crypto/parameter-sets.ts',
    'libs/crypto/remembering-verify.ts',
    'libs/log/log-level.ts',
    // The rule about the address of a collector.
    'libs/tracing/endpoint.ts',
    'node:*',
    'npm:@multiformats/multiaddr',
    'npm:yaml',
    'npm:zod',
  ],
  'libs/reload': [...LEAVES, 'libs/grpc', 'libs/log', 'libs/proto', 'libs/service', 'node:*'],
  'libs/settings-files': [...LEAVES, 'libs/files', 'libs/key-files', 'libs/log', 'libs/settings', 'node:*'],
  'libs/wire': [...DOMAIN, 'libs/proto', 'npm:@bufbuild/protobuf'],
  // The messages between two consensus services, as bytes.
  'libs/peer-wire': [
    ...DOMAIN,
    ...ENGINE_ROOMS,
    'libs/log/trace-id.ts',
    'libs/proto',
    'libs/protocol/hotstuff',
    'libs/protocol/rounds',
    'libs/protocols',
    'libs/wire',
    'npm:@bufbuild/protobuf',
  ],
  // The node of production in a simulated world. Not pure: all messages there go through the codec of production.
  'libs/simulation/nodes': [
    ...DOMAIN,
    ...ENGINE_ROOMS,
    ...SIMULATION_ROOMS,
    'libs/custody',
    'libs/custody/tables',
    'libs/peer-wire',
    'libs/protocols',
    'libs/random',
    'libs/replica',
    'libs/wire',
  ],
  // HotStuff's part of whole nodes, and its wire format.
  'libs/simulation/hotstuff/nodes': [
    ...DOMAIN,
    ...SIMULATION_ROOMS,
    'libs/peer-wire',
    'libs/protocol/hotstuff',
    'libs/protocols',
    'libs/simulation/nodes',
  ],
  // Protocols of locked rounds in whole nodes, and their wire format.
  'libs/simulation/rounds/nodes': [
    ...DOMAIN,
    ...SIMULATION_ROOMS,
    'libs/peer-wire',
    'libs/protocol/rounds',
    'libs/protocols',
    'libs/simulation/nodes',
  ],
  'libs/simulation/pbft/nodes': nodesOfRounds('pbft'),
  'libs/simulation/dbft/nodes': nodesOfRounds('dbft'),
  // The protocols that can be simulated, as libs/protocols has those that a chain can run.
  'libs/simulation/subjects': [
    'libs/protocols',
    'libs/simulation/dbft/nodes',
    'libs/simulation/hotstuff/nodes',
    'libs/simulation/nodes',
    'libs/simulation/pbft/nodes',
  ],
  // Worlds in which nothing goes wrong by itself, for tests of the node.
  'libs/simulation/presets': [
    ...DOMAIN,
    ...ENGINE_ROOMS,
    ...SIMULATION_ROOMS,
    'libs/random',
    'libs/simulation/nodes',
  ],
  // The judge of protocols: it runs the nodes, and knows no protocol by name.
  'libs/simulation/conformance/words': JUDGING,
  // The states that hostile hosts can bring keys to, by a table alone.
  'libs/simulation/conformance/keys': [
    ...DOMAIN,
    'libs/custody',
    'libs/custody-model',
    'libs/custody-model/bounded',
  ],
  'libs/simulation/conformance/courses': [
    ...JUDGING,
    // Evidence as bytes: of every protocol, by its table.
    'libs/protocols/evidence-codec.ts',
    'libs/simulation/conformance/keys',
    'libs/simulation/conformance/words',
  ],
  'libs/simulation/conformance': [
    ...JUDGING,
    'libs/simulation/conformance/courses',
    'libs/simulation/conformance/words',
  ],
  'libs/client': [
    ...DOMAIN,
    'libs/crypto',
    'libs/diagnosis',
    'libs/grpc',
    'libs/proto',
    'libs/protocols',
    'libs/settings',
    'libs/wire',
    'node:*',
  ],
};

export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  ...PURE,
  ...LIBRARIES,
  ...SERVICES,
  ...LAUNCHER,
  ...CLI,
};
