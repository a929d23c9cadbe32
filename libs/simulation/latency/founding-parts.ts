import { toEpoch } from '#libs/chain/ids.ts';
import { type Claim, genesisRoot } from '#libs/protocol/certificate.ts';
import type { HostedModule, ProtocolMessage } from '#libs/protocol/hosting/hosted-protocol.ts';
import { type ValidatorFacts, validatorSet } from '#libs/protocol/validator-set.ts';
import { ClaimNumbers } from './claim-numbers.ts';
import type { LatencySetting } from './latency-setting.ts';
import { ModelledBlocks } from './modelled-blocks.ts';
import type { ModelledWorld } from './modelled-world.ts';
import { SilentViews } from './silent-views.ts';

type FoundingPart =
  | 'setting'
  | 'module'
  | 'set'
  | 'scope'
  | 'root'
  | 'leader'
  | 'blocks'
  | 'numbers'
  | 'silent'
  | 'signature';

/** The parts that all members of a model share from its first moment on. */
export function foundingParts(setting: LatencySetting): Pick<ModelledWorld, FoundingPart> {
  const { protocol, members, signatureBytes } = setting;
  const blocks = new ModelledBlocks();
  const set = validatorSet(toEpoch(0n), foundersOf(members));
  const { digest } = blocks.genesis;
  return {
    ...{ setting, set, blocks },
    module: rememberingClaims(protocol.module),
    // Nobody signs: any name of a chain would do.
    scope: { chain: digest, protocol: protocol.id, epoch: toEpoch(0n) },
    root: genesisRoot(digest),
    leader: protocol.leaders(set),
    numbers: new ClaimNumbers(),
    silent: new SilentViews(),
    signature: new Uint8Array(signatureBytes),
  };
}

/** Members of equal weight. Nobody verifies anything with their keys. */
function foundersOf(members: number): readonly ValidatorFacts[] {
  return Array.from({ length: members }, (_, member) => ({
    name: `member-${member}`,
    publicKey: Uint8Array.of(member >> 8, member & 255),
    weight: 1n,
  }));
}

/** The same module, which lists the signatures of a message once for all of its receivers. */
function rememberingClaims(module: HostedModule): HostedModule {
  const known = new WeakMap<ProtocolMessage, readonly Claim[]>();
  return {
    ...module,
    claims(message) {
      const claims = known.get(message) ?? module.claims(message);
      known.set(message, claims);
      return claims;
    },
  };
}
