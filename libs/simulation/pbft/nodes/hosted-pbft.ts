import { PBFT_DESCRIPTION } from '#libs/protocol/pbft/description.ts';
import { PBFT } from '#libs/protocols/hosted-protocols.ts';
import type { HostedSubject } from '../../nodes/whole-nodes.ts';
import { hostedRounds } from '../../rounds/nodes/hosted-rounds.ts';
import type { RoundsSubject } from '../../rounds/rounds-subject.ts';
import { pbftSubject } from '../subject.ts';

/** PBFT in the engine and with the wire format of production; or a subject that differs in its module. */
export function hostedPbft(subject: RoundsSubject = pbftSubject): HostedSubject {
  return hostedRounds({ description: PBFT_DESCRIPTION, hosted: PBFT }, subject);
}
