import { ensureMusic } from './ensure-music.js';

/** Writes the queue music into the folder given, for a media server that is not started by `vaxel up`. */
async function main(): Promise<void> {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('usage: node dist/media/moh/main.js <folder>');
  console.log(await ensureMusic(folder));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
