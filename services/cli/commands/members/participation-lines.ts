import type { ClientExplanation, ClientParticipation } from '#libs/client/participation.ts';

/** Control characters, which a hostile member could send to a terminal. */
const UNPRINTABLE = /[^\x20-\x7e]/gu;
const INDENT = '  ';

/** The signers of a height, and why others are missing, for a person. */
export function participationLines(told: ClientExplanation): readonly string[] {
  const { height, epoch, certifiedHeight, view, leader, signers, members } = told;
  const led = leader === undefined ? '' : `, led by ${plain(leader)}`;
  const place =
    certifiedHeight === height
      ? `in view ${view}${led}`
      : `together with ${certifiedHeight}, whose certificate is of view ${view}${led}`;
  return [
    `height ${height} of epoch ${epoch} was decided ${place}, as ${plain(told.answeredBy)} holds it`,
    `signed by ${signers.map(plain).join(', ')}`,
    ...members.flatMap(memberLines),
    ...(members.length === 0 ? ['all members of that epoch signed'] : []),
  ];
}

function memberLines({
  member,
  signed,
  cause = 'unknown',
  summary = '',
  evidence,
}: ClientParticipation): readonly string[] {
  if (signed) return [`${plain(member)} signed`];
  return [
    `${plain(member)} did not sign: ${cause}, ${summary}`,
    ...evidence.map((each) => `${INDENT}${plain(each)}`),
  ];
}

function plain(text: string): string {
  return text.replace(UNPRINTABLE, '?');
}
