// Hosts or joins the engine of a directory until it is killed; says which on standard output.
import { startEmbedded } from '../index.ts';

const embedded = await startEmbedded(process.argv[2] ?? '');
process.stdout.write(`${embedded.hosting ? 'hosting' : 'joined'} ${embedded.uri}\n`);
setInterval(() => undefined, 1000); // a process that only joined has nothing else to do
