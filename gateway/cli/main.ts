import { vaxel } from './vaxel.js';

process.exitCode = await vaxel(process.argv.slice(2));
