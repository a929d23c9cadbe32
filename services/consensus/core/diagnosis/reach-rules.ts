import { finding } from '#libs/diagnosis/finding.ts';
import { isQuorumReached, reachText } from '#libs/membership/quorum-reach.ts';
import type { DiagnosisRule } from './diagnosis-rule.ts';
import { durationText, namesText } from './words.ts';

export const gatewayRule: DiagnosisRule = ({ member, isGatewayAttached }) => {
  if (isGatewayAttached) return undefined;
  return finding('gateway-silent', {
    summary: 'The gateway of this member is away, so it is cut off from the others.',
    evidence: ['consensus has no attachment to its gateway'],
    members: [member],
  });
};

/** Without its own gateway a member reaches nobody, and no other member is to blame for that. */
export const quorumRule: DiagnosisRule = ({ quorum, quorumLostMs, isGatewayAttached }) => {
  if (isQuorumReached(quorum)) return undefined;
  const since = `for ${durationText(quorumLostMs)}`;
  const evidence = isGatewayAttached
    ? [reachText(quorum), since]
    : [reachText(quorum), since, 'its own gateway is away: whether the others are cannot be seen from here'];
  return finding('quorum-lost', {
    summary: 'Too few members are reachable to decide: no block becomes final.',
    evidence,
    members: isGatewayAttached ? quorum.away : [],
  });
};

export const awayRule: DiagnosisRule = ({ quorum }) => {
  const { away, reachableWeight, neededWeight } = quorum;
  if (away.length === 0 || !isQuorumReached(quorum)) return undefined;
  const isLast = reachableWeight === neededWeight;
  return finding('members-away', {
    summary: `${namesText(away)} cannot be reached; the others decide.`,
    evidence: [reachText(quorum), ...(isLast ? ['one more loss stops the federation'] : [])],
    members: away,
  });
};

/** Their gateways are connected: their consensus is stopped, paused or halted. */
export const muteRule: DiagnosisRule = ({ mute }) => {
  if (mute.length === 0) return undefined;
  const members = mute.map(({ member }) => member);
  return finding('members-mute', {
    summary: `The gateway of ${namesText(members)} is connected, and consensus there says nothing.`,
    evidence: mute.map(({ member, silentMs }) => `${member} was not heard for ${durationText(silentMs)}`),
    members,
  });
};

export const guestRule: DiagnosisRule = ({ member, epoch, isGuest }) => {
  if (!isGuest) return undefined;
  return finding('not-a-member', {
    summary: 'This node follows the chain as a guest and votes for nothing.',
    evidence: [`${member} is no member in epoch ${epoch}`],
    members: [member],
  });
};
