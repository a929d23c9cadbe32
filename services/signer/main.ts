import { runService } from '#libs/service/run-service.ts';
import { composeSigner } from './compose.ts';
import { signerConfig } from './config.ts';

await runService({ name: 'signer', schema: signerConfig, compose: composeSigner }, process.env);
