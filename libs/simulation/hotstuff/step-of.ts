import type { View } from '#libs/chain/ids.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import { viewPosition } from '#libs/protocol/hotstuff/statements.ts';
import type { Step } from '../network/network.ts';

/** Votes and the certificate that asks for them are one step; new-view and timeout stand for themselves. */
export function hotStuffStepOf(message: HotStuffMessage): Step {
  switch (message.kind) {
    case 'proposal':
      return stepAt(message.block.header.view, 'prepare');
    case 'vote':
      return stepAt(message.view, message.phase);
    case 'certificate':
      return stepAt(message.certificate.view, STEP_AFTER.get(message.certificate.kind) ?? '');
    case 'new-view':
    case 'timeout':
      return stepAt(message.view, message.kind);
    case 'timeout-certificate':
      return stepAt(message.timeoutCertificate.view, 'timeout');
  }
}

const stepAt = (view: View, phase: string): Step => ({ ...viewPosition(view), phase });

const STEP_AFTER: ReadonlyMap<string, string> = new Map([
  ['prepare', 'pre-commit'],
  ['pre-commit', 'commit'],
  ['commit', 'decide'],
]);
