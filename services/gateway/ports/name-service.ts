import type { AddressFamily } from '../core/dns-address.ts';
import type { HostShare } from '../core/share-of-host.ts';

/** Asks the name service. Rejects when the name has no address of the family. */
export type LookUp = (name: string, family: AddressFamily | 'any') => Promise<readonly string[]>;

/** Turns configured addresses into addresses that can be dialled (P2P-04). */
export interface AddressResolver {
  /** The address itself, or one for each answer when it holds a name. Rejects when there is none and never was. */
  resolve(address: string): Promise<readonly string[]>;
  /** Notes that dials of the address failed: its name is to be asked for again soon. */
  doubt(address: string): void;
  /** Whether it is the last answer for some name. */
  hasAnswered(host: HostShare): boolean;
}
