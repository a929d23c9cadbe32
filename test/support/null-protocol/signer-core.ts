import { VOTE_TABLES } from '#libs/protocols/protocols.ts';
import { runService } from '#libs/service/run-service.ts';
import { composeCore } from '#services/signer/compose-core.ts';
import { coreConfig } from '#services/signer/config-core.ts';
import { NULL_TABLE } from './vote-table.ts';

const tables = new Map([...VOTE_TABLES, [NULL_TABLE.protocol, NULL_TABLE] as const]);

/** The core of a signer, as a process, that has the null protocol beside those of every version. */
await runService(
  { name: 'signer-core', schema: coreConfig, compose: (config, log) => composeCore(config, log, { tables }) },
  process.env,
);
