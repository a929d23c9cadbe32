import type { VoteTables } from '#libs/protocol/vote/vote-table.ts';
import type { ServiceTools } from '#libs/service/run-service.ts';

/** The surroundings of a signer beside its settings and its log. */
export interface SignerTools extends Pick<ServiceTools, 'metrics' | 'probes' | 'tracer'> {
  /** The protocols that a key can sign for, from the genesis on or by a handover; those that a chain can run when left out. */
  readonly tables: VoteTables;
}
