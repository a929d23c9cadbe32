/** The known facts of a rotation. */
export interface RotationFacts {
  /** "--home DIR" or "--folder DIR", as the operator would type it. */
  readonly where: string;
  /** Short names of keys. */
  readonly current: string;
  readonly next: string | undefined;
  readonly isRunning: boolean;
  /** Undefined where nobody could be asked. */
  readonly mode: 'active' | 'quarantined' | 'retired' | undefined;
  /** A member's answer about the prepared key; undefined when no member could be asked. */
  readonly members:
    | { readonly step: 'unknown' }
    | { readonly step: 'proposed' | 'adopted'; readonly digest: string; readonly voters: readonly string[] }
    | { readonly step: 'in-force'; readonly epoch: bigint }
    | undefined;
}

export interface RotationStep {
  readonly step: 'none' | 'prepared' | 'proposed' | 'adopted' | 'in-force' | 'retired';
  /** The next step in words: the commands, and the person who types each. */
  readonly todo: string;
}

const NO_ANSWER = 'no member could be asked whether it was proposed; give --address. If it was not: ';

/** The next step of a rotation. */
export function rotationStep({ where, next, mode, members, isRunning }: RotationFacts): RotationStep {
  const hand = mode === 'quarantined';
  if (next === undefined) {
    if (mode === 'retired')
      return {
        step: 'retired',
        todo: `btcfed signer rotate retire ${where} --exported, once the key is at work elsewhere`,
      };
    const first = hand && isRunning ? 'stop the signer, then ' : '';
    return { step: 'none', todo: `${first}btcfed signer rotate prepare ${where}` };
  }
  switch (members?.step) {
    case undefined:
      return { step: 'prepared', todo: `${NO_ANSWER}${PROPOSE}` };
    case 'unknown':
      return { step: 'prepared', todo: PROPOSE };
    case 'proposed': {
      const { digest, voters } = members;
      const todo = `voted for by ${voters.join(', ')}; another member: btcfed members approve ${digest.slice(0, 12)} --home …`;
      return { step: 'proposed', todo };
    }
    case 'adopted':
      return {
        step: 'adopted',
        todo: 'nothing: the key follows with the next epoch, two blocks from the vote that decided it',
      };
    case 'in-force':
      return { step: 'in-force', todo: hand ? byHand(where) : itself(members.epoch, isRunning) };
  }
}

const PROPOSE = 'another member: btcfed members propose --leave NAME --join MEMBER-FILE --home …';

function itself(epoch: bigint, isRunning: boolean): string {
  const start = isRunning ? '' : 'start the signer: ';
  return `${start}the key is a member's in epoch ${epoch}, and the signer takes it with the first statement of consensus`;
}

function byHand(where: string): string {
  return `stop the signer, btcfed members proof --out members.proof on a host that reaches a member, then btcfed signer rotate activate ${where} --proof members.proof`;
}
