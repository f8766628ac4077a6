import { text } from 'node:stream/consumers';
import runCommand from 'espeak-ng';

/**
 * The espeak-ng command from its npm package, as a program of its own: a crash or an endless loop in it ends with this process, and
 * its licence (GPL-3.0-or-later) stays with it. Arguments go to the command; it speaks the text that comes in by stdin and the WAV
 * goes out by stdout.
 */
const [TEXT, SOUND] = ['text', 'sound.wav'];

// The package looks its files up by errors thrown and caught: without stack traces that takes a third of the time.
Error.stackTraceLimit = 0;

const words = await text(process.stdin);
const instance = await runCommand({
  arguments: [...process.argv.slice(2), '-f', TEXT, '-w', SOUND],
  preRun: [({ FS }) => FS.writeFile(TEXT, words)],
  print: (line) => console.error(line),
  printErr: (line) => console.error(line),
});
process.stdout.write(instance.FS.readFile(SOUND));
