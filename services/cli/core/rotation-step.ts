/** The known facts of a rotation. */
export interface RotationFacts {
  /** "--home DIR" or "--folder DIR", as the operator would type it. */
  readonly where: string;
  /** The same for the signer that runs: "--home DIR" or "--socket FILE"; undefined where none was named. */
  readonly admin: string | undefined;
  /** Name of the member, once a key is prepared; undefined without a home. */
  readonly name: string | undefined;
  /** The member file that proposes the prepared key; undefined when it was written elsewhere. */
  readonly memberFile: string | undefined;
  /** Short names of keys. */
  readonly current: string;
  readonly next: string | undefined;
  readonly isRunning: boolean;
  /** The key of the running signer waits for its passphrase. */
  readonly isLocked: boolean;
  /** Undefined where nobody could be asked. */
  readonly mode: 'active' | 'quarantined' | 'retired' | undefined;
  /** A member's answer about the prepared key; undefined when no member could be asked. */
  readonly members:
    | { readonly step: 'unknown' }
    | {
        readonly step: 'proposed' | 'adopted';
        readonly digest: string;
        readonly voters: readonly string[];
        readonly waiting: readonly string[];
      }
    | { readonly step: 'in-force'; readonly epoch: bigint }
    | undefined;
}

export interface RotationStep {
  readonly step: 'none' | 'locked' | 'prepared' | 'proposed' | 'adopted' | 'in-force' | 'retired';
  /** The next step in words: the commands, and the person who types each. */
  readonly todo: string;
}

const NO_ANSWER = 'no member could be asked whether it was proposed; give --address. If it was not: ';

/** The next step of a rotation. */
export function rotationStep(facts: RotationFacts): RotationStep {
  const { where, next, mode, members, isRunning } = facts;
  const hand = mode === 'quarantined';
  if (next === undefined) return withoutNext(facts);
  switch (members?.step) {
    case undefined:
      return { step: 'prepared', todo: `${NO_ANSWER}${propose(facts)}` };
    case 'unknown':
      return { step: 'prepared', todo: propose(facts) };
    case 'proposed': {
      const { digest, voters, waiting } = members;
      const todo = `voted for by ${voters.join(', ')}; then ${waiting.join(', ')}, each with its own --home: btcfed members approve ${digest.slice(0, 12)}`;
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

function withoutNext({ where, admin, current, mode, isRunning, isLocked }: RotationFacts): RotationStep {
  if (mode === 'retired')
    return {
      step: 'retired',
      todo: `btcfed signer rotate retire ${where} --exported, once the key is at work elsewhere`,
    };
  if (isLocked && mode === 'active')
    return {
      step: 'locked',
      todo: `btcfed signer unlock ${admin ?? where}, with the passphrase that key ${current} was sealed under: it is at work and locked, and the member signs nothing until then`,
    };
  const prepare = `btcfed signer rotate prepare ${where}`;
  if (mode !== 'quarantined') return { step: 'none', todo: `nothing; when the key shall change: ${prepare}` };
  return { step: 'none', todo: `${isRunning ? 'stop the signer, then ' : ''}${prepare}` };
}

function propose({ name, memberFile }: RotationFacts): string {
  const command = `another member, with its own --home: btcfed members propose --leave ${name ?? 'NAME'} --join`;
  return memberFile === undefined
    ? `${command} FILE, which is the one that "rotate prepare --out" wrote`
    : `${command} ${memberFile}`;
}

function itself(epoch: bigint, isRunning: boolean): string {
  const start = isRunning ? '' : 'start the signer: ';
  return `${start}the key is a member's in epoch ${epoch}, and the signer takes it with the first statement of consensus`;
}

function byHand(where: string): string {
  return `stop the signer, btcfed members proof --out members.proof on a host that reaches a member, then btcfed signer rotate activate ${where} --proof members.proof`;
}
