import type { ServiceName } from './service-names.ts';

/**
 * Variables by which OpenSSL and the modules behind it find a token. The signer alone gets them, as they are; a
 * module that needs others is served by p11-kit, in a process that has them.
 */
const TOKEN_VARIABLES = [
  'OPENSSL_CONF',
  'OPENSSL_MODULES',
  'P11_KIT_SERVER_ADDRESS',
  'KRYOPTIC_CONF',
  'SOFTHSM2_CONF',
] as const;

/** Threads on which a service signs and verifies: the launcher says a number itself (`thread-pool.ts`), and a person's wins. */
const THREADS = 'UV_THREADPOOL_SIZE';

/**
 * Variables that a person sets for a service of every member that is started here, and no file of a home says. Each service
 * gets its own from the environment of `btcfed node` and `up`; all others of its settings are in its home. Those of metrics, spans and events win over conf.yaml.
 */
export const PASSED_ON = {
  config: ['CONFIG_METRICS_LISTEN', 'CONFIG_TRACING_ENDPOINT', 'CONFIG_TRACING_SAMPLE', THREADS],
  signer: [
    'SIGNER_METRICS_LISTEN',
    'SIGNER_TRACING_ENDPOINT',
    'SIGNER_TRACING_SAMPLE',
    'SIGNER_MIRROR_FILE',
    'SIGNER_PASSPHRASE_FILE',
    'SIGNER_NICENESS',
    'SIGNER_BACKEND',
    'SIGNER_SIGNING',
    ...TOKEN_VARIABLES,
    THREADS,
  ],
  gateway: ['GATEWAY_METRICS_LISTEN', 'GATEWAY_TRACING_ENDPOINT', 'GATEWAY_TRACING_SAMPLE', THREADS],
  consensus: [
    'CONSENSUS_METRICS_LISTEN',
    'CONSENSUS_TRACING_ENDPOINT',
    'CONSENSUS_TRACING_SAMPLE',
    'CONSENSUS_SNAPSHOT_BLOCKS',
    'CONSENSUS_HALT_AT_HEIGHT',
    'CONSENSUS_PARDONED_MEMBERS',
    'CONSENSUS_STEP_EVENTS',
    'CONSENSUS_TRANSACTION_EVENTS',
    'CONSENSUS_BACKEND',
    THREADS,
  ],
} as const satisfies Record<ServiceName, readonly string[]>;

type PassedOnName = (typeof PASSED_ON)[ServiceName][number];

/** The variables that are set; an empty one is none, as in a shell. */
export type PassedOn = { readonly [Name in PassedOnName]?: string | undefined };

/**
 * The variables for several members at once. One file cannot be the mirror of several records: all keys but one would
 * find the mirror of another record, and go into quarantine.
 */
export function ofSeveralMembers<Env extends PassedOn>(env: Env): Env {
  return { ...env, SIGNER_MIRROR_FILE: undefined };
}

export function passedOnFrom(env: PassedOn): PassedOn {
  return set(Object.values(PASSED_ON).flat(), env);
}

/** The part of `given` that one service is told. */
export function passedOnTo(service: ServiceName, given: PassedOn): Record<string, string> {
  return set(PASSED_ON[service], given);
}

function set(names: readonly PassedOnName[], env: PassedOn): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}
