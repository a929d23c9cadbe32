import { toEpoch, toHeight } from '#libs/chain/ids.ts';
import type { ProtocolDescription, RecordCodec } from '#libs/protocol/hosting/description.ts';
import { host } from '#libs/protocol/hosting/host.ts';
import { RecordFields } from '#libs/protocol/hosting/record-fields.ts';
import type { FoundingTerms } from '#libs/protocol/parameters.ts';
import { LEADER, type NullMessage, positionOf } from './message.ts';
import { nullProtocol } from './null-protocol.ts';
import type { NullRecord, NullState } from './state.ts';

const VERSION = 1;

const nullRecords: RecordCodec<NullRecord> = {
  epochOf: ({ epoch }) => epoch,
  reached: ({ height }) => positionOf(height),
  blocks: ({ proposed, voted }) => [proposed, voted].filter((digest) => digest !== undefined),
  write: ({ epoch, height, ...digests }) =>
    JSON.stringify({ version: VERSION, epoch: `${epoch}`, height: `${height}`, ...digests }),
  read: (text) =>
    RecordFields.all(JSON.parse(text), 'the record', (fields) => {
      fields.version(VERSION);
      const digest = (name: string) => fields.optional(name, () => ({ [name]: fields.digest(name) }));
      const [epoch, height] = [toEpoch(fields.number('epoch')), toHeight(fields.number('height'))];
      return { epoch, height, ...digest('proposed'), ...digest('voted') };
    }),
};

export const NULL_DESCRIPTION: ProtocolDescription<NullState, NullMessage, NullRecord> = {
  module: nullProtocol,
  leaders: () => () => LEADER,
  earlyViewsMax: 0n,
  shape: {
    // The proposal, a vote, and the decision for who lost one.
    criticalMessages: 3,
    criticalSignatures: 2,
    steps: ['proposal', 'vote', 'decision'],
    timers: { repeat: ['resend'], leave: [] },
  },
  record: nullRecords,
  steps: {
    message: ({ kind }, fate) => ({ name: `${kind}_${fate}`, view: positionOf(0n).view }),
    refusal: ({ kind }, _, reason) => ({ name: `${kind}_rejected`, view: positionOf(0n).view, reason }),
    signing: ({ kind, view }) => ({ name: `${kind}_created`, view }),
    stepped: () => [],
  },
  noticed: () => undefined,
};

/** The null protocol, hosted. */
export const NULL = host(NULL_DESCRIPTION);

/** It has no numbers, and runs with any number of members: none may fail. */
export const NULL_TERMS: FoundingTerms = {
  parameters: {
    bounds: {},
    fault: () => undefined,
    timing: () => ({ viewTimeoutMs: 1_000, viewTimeoutMsMax: 16_000 }),
  },
  runsWithoutFaults: true,
};
