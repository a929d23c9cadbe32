import { DOMAIN } from './base-layers.ts';
import { SIMULATION_ROOMS } from './simulation-layers.ts';

/** Folders of a user of the services over gRPC, as the launcher and the tool are. */
const USER_OF_SERVICES = [
  ...DOMAIN,
  'libs/client',
  'libs/crypto',
  'libs/files',
  'libs/grpc',
  'libs/key-files',
  'libs/log',
  'libs/pki',
  'libs/proto',
  'libs/protocols',
  'libs/reload',
  'libs/service',
  'libs/settings',
  'libs/settings-files',
  'node:*',
];

/** The program that runs nodes: the tool and the tests start it, and it knows none of them. */
export const LAUNCHER: Readonly<Record<string, readonly string[]>> = {
  'services/launcher/words': ['libs/bytes', 'libs/errors', 'node:perf_hooks'],
  // Of the registry the votes of each protocol, which a decision cannot do without.
  'services/launcher/core': [
    ...DOMAIN,
    'libs/log',
    'libs/protocols',
    'libs/settings',
    'libs/tables',
    'services/launcher/words',
  ],
  'services/launcher/adapters': [
    ...USER_OF_SERVICES,
    'libs/metrics',
    'npm:@grpc/grpc-js',
    'npm:esbuild',
    'npm:zod',
    'services/launcher/core',
    'services/launcher/words',
    // The signer's socket for the operator.
    'services/signer/socket/admin-client.ts',
  ],
  // It runs a nats-server too, and tells it who may say what.
  'services/launcher/supervisor': [
    ...USER_OF_SERVICES,
    'libs/events',
    // The one page of a node.
    'libs/metrics',
    'services/launcher/adapters',
    'services/launcher/core',
    'services/launcher/words',
  ],
  // Keys are made, and bound to their chain.
  'services/launcher/testnet': [
    ...USER_OF_SERVICES,
    'services/launcher/adapters',
    'services/launcher/core',
    'services/launcher/words',
    'services/signer/ceremony',
  ],
  'services/launcher/local': [
    ...USER_OF_SERVICES,
    'services/launcher/adapters',
    'services/launcher/core',
    'services/launcher/supervisor',
    'services/launcher/testnet',
    'services/launcher/words',
  ],
};

/** Folders that the file of a command may use. */
const COMMANDS = [
  ...USER_OF_SERVICES,
  // A command of a diagnosis as it is typed.
  'libs/diagnosis/command-text.ts',
  'libs/tables',
  'npm:commander',
  'services/cli/adapters',
  'services/cli/core',
  'services/launcher/adapters',
  'services/launcher/core',
  'services/launcher/words',
];
const NOUNS = ['config', 'consensus', 'crypto', 'debug', 'evidence', 'maintenance', 'members', 'pki', 'tx'];

/** The command-line tool does the key ceremony of the signer by itself. */
export const CLI: Readonly<Record<string, readonly string[]>> = {
  // Of the registry the numbers of each protocol, which a person reads and says by their words.
  'services/cli/core': [
    ...DOMAIN,
    'libs/diagnosis',
    'libs/protocols',
    'libs/settings',
    'services/launcher/core',
    'services/launcher/words',
  ],
  // How long decisions take: it measures the parts of production that a decision passes, the gateway and the chain store among them.
  'services/cli/simulation/latency': [
    ...DOMAIN,
    'libs/crypto',
    'libs/grpc',
    'libs/log',
    'libs/peer-wire',
    'libs/proto',
    'libs/protocols',
    'libs/settings',
    'libs/simulation/latency',
    'libs/wire',
    'node:*',
    'services/consensus/adapters/open-chain-store.ts',
    'services/gateway',
    'services/gateway/adapters',
    'services/gateway/peers/name-cache.ts',
    'services/gateway/ports',
    'services/launcher/words',
  ],
  // The only place that runs protocols: they are loaded by `sim` alone.
  'services/cli/simulation': [
    'libs/assert',
    'libs/custody-model',
    'libs/custody-model/bounded',
    'libs/custody/tables',
    'libs/protocols',
    ...SIMULATION_ROOMS,
    'libs/simulation/subjects',
    'node:*',
    'npm:zod',
    'services/cli/simulation/latency',
    'services/launcher/words',
  ],
  'services/cli/adapters': [
    ...USER_OF_SERVICES,
    'libs/diagnosis',
    'npm:@grpc/grpc-js',
    'npm:zod',
    'services/cli/core',
    'services/launcher/adapters',
    'services/launcher/core',
    'services/launcher/words',
    // The client matrix of a signer, the passphrase of its key, and its record.
    'services/signer/ceremony',
    'services/signer/edge/client-file.ts',
    'services/signer/edge/client-matrix.ts',
    'services/signer/edge/statement-shares.ts',
    'services/signer/edge/usual-grants.ts',
    'services/signer/key/passphrase.ts',
  ],
  // The facts of a node that a support case needs: files of its home, answers of its services, and none of its secrets.
  'services/cli/bundle': [
    ...USER_OF_SERVICES,
    'services/cli/adapters',
    'services/cli/core',
    'services/launcher/adapters',
    'services/launcher/core',
    'services/launcher/words',
  ],
  // A live view of members, in a terminal.
  'services/cli/top': [
    ...USER_OF_SERVICES,
    'libs/tables',
    'services/cli/adapters',
    'services/launcher/adapters',
    'services/launcher/core',
    'services/launcher/words',
  ],
  // Shared parts of the commands are in their root folder, with the commands that have no noun. No noun imports
  // another noun.
  'services/cli/commands': [
    ...COMMANDS,
    'services/cli/simulation',
    'services/cli/top',
    // Costs that may be given instead of measured, in words.
    'services/cli/simulation/latency/cost-names.ts',
    'services/launcher/local',
    'services/launcher/testnet',
    'services/signer/ceremony',
  ],
  ...Object.fromEntries(
    NOUNS.map((noun) => [`services/cli/commands/${noun}`, [...COMMANDS, 'services/cli/commands']]),
  ),
  'services/cli/commands/debug': [...COMMANDS, 'services/cli/bundle', 'services/cli/commands'],
  // A federation is made, run, and asked while it runs.
  'services/cli/commands/up': [
    ...COMMANDS,
    'services/cli/commands',
    'services/launcher/local',
    'services/launcher/testnet',
  ],
  // Completion of shells and the manual page, from the commands themselves.
  'services/cli/manual': ['node:*', 'npm:commander'],
  'services/cli/commands/manual': [
    'libs/chain/software-version.ts',
    'npm:commander',
    'services/cli/commands',
    'services/cli/manual',
    'services/launcher/words',
  ],
  // Commands that make keys, and that show and move the files of a stopped signer.
  'services/cli/commands/signer': [
    ...COMMANDS,
    'libs/backup',
    'services/cli/commands',
    'services/launcher/testnet',
    'services/signer/ceremony',
    'services/signer/key/prepared-key.ts',
  ],
  'services/cli': [
    'libs/errors',
    'libs/chain/software-version.ts',
    'node:*',
    'npm:commander',
    'services/launcher/core/error-code.ts',
    'services/cli/adapters',
    'services/cli/commands',
    ...NOUNS.map((noun) => `services/cli/commands/${noun}`),
    'services/cli/commands/manual',
    'services/cli/commands/signer',
    'services/cli/commands/up',
    'services/cli/core',
    'services/launcher/words',
  ],
};
