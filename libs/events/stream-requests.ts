import { FACTS_STREAM } from './facts-stream.ts';

/** Where answers to requests come to. */
export const INBOXES = '_INBOX.>';

/** Requests that every user of JetStream makes first. */
export const LOOK = ['$JS.API.INFO', `$JS.API.STREAM.INFO.${FACTS_STREAM}`];

/** Reading the stream: by consumers that pull, or message by message. */
export const READ = [
  ...LOOK,
  '$JS.API.STREAM.NAMES',
  '$JS.API.STREAM.LIST',
  `$JS.API.STREAM.MSG.GET.${FACTS_STREAM}`,
  `$JS.API.CONSUMER.CREATE.${FACTS_STREAM}`,
  `$JS.API.CONSUMER.CREATE.${FACTS_STREAM}.>`,
  `$JS.API.CONSUMER.DURABLE.CREATE.${FACTS_STREAM}.>`,
  `$JS.API.CONSUMER.NAMES.${FACTS_STREAM}`,
  `$JS.API.CONSUMER.LIST.${FACTS_STREAM}`,
  `$JS.API.CONSUMER.INFO.${FACTS_STREAM}.>`,
  `$JS.API.CONSUMER.DELETE.${FACTS_STREAM}.>`,
  `$JS.API.CONSUMER.MSG.NEXT.${FACTS_STREAM}.>`,
  `$JS.ACK.${FACTS_STREAM}.>`,
];

/** One request, many answers. */
export const PULL = `$JS.API.CONSUMER.MSG.NEXT.${FACTS_STREAM}.>`;

/** Making the stream, and changing its settings. */
export const KEEP = [
  ...LOOK,
  `$JS.API.STREAM.CREATE.${FACTS_STREAM}`,
  `$JS.API.STREAM.UPDATE.${FACTS_STREAM}`,
];
