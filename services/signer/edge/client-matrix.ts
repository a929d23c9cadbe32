import type { Rate } from './quota.ts';

/** The operations that a client can ask for; any other name is refused. */
export const OPERATIONS = [
  'describe',
  'session',
  'certificate',
  'sign',
  'membership',
  'membership-automatic',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** One call, as far as the matrix decides on it. */
export interface MatrixCall {
  readonly operation: Operation;
  /** The protocol whose statement it is; the one that the key was bound with for every other operation. */
  readonly protocol: string;
  /** The kind of a statement to sign; undefined for every other operation. */
  readonly kind?: string | undefined;
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

export function grantOf({ grants }: ClientRow, { operation, protocol, kind }: MatrixCall): Grant | undefined {
  return grants.find(
    (grant) => grant.operation === operation && grant.protocol === protocol && grant.kind === kind,
  );
}

/**
 * The rule by which a client may have a statement of this kind signed, of whichever protocol: the core alone knows which one is in force in
 * an epoch, and refuses kinds that it lacks. Of a kind that several protocols have it is asked which one is (edge-calls.ts).
 */
export function signingGrantOf({ grants }: ClientRow, kind: string): Grant | undefined {
  return grants.find((grant) => grant.operation === 'sign' && grant.kind === kind);
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
    ...grants.map(({ operation, kind = '' }) => `${operation} ${kind}`.trim().concat(` of ${row.name}`)),
  ];
}

function lower(a: Rate, b: Rate): Rate {
  return { burst: Math.min(a.burst, b.burst), perSecond: Math.min(a.perSecond, b.perSecond) };
}
