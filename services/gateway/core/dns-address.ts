/** IP version of an answer. */
export type AddressFamily = 4 | 6;

/** A multiaddr whose host is a name. */
export interface NamedAddress {
  readonly name: string;
  /** The families of answers that count: `/dns4` and `/dns6` want one, `/dns` takes both. */
  readonly family: AddressFamily | 'any';
  /** The rest of the address after the name, `/tcp/9000` for example. */
  readonly rest: string;
}

const FAMILY: Readonly<Record<string, NamedAddress['family']>> = { dns: 'any', dns4: 4, dns6: 6 };

/** Reads `/dns4/host/tcp/9000` and its kin; undefined for an address that needs no look-up (P2P-04). */
export function namedAddress(address: string): NamedAddress | undefined {
  const [, protocol = '', name = '', ...rest] = address.split('/');
  const family = FAMILY[protocol];
  return family === undefined || name === '' ? undefined : { name, family, rest: `/${rest.join('/')}` };
}

/** The address with an answer in place of the name. */
export function withAnswer({ rest }: NamedAddress, answer: string): string {
  return `/${answer.includes(':') ? 'ip6' : 'ip4'}/${answer}${rest}`;
}
