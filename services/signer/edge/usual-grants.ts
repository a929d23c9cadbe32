import type { StatementShare, StatementWords } from '#libs/protocols/statement-words.ts';
import { type Grant, OPERATIONS, type Operation } from './client-matrix.ts';
import type { Rate } from './quota.ts';
import { kindsIn } from './statement-shares.ts';

/** One view takes five signatures and four certificates; a busy federation has ten views in a second. */
const USUAL: Readonly<Record<Operation, Rate>> = {
  describe: { burst: 20, perSecond: 5 },
  session: { burst: 10, perSecond: 1 },
  certificate: { burst: 64, perSecond: 64 },
  sign: { burst: 32, perSecond: 32 },
  membership: { burst: 8, perSecond: 1 },
  'membership-automatic': { burst: 8, perSecond: 1 },
};

/** The operations of consensus. A vote for a change of the members is not among them: each voter is named. */
const OF_CONSENSUS: readonly Operation[] = OPERATIONS.filter(
  (operation) => !operation.startsWith('membership'),
);

/** A right that one word can grant: an operation, or the statements of one share of a protocol's kinds. */
export type Grantable = Operation | StatementShare;

/**
 * All operations of a consensus process, at the usual rates, with the statements of all protocols in `words`, because an epoch may begin
 * under any of them; or only what is named.
 * @param protocol - That the key was bound with.
 */
export function usualGrants(
  protocol: string,
  words: StatementWords,
  wanted: readonly Grantable[] = OF_CONSENSUS,
): readonly Grant[] {
  return wanted.flatMap((word): Grant[] => {
    if (isOperation(word) && word !== 'sign') return [{ operation: word, protocol, rate: USUAL[word] }];
    return [...words.keys()].flatMap((each) =>
      kindsIn(words, each, word).map((kind) => {
        const call = { operation: 'sign', protocol: each, kind } as const;
        return { ...call, rate: USUAL.sign };
      }),
    );
  });
}

function isOperation(word: Grantable): word is Operation {
  return word in USUAL;
}
