import { STATEMENT_WORDS } from '#libs/protocols/statement-words.ts';
import { wordsOf } from '#libs/protocols/words-of.ts';
import { runService } from '#libs/service/run-service.ts';
import { composeEdge } from '#services/signer/compose-edge.ts';
import { edgeConfig } from '#services/signer/config-edge.ts';
import { NULL_TABLE } from './vote-table.ts';

const words = new Map([...STATEMENT_WORDS, ...wordsOf(new Map([[NULL_TABLE.protocol, NULL_TABLE]]))]);

/** The edge of a signer, as a process, that lets statements of the null protocol through too. */
await runService(
  { name: 'signer-edge', schema: edgeConfig, compose: (config, log) => composeEdge(config, log, { words }) },
  process.env,
);
