import { DBFT_DESCRIPTION } from '#libs/protocol/dbft/description.ts';
import { DBFT } from '#libs/protocols/hosted-protocols.ts';
import type { HostedSubject } from '../../nodes/whole-nodes.ts';
import { hostedRounds } from '../../rounds/nodes/hosted-rounds.ts';
import type { RoundsSubject } from '../../rounds/rounds-subject.ts';
import { dbftSubject } from '../subject.ts';

/** dBFT in the engine and with the wire format of production; or a subject that differs in its module. */
export function hostedDbft(subject: RoundsSubject = dbftSubject): HostedSubject {
  return hostedRounds({ description: DBFT_DESCRIPTION, hosted: DBFT }, subject);
}
