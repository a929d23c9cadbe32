import { DOMAIN, ENGINE_ROOMS, LEAVES } from './base-layers.ts';

/** Folders that the composition of a service may join, beside its own parts. */
const COMPOSITION = [
  ...LEAVES,
  'libs/crypto',
  'libs/events',
  'libs/grpc',
  'libs/log',
  'libs/metrics',
  'libs/proto',
  'libs/reload',
  'libs/service',
  'libs/settings',
  'libs/tracing',
  'node:*',
];

/** Folders that all adapters may use. Events are not among them: each service lists them if it has any. */
const ADAPTERS = [
  ...LEAVES,
  'libs/grpc',
  'libs/log',
  'libs/metrics',
  'libs/proto',
  'libs/service',
  'libs/tracing',
  'node:*',
  'npm:@grpc/grpc-js',
];

const LIBP2P = [
  'npm:libp2p',
  'npm:@libp2p/crypto',
  'npm:@libp2p/identify',
  'npm:@libp2p/interface',
  'npm:@libp2p/noise',
  'npm:@libp2p/ping',
  'npm:@libp2p/tcp',
  'npm:@libp2p/yamux',
  'npm:@multiformats/multiaddr',
  'npm:uint8arraylist',
];

/** The rooms of the gateway that its life on the root joins. */
const GATEWAY_ROOMS = ['core', 'ports', 'frames', 'peers', 'exchange'].map(
  (room) => `services/gateway/${room}`,
);

/** The lines that every service has alike. `main.ts` knows the composition and the settings, and nothing else. */
function shell(service: string): Readonly<Record<string, readonly string[]>> {
  const own = `services/${service}`;
  return {
    [`${own}/main.ts`]: ['libs/service', `${own}/compose.ts`, `${own}/config.ts`],
    [`${own}/config.ts`]: ['libs/service', 'libs/settings', own, `${own}/core`, 'node:path', 'npm:zod'],
  };
}

/** Folders that the rooms of TinyWeb's network share. */
const TINYWEB = [
  ...DOMAIN,
  'libs/engine',
  'libs/engine/ports',
  'libs/http',
  'libs/log',
  'libs/pki',
  'libs/proto',
  'node:*',
  'services/consensus/adapters',
];

/** The composition of consensus, which joins its parts: it may reach all of them. */
const CONSENSUS_COMPOSITION = [
  ...COMPOSITION,
  'libs/membership',
  'libs/peer-wire',
  'libs/sqlite',
  'libs/wire',
  'services/consensus',
  'services/consensus/adapters',
  ...ENGINE_ROOMS,
  'services/consensus/core',
];

export const SERVICES: Readonly<Record<string, readonly string[]>> = {
  ...shell('config'),
  'services/config/core': [...DOMAIN, 'libs/settings'],
  'services/config': [
    ...LEAVES,
    'libs/log',
    'libs/service',
    'libs/settings',
    'libs/settings-files',
    'node:timers/promises',
    'services/config/core',
  ],
  'services/config/adapters': [
    ...ADAPTERS,
    'libs/events',
    'libs/settings',
    'libs/settings-files',
    'services/config',
    'services/config/core',
  ],
  'services/config/compose.ts': [
    ...COMPOSITION,
    'libs/settings-files',
    'services/config',
    'services/config/adapters',
    'services/config/core',
  ],

  ...shell('gateway'),
  // Pure, as the rules of each room are.
  'services/gateway/core': LEAVES,
  'services/gateway/ports': [...LEAVES, 'libs/service', 'services/gateway/core'],
  'services/gateway/frames/rules': [...LEAVES, 'services/gateway/core'],
  'services/gateway/frames': [
    ...LEAVES,
    'libs/log',
    'services/gateway/core',
    'services/gateway/frames/rules',
    'services/gateway/ports',
  ],
  'services/gateway/peers/rules': [...LEAVES, 'services/gateway/core'],
  'services/gateway/peers': [
    ...LEAVES,
    'libs/log',
    'services/gateway/core',
    'services/gateway/frames',
    'services/gateway/frames/rules',
    'services/gateway/peers/rules',
    'services/gateway/ports',
  ],
  'services/gateway/exchange/rules': [...LEAVES, 'services/gateway/core'],
  'services/gateway/exchange': [
    ...LEAVES,
    'libs/log',
    'libs/service',
    'services/gateway/core',
    'services/gateway/exchange/rules',
    'services/gateway/ports',
  ],
  'services/gateway/adapters': [
    ...ADAPTERS,
    ...LIBP2P,
    'libs/events',
    // One bound on the members, not one for each service.
    'libs/membership/limits.ts',
    'services/gateway/core',
    'services/gateway/exchange',
    'services/gateway/exchange/rules',
    'services/gateway/frames',
    'services/gateway/frames/rules',
    'services/gateway/peers',
    'services/gateway/peers/rules',
    'services/gateway/ports',
  ],
  // The life of the gateway: it joins the rooms, and nothing imports it.
  'services/gateway': [...LEAVES, 'libs/log', 'libs/service', 'node:timers/promises', ...GATEWAY_ROOMS],
  'services/gateway/compose.ts': [
    ...COMPOSITION,
    ...GATEWAY_ROOMS,
    'services/gateway',
    'services/gateway/adapters',
  ],

  // The process that holds the key: no events, no settings files of the federation, no client of anybody.
  ...shell('signer'),
  'services/signer/config.ts': ['libs/protocols/default-protocol.ts', 'node:path', 'npm:zod'],
  'services/signer': ['libs/protocol', 'libs/service'],
  // Words that all rooms share: errors, limits, names of files. The edge reaches all of them.
  'services/signer/words': ['libs/custody/refusal-reason.ts', 'libs/errors', 'libs/membership'],

  // The network: no key, no record, no rule of custody.
  'services/signer/edge': [
    'libs/bytes',
    'libs/errors',
    'libs/grpc',
    'libs/key-files',
    'libs/log',
    'libs/metrics',
    'libs/proto',
    // Which kinds of statements there are, in words.
    'libs/protocol/vote/kind-name.ts',
    'libs/protocols/statement-words.ts',
    'libs/service',
    'libs/tracing',
    'node:*',
    'npm:@bufbuild/protobuf',
    'npm:@grpc/grpc-js',
    'npm:zod',
    'services/signer/socket',
    'services/signer/words',
  ],
  'services/signer/edge/client-matrix.ts': ['services/signer/edge/quota.ts'],
  'services/signer/edge/usual-grants.ts': [
    'libs/protocols/statement-words.ts',
    'services/signer/edge/client-matrix.ts',
    'services/signer/edge/quota.ts',
    'services/signer/edge/statement-shares.ts',
  ],
  'services/signer/edge/statement-shares.ts': ['libs/protocols/statement-words.ts'],
  'services/signer/edge/quota.ts': [],
  // The frames between edge and core, and between the operator and the core.
  'services/signer/socket': [
    'libs/errors',
    'libs/log',
    'libs/proto',
    'libs/service',
    'libs/wire',
    'node:*',
    'services/signer/words',
  ],

  'services/signer/key': [
    'libs/bytes',
    'libs/chain',
    'libs/crypto',
    'libs/files',
    'libs/key-files',
    'node:*',
    'npm:zod',
    'services/signer/words',
  ],
  // Two rooms are rules alone: no file, no key and no package.
  'services/signer/record/rules': [
    ...DOMAIN,
    'libs/custody',
    'libs/protocol/leader',
    'services/signer/words',
  ],
  'services/signer/record': [
    ...DOMAIN,
    'libs/crypto',
    'libs/custody',
    'libs/files',
    'libs/proto',
    'libs/protocols',
    'libs/sqlite',
    'node:*',
    'npm:zod',
    'services/signer/key',
    'services/signer/record/rules',
    'services/signer/words',
  ],
  'services/signer/running/rules': [
    ...DOMAIN,
    'libs/custody',
    'services/signer/record/rules',
    'services/signer/words',
  ],
  'services/signer/running': [
    ...DOMAIN,
    'libs/crypto',
    'libs/custody',
    'libs/log',
    'libs/proto',
    'libs/protocols',
    'libs/wire',
    'node:*',
    'services/signer/key',
    'services/signer/record',
    'services/signer/record/rules',
    'services/signer/running/rules',
    'services/signer/socket',
    'services/signer/words',
  ],
  // Commands on the files of a signer that does not run: they verify proofs as any client does, by the members of the record.
  // The audit log of one that runs is asked for.
  'services/signer/ceremony': [
    ...DOMAIN,
    'libs/client',
    'libs/crypto',
    'libs/custody',
    'libs/files',
    'libs/key-files',
    'libs/protocols',
    'node:*',
    'npm:zod',
    'services/signer/key',
    'services/signer/record',
    'services/signer/record/rules',
    'services/signer/socket/admin-client.ts',
    'services/signer/words',
  ],
  'services/signer/ceremony/recovery-words.ts': ['libs/bytes', 'libs/chain'],

  ...Object.fromEntries(
    ['core', 'edge'].flatMap((half): [string, readonly string[]][] => [
      [
        `services/signer/main-${half}.ts`,
        ['libs/service', `services/signer/compose-${half}.ts`, `services/signer/config-${half}.ts`],
      ],
      [`services/signer/config-${half}.ts`, ['services/signer/config.ts', 'npm:zod']],
    ]),
  ),
  'services/signer/compose.ts': [
    'libs/grpc',
    'libs/log',
    'libs/metrics',
    'libs/protocols',
    'libs/service',
    'node:os',
    'node:path',
    'services/signer/config.ts',
    'services/signer/edge',
    'services/signer/record/space-reserve.ts',
    'services/signer/running',
    'services/signer/signer-lifecycle.ts',
    'services/signer/signer-tools.ts',
    'services/signer/socket',
  ],
  'services/signer/compose-core.ts': [
    'libs/log',
    'libs/protocols',
    'libs/service',
    'node:os',
    'services/signer/config-core.ts',
    'services/signer/running',
    'services/signer/signer-tools.ts',
    'services/signer/socket',
  ],
  'services/signer/compose-edge.ts': [
    'libs/grpc',
    'libs/log',
    'libs/metrics',
    'libs/protocols/statement-words.ts',
    'libs/service',
    'services/signer/config-edge.ts',
    'services/signer/edge',
    'services/signer/signer-lifecycle.ts',
  ],

  ...shell('consensus'),
  // Decisions of consensus beside its node: pure.
  'services/consensus/core': [...DOMAIN, 'libs/diagnosis', 'libs/engine/ports'],
  // The faults of a member, by its facts.
  'services/consensus/core/diagnosis': [
    ...DOMAIN,
    'libs/diagnosis',
    'libs/engine/ports',
    'services/consensus/core',
  ],
  // The participants in a decision, and why others are missing.
  'services/consensus/core/participation': [...DOMAIN, 'libs/diagnosis', 'services/consensus/core'],
  'services/consensus': [
    ...DOMAIN,
    'libs/crypto',
    'libs/log',
    'libs/protocol/hotstuff',
    'libs/protocol/leader',
    'libs/protocols',
    'libs/replica',
    'libs/service',
    'services/consensus/adapters',
    ...ENGINE_ROOMS,
    'libs/diagnosis',
    'services/consensus/core',
    'services/consensus/core/diagnosis',
    'services/consensus/core/participation',
  ],
  // TinyWeb's network: members that reach each other by HTTP and JSON.
  'services/consensus/adapters/tinyweb': [
    ...TINYWEB,
    'libs/grpc',
    'libs/service',
    'libs/settings',
    'services/consensus/adapters/tinyweb/peers',
  ],
  'services/consensus/adapters/tinyweb/peers': [
    ...TINYWEB,
    'libs/metrics',
    'libs/peer-wire',
    'npm:@bufbuild/protobuf',
    'services/consensus/core',
  ],
  'services/consensus/adapters/tinyweb/routes': [
    ...TINYWEB,
    'libs/peer-wire',
    'services/consensus/adapters/tinyweb/peers',
    'services/consensus/core',
  ],
  'services/consensus/adapters': [
    ...ADAPTERS,
    'libs/chain',
    'libs/crypto',
    'libs/events',
    'libs/files',
    'libs/membership',
    'libs/metrics',
    'libs/peer-wire',
    'libs/protocol',
    'libs/protocols',
    'libs/replica',
    'libs/settings',
    'libs/shares',
    'libs/sqlite',
    'libs/wire',
    'npm:@bufbuild/protobuf',
    'npm:zod',
    'services/consensus',
    ...ENGINE_ROOMS,
    'libs/diagnosis',
    'services/consensus/core',
    'services/consensus/core/diagnosis',
  ],
  'services/consensus/compose.ts': CONSENSUS_COMPOSITION,
  'services/consensus/compose-clients.ts': CONSENSUS_COMPOSITION,
  'services/consensus/compose-diagnosis.ts': CONSENSUS_COMPOSITION,
  'services/consensus/compose-events.ts': CONSENSUS_COMPOSITION,
  'services/consensus/compose-links.ts': CONSENSUS_COMPOSITION,
  'services/consensus/compose-metrics.ts': CONSENSUS_COMPOSITION,
  'services/consensus/compose-participation.ts': CONSENSUS_COMPOSITION,
  'services/consensus/compose-operator.ts': CONSENSUS_COMPOSITION,
  'services/consensus/compose-peers.ts': CONSENSUS_COMPOSITION,
  // Loaded where the chain speaks HTTP.
  'services/consensus/compose-http.ts': [
    ...CONSENSUS_COMPOSITION,
    'libs/http',
    'services/consensus/adapters/tinyweb',
    'services/consensus/adapters/tinyweb/peers',
    'services/consensus/adapters/tinyweb/routes',
  ],
  'services/consensus/composed-peers.ts': [
    ...CONSENSUS_COMPOSITION,
    'services/consensus/adapters/tinyweb/transport-error.ts',
  ],
  'services/consensus/compose-spans.ts': CONSENSUS_COMPOSITION,
};
