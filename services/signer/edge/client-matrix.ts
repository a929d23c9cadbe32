import type { Rate } from './quota.ts';

/** The operations that a client can ask for; any other name is refused. */
export const OPERATIONS = [
  'describe',
  'session',
  'certificate',
  'proposal',
  'vote',
  'timeout',
  'membership',
  'membership-automatic',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Phases of a vote in the protocols that there are; only votes have one. */
export const VOTE_PHASES = ['prepare', 'pre-commit', 'commit'] as const;

/** One call, as far as the matrix decides on it. */
export interface MatrixCall {
  readonly operation: Operation;
  readonly protocol: string;
  /** The phase of a vote; undefined for every other operation. */
  readonly phase?: string | undefined;
}

/** One field of the matrix: an operation that is allowed, and how often. */
export interface Grant extends MatrixCall {
  readonly rate: Rate;
}

export interface ClientRow {
  /** A label for people and logs. */
  readonly name: string;
  /** SHA-256 of its public key (SPKI), hex; two while the key is changed. Undefined: any key of the authority. */
  readonly pins: readonly string[] | undefined;
  /** Common name that its certificate must carry too; undefined: the key is enough. */
  readonly commonName?: string | undefined;
  readonly grants: readonly Grant[];
}

/** The permissions of all clients (services/signer/README.md R9). An operation that is not in it is refused. */
export type ClientMatrix = readonly ClientRow[];

/** The certificate that a connection showed, verified by TLS. */
export interface Shown {
  readonly commonName: string;
  /** SHA-256 of the public key of the certificate, hex. */
  readonly pin: string;
}

export function clientOf(matrix: ClientMatrix, { commonName, pin }: Shown): ClientRow | undefined {
  return matrix.find(
    (row) =>
      (row.commonName === undefined || row.commonName === commonName) &&
      (row.pins === undefined || row.pins.includes(pin)),
  );
}

export function grantOf(
  { grants }: ClientRow,
  { operation, protocol, phase }: MatrixCall,
): Grant | undefined {
  return grants.find(
    (grant) => grant.operation === operation && grant.protocol === protocol && grant.phase === phase,
  );
}

/** Clients that may vote for changes of the members with the certificate by which they sign for consensus. */
export function votersOfConsensus(matrix: ClientMatrix): readonly string[] {
  const may = ({ grants }: ClientRow, operation: Operation): boolean =>
    grants.some((grant) => grant.operation === operation);
  return matrix.filter((row) => may(row, 'membership') && may(row, 'session')).map(({ name }) => name);
}

export interface Narrowed {
  readonly matrix: ClientMatrix;
  /** The permissions that `wanted` adds, in words: they need a restart. */
  readonly wider: readonly string[];
}

/**
 * The permissions that both matrices give. An intruder who can write the file of a running signer can only take
 * permissions away.
 */
export function narrowed(inForce: ClientMatrix, wanted: ClientMatrix): Narrowed {
  const wider: string[] = [];
  const matrix = inForce.flatMap((row): ClientRow[] => {
    const asked = wanted.find(({ name }) => name === row.name);
    if (asked === undefined) return [];
    const pins = row.pins?.filter((pin) => asked.pins?.includes(pin) ?? true) ?? asked.pins;
    const grants = row.grants.flatMap((grant) => {
      const other = grantOf(asked, grant);
      return other === undefined ? [] : [{ ...grant, rate: lower(grant.rate, other.rate) }];
    });
    return [{ ...row, pins, grants }];
  });
  for (const row of wanted) wider.push(...widerIn(inForce, row));
  return { matrix, wider };
}

function widerIn(inForce: ClientMatrix, row: ClientRow): string[] {
  const known = inForce.find(({ name }) => name === row.name);
  if (known === undefined) return [`client ${row.name}`];
  const pins = (row.pins ?? []).filter((pin) => known.pins !== undefined && !known.pins.includes(pin));
  const grants = row.grants.filter((grant) => {
    const held = grantOf(known, grant)?.rate;
    return held === undefined || grant.rate.burst > held.burst || grant.rate.perSecond > held.perSecond;
  });
  return [
    ...pins.map((pin) => `pin ${pin.slice(0, 16)}… of ${row.name}`),
    ...grants.map(({ operation, phase = '' }) => `${operation} ${phase}`.trim().concat(` of ${row.name}`)),
  ];
}

function lower(a: Rate, b: Rate): Rate {
  return { burst: Math.min(a.burst, b.burst), perSecond: Math.min(a.perSecond, b.perSecond) };
}

/** One view takes five signatures and four certificates; a busy federation has ten views in a second. */
const USUAL: Readonly<Record<Operation, Rate>> = {
  describe: { burst: 20, perSecond: 5 },
  session: { burst: 10, perSecond: 1 },
  certificate: { burst: 64, perSecond: 64 },
  proposal: { burst: 32, perSecond: 32 },
  vote: { burst: 32, perSecond: 32 },
  timeout: { burst: 32, perSecond: 32 },
  membership: { burst: 8, perSecond: 1 },
  'membership-automatic': { burst: 8, perSecond: 1 },
};

/** The operations of consensus. A vote for a change of the members is not among them: each voter is named. */
const OF_CONSENSUS: readonly Operation[] = OPERATIONS.filter(
  (operation) => !operation.startsWith('membership'),
);

/** All operations of a consensus process, at the usual rates; or only these operations. */
export function usualGrants(
  protocol: string,
  operations: readonly Operation[] = OF_CONSENSUS,
): readonly Grant[] {
  return operations.flatMap((operation): Grant[] => {
    const rate = USUAL[operation];
    if (operation !== 'vote') return [{ operation, protocol, rate }];
    return VOTE_PHASES.map((phase) => ({ operation, protocol, phase, rate }));
  });
}
