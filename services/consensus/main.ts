import { runService } from '#libs/service/run-service.ts';
import { composeConsensus } from './compose.ts';
import { consensusConfig } from './config.ts';

await runService({ name: 'consensus', schema: consensusConfig, compose: composeConsensus }, process.env);
