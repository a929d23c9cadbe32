import { finding } from '#libs/diagnosis/finding.ts';
import type { ClockDifference } from './clock-watch.ts';
import { EVENTS_AWAY_MS } from './diagnosis-limits.ts';
import type { DiagnosisRule } from './diagnosis-rule.ts';
import { durationText, namesText } from './words.ts';

/** Consensus never waits for events: the readers of facts do. */
export const eventsRule: DiagnosisRule = ({ member, events }) => {
  if (events === undefined || events.isConnected || events.awayMs < EVENTS_AWAY_MS) return undefined;
  return finding('facts-wait', {
    summary: 'The NATS server is away: facts wait, and none is lost.',
    evidence: [
      `not connected for ${durationText(events.awayMs)}`,
      `facts of ${events.blocksWaiting} blocks wait`,
    ],
    members: [member],
  });
};

/** When the clocks of most members differ from this one's to the same side, it is this one that is wrong. */
export const clockRule: DiagnosisRule = ({ member, clocks, quorum }) => {
  const others = clocks.filter((each) => each.member !== member);
  if (others.length === 0) return undefined;
  const isOwn = [1, -1].some((side) => {
    const there = others.filter(({ aheadMs }) => Math.sign(aheadMs) === side).length;
    return there > (quorum.members - 1) / 2;
  });
  const members = isOwn ? [member] : others.map((each) => each.member);
  return finding('clock-apart', {
    summary: `The clock of ${namesText(members)} is wrong: certificates and logs are judged by it.`,
    evidence: others.map(differenceText),
    members,
  });
};

function differenceText({ member, aheadMs }: ClockDifference): string {
  const side = aheadMs > 0 ? 'ahead of' : 'behind';
  return `a block of ${member} is ${durationText(Math.abs(aheadMs))} ${side} the clock of this host`;
}
