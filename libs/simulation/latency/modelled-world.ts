import type { Block } from '#libs/chain/block.ts';
import type { MemberIndex, View } from '#libs/chain/ids.ts';
import type { EpochRoot } from '#libs/protocol/certificate.ts';
import type { HostedModule } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { ValidatorSet } from '#libs/protocol/validator-set.ts';
import type { SigningScope } from '#libs/protocol/vote/statement.ts';
import type { Schedule } from '../time/schedule.ts';
import type { ClaimNumbers } from './claim-numbers.ts';
import type { LatencySetting, ModelledMessage } from './latency-setting.ts';
import type { ModelledBlocks } from './modelled-blocks.ts';
import type { SilentViews } from './silent-views.ts';

/** A member has blocks that are final, durably. */
export interface Finality {
  readonly member: MemberIndex;
  readonly blocks: readonly Block[];
  readonly atMs: number;
}

/** The world that all members of a model share. */
export interface ModelledWorld {
  readonly setting: LatencySetting;
  readonly schedule: Schedule;
  readonly module: HostedModule;
  readonly set: ValidatorSet;
  readonly scope: SigningScope;
  readonly root: EpochRoot;
  /** Of a view, where views run across heights. */
  readonly leader: (view: View) => MemberIndex;
  readonly blocks: ModelledBlocks;
  readonly numbers: ClaimNumbers;
  readonly silent: SilentViews;
  /** The bytes of every signature. */
  readonly signature: Uint8Array;
  /** A message left the gateway of its sender. */
  carry(from: MemberIndex, to: MemberIndex, message: ModelledMessage): void;
  /** A message is larger than any that can be sent. */
  unsaid(bytes: number): void;
  finalised(finality: Finality): void;
}
