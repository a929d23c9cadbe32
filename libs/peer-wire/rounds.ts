import { unreachable } from '#libs/assert/assert.ts';
import type { MessageForm } from '#libs/protocol/message-form.ts';
import type { RoundsMessage } from '#libs/protocol/rounds/message.ts';
import { certificateFrom, certificateIn, leaveFrom, leaveIn } from '#libs/wire/certificate-reference.ts';
import type { MessageReading } from '#libs/wire/message-reading.ts';
import type { MessageWire, WireBody } from './protocol-wire.ts';
import { answerFromWire, answerToWire, requestFromWire, requestToWire } from './rounds-recovery.ts';
import {
  proposalFromWire,
  proposalToWire,
  roundsLeaveFromWire,
  roundsLeaveToWire,
  voteFromWire,
  voteToWire,
} from './rounds-statements.ts';

/** The messages of locked rounds as fields 16 to 20 of a peer message, and shown certificates as 12 and 15. */
export const ROUNDS_WIRE: MessageWire<RoundsMessage> = {
  toWire: roundsToWire,
  fromWire: roundsFromWire,
  proposalField: 16,
};

function roundsToWire(message: RoundsMessage, form: MessageForm): WireBody {
  switch (message.kind) {
    case 'proposal':
      return { $case: 'roundsProposal', value: proposalToWire(message, form) };
    case 'vote':
      return { $case: 'roundsVote', value: voteToWire(message) };
    case 'leave':
      return { $case: 'roundsLeave', value: roundsLeaveToWire(message, form) };
    case 'certificate':
      return { $case: 'certificate', value: { certificate: certificateIn(form, message.certificate) } };
    case 'left':
      return { $case: 'timeoutCertificate', value: { timeoutCertificate: leaveIn(form, message.leave) } };
    case 'request':
      return { $case: 'recoveryRequest', value: requestToWire(message) };
    case 'recovery':
      return { $case: 'recoveryAnswer', value: answerToWire(message, form) };
    default:
      return unreachable(message);
  }
}

/** @throws WireRefusal */
function roundsFromWire(body: WireBody, reading: MessageReading): RoundsMessage | undefined {
  switch (body.$case) {
    case 'roundsProposal':
      return proposalFromWire(body.value, reading);
    case 'roundsVote':
      return voteFromWire(body.value, reading.limits);
    case 'roundsLeave':
      return roundsLeaveFromWire(body.value, reading);
    case 'certificate':
      return { kind: 'certificate', certificate: certificateFrom(body.value.certificate, reading) };
    case 'timeoutCertificate':
      return { kind: 'left', leave: leaveFrom(body.value.timeoutCertificate, reading) };
    case 'recoveryRequest':
      return requestFromWire(body.value, reading.limits);
    case 'recoveryAnswer':
      return answerFromWire(body.value, reading);
    default:
      return undefined;
  }
}
